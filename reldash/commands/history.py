"""`reldash history`: the changes or promotions of a service."""

from collections.abc import Collection
from datetime import datetime
from difflib import get_close_matches

import click
import pandas as pd

from reldash.commands.output import (
    format_option,
    moment_option,
    opened,
    print_frame,
    print_notices,
)
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.tables.history import changes_frame, promotions_frame
from reldash.services.context import Context
from reldash.services.reports.cached_reports import get_tick
from reldash.services.reports.history import (
    MAX_CHANGES,
    History,
    list_customers,
    list_services,
    load_history,
)
from reldash.services.view_cache import Tick

MOST_NAMED = 8  # services listed in a message


@click.command()
@click.argument("service")
@click.option("--dashboard", metavar="KEY", help="Only this one; default: all with the service.")
@click.option(
    "--environment", "environments", multiple=True, metavar="E", help="Only this one; repeatable."
)
@click.option(
    "--cluster", "clusters", multiple=True, metavar="NAME", help="Only this one; repeatable."
)
@click.option(
    "--customer", "customers", multiple=True, metavar="NAME", help="Only this one; repeatable."
)
@moment_option("--since", "Start of the period, such as 2026-11-20 or -90d; default: 30 days ago.")
@moment_option("--until", "End of the period; default: now.")
@click.option("--promotions", is_flag=True, help="List promotions and lead times, not changes.")
@format_option
def history(
    service: str,
    dashboard: str | None,
    environments: tuple[str, ...],
    clusters: tuple[str, ...],
    customers: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    promotions: bool,
    output: str,
) -> None:
    """List the changes of SERVICE, newest first."""
    if since is not None and until is not None and since >= until:
        raise click.BadParameter("--since: expected a time before --until")
    with opened() as context:
        tick = get_tick(context)
        keys = find_dashboards(context, service, dashboard, tick)
        check_places(context, keys, environments, clusters)
        check_customers(context, keys, customers, tick)
        found = {
            key: load_history(
                context,
                key,
                service=service,
                environments=environments,
                clusters=clusters,
                customers=customers,
                since=since,
                until=until,
                tick=tick,
            )
            for key in keys
        }
    print_frame(frame_of(found, promotions=promotions), output)
    for key, one in found.items():
        print_notices(_notices(key, one))


def find_dashboards(context: Context, service: str, dashboard: str | None, tick: Tick) -> list[str]:
    """The dashboards that have a service, out of all or of the one given.

    Raises:
        ChoiceError: no such dashboard or service; the message suggests similar names.
    """
    candidates = list(context.rules.dashboards)
    if dashboard is not None:
        candidates = [context.rules.dashboard(dashboard).key]
    known = {key: list_services(context, key, tick) for key in candidates}
    found = [key for key, names in known.items() if service in names]
    if not found:
        names = sorted({name for own in known.values() for name in own})
        alike = [name for name in names if service.casefold() in name.casefold()]
        alike += get_close_matches(service, names, n=MOST_NAMED)
        expected = ", ".join(list(dict.fromkeys(alike))[:MOST_NAMED] or names[:MOST_NAMED])
        words = f"expected a service such as {expected}" if names else "no service is recorded yet"
        raise ChoiceError("Unknown service", f"{service!r} in {' and '.join(candidates)}: {words}")
    return found


def check_places(
    context: Context, keys: list[str], environments: tuple[str, ...], clusters: tuple[str, ...]
) -> None:
    """Raise ChoiceError for an environment or a cluster that none of the dashboards has."""
    boards = [context.rules.dashboards[key] for key in keys]
    held = list(dict.fromkeys(e.name for board in boards for e in board.environments))
    names = [c.name for c in context.rules.clusters if not set(c.dashboards).isdisjoint(keys)]
    _check("Unknown environment", environments, held)
    _check("Unknown cluster", clusters, names)


def check_customers(
    context: Context, keys: list[str], customers: tuple[str, ...], tick: Tick
) -> None:
    """Raise ChoiceError for a customer without any record on the dashboards."""
    known = {name for key in keys for name in list_customers(context, key, tick)}
    _check("Unknown customer", customers, sorted(known))


def _check(title: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise ChoiceError(title, f"{name!r}: expected one of {', '.join(known)}")


def frame_of(found: dict[str, History], *, promotions: bool) -> pd.DataFrame:
    """Changes or promotions, newest first, with the dashboard as first column."""
    frames = []
    for key, one in found.items():
        frame = promotions_frame(one.promotions) if promotions else changes_frame(one.changes)
        frame.insert(0, "dashboard", pd.Series([key] * len(frame), dtype="str"))
        frames.append(frame)
    whole = pd.concat(frames, ignore_index=True)
    by = "to at" if promotions else "at"
    return whole.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def _notices(dashboard: str, found: History) -> list[str]:
    notices = []
    if found.more:
        notices.append(f"{dashboard}: only the latest {MAX_CHANGES} changes; narrow the period")
    if found.known_from_at is not None and found.known_from_at > found.since:
        notices.append(f"{dashboard}: no history before {found.known_from_at:%Y-%m-%d}")
    if found.complete_from_at is not None and found.complete_from_at > found.since:
        since = f"{found.complete_from_at:%Y-%m-%d %H:%M} UTC"
        notices.append(f"{dashboard}: too many rollouts; only those since {since} are included")
    return notices
