"""What pages on the past read of the services, each made once for everybody who asks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from reldash.domain.comparison.compare import Comparison
from reldash.domain.comparison.sides import Side
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.history.releases import build_of_record
from reldash.domain.history.timeline import Lane, Ran, timeline
from reldash.services.context import get_context
from reldash.services.held_views import Tick
from reldash.services.past import moments
from reldash.services.reports.comparison import load_comparison
from reldash.services.reports.history import History, list_services, load_history
from reldash.services.reports.images import ImageAnswer, find_images


class HistoryQuery(NamedTuple):
    """What the history page asks for; fields that are empty ask for all. Times are aware UTC."""

    dashboard: str
    service: str
    environments: tuple[str, ...]
    clusters: tuple[str, ...]
    customers: tuple[str, ...]
    since: datetime
    until: datetime


def get_history(query: HistoryQuery, tick: Tick) -> History:
    """What changed (errors: `load_history`)."""
    return load_history(
        get_context(),
        query.dashboard,
        service=query.service,
        environments=query.environments,
        clusters=query.clusters,
        customers=query.customers,
        since=query.since,
        until=query.until,
        tick=tick,
    )


def lanes_of(found: History, query: HistoryQuery, rules: FleetRules, now: datetime) -> list[Lane]:
    """What the service that was asked for ran, place by place."""
    return timeline(
        (
            Ran(
                one.record.rollout,
                build_of_record(one.record).version,
                one.environment,
                one.customer,
            )
            for one in found.named
        ),
        found.coverage,
        query.since,
        min(query.until, now),
        environments=[e.name for e in rules.dashboards[query.dashboard].environments],
        stale_after=rules.collect.stale_after,
    )


def get_images(texts: Sequence[str], tick: Tick) -> ImageAnswer:
    """Where images run and ran (errors: `find_images`); made once for a question and a tick."""
    context = get_context()
    at = datetime.fromtimestamp(60 * tick.minute, UTC)
    return moments.keep(
        context,
        ("images", tuple(texts), tick),
        at,
        lambda: find_images(context, texts, context.now()),
        tick[:2],
    )


def get_services(dashboard: str, tick: Tick) -> tuple[str, ...]:
    """All services of a dashboard that anything is known of, sorted."""
    return list_services(get_context(), dashboard, tick)


def get_comparison(dashboard: str, left: Side, right: Side, tick: Tick) -> Comparison:
    """Two sides (errors: `load_comparison`)."""
    return load_comparison(get_context(), dashboard, left, right, tick)
