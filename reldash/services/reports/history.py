"""A dashboard's changes, promotions, lead times and deployment frequency."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from reldash.domain.fleet.scope import NO_CUSTOMER
from reldash.domain.history.changes import Change
from reldash.domain.history.metrics import (
    Frequency,
    LeadTimes,
    frequencies,
    known_since,
    lead_times,
)
from reldash.domain.history.promotions import Promotion
from reldash.domain.history.releases import build_of_record
from reldash.domain.history.service_records import ServiceRecord
from reldash.domain.rollouts.records import CoveredSpan
from reldash.domain.workloads.observations import ContainerKey
from reldash.services.context import Context
from reldash.services.past.dashboard_history import load_dashboard_history
from reldash.services.view_cache import Tick

USUAL_PERIOD: Final = timedelta(days=30)
MAX_CHANGES = 2000  # in one result


@dataclass(frozen=True, slots=True)
class History:
    """The history of a period; see `load_history`.

    Attributes:
        since, until: the period (aware UTC), limited to the time that history is kept.
        changes: newest first; more: whether there are earlier ones in the period.
        promotions: those that arrived in the period, newest first.
        lead_times, frequencies: of the period, by step and by environment.
        named: every rollout of the requested service that overlaps the period; none if no service
            was requested.
        coverage: when each of the dashboard's clusters was read, oldest first.
        known_from_at: when the first recorded rollout started; None without any.
        complete_from_at: when complete records begin. Earlier rollouts are left out of changes,
            promotions and figures, and a rollback to a version that only ran before then appears
            as an ordinary change; None if all were loaded.
    """

    since: datetime
    until: datetime
    changes: tuple[Change, ...]
    more: bool
    promotions: tuple[Promotion, ...]
    lead_times: tuple[LeadTimes, ...]
    frequencies: tuple[Frequency, ...]
    named: tuple[ServiceRecord, ...]
    coverage: Mapping[str, tuple[CoveredSpan, ...]]
    known_from_at: datetime | None
    complete_from_at: datetime | None


def load_history(
    context: Context,
    dashboard: str,
    *,
    service: str = "",
    environments: Collection[str] = (),
    clusters: Collection[str] = (),
    customers: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = MAX_CHANGES,
    tick: Tick,
) -> History:
    """The history of a period.

    Args:
        context: the fleet's.
        dashboard: its key.
        service: the name of a row; "" for all.
        environments: only these; empty means all.
        clusters: only these; empty means all. Not applied to promotions, which have no cluster.
        customers: only these; empty means all, "-" means no customer.
        since: start of the period (aware); by default 30 days before its end.
        until: end of the period (aware); by default, and at most, now.
        limit: maximum number of changes.
        tick: the data to use.

    Raises:
        ChoiceError: there is no such dashboard.
        StoreError: the database cannot be reached.
    """
    context.rules.dashboard(dashboard)
    now = context.now()
    until = min(until or now, now)
    kept_since = now - context.written.rules.history.keep
    since = min(max(since or until - USUAL_PERIOD, kept_since), until)
    known = load_dashboard_history(context, dashboard, service, tick)
    matches = _make_match(service, environments, customers)
    found = [
        change
        for change in known.changes
        if matches(change.service, change.environment, change.customer)
        and (not clusters or change.cluster in clusters)
    ]
    named = [
        one
        for one in known.named
        if matches(one.service, one.environment, one.customer)
        and (not clusters or one.record.rollout.key.cluster in clusters)
    ]
    in_time = [change for change in found if since <= change.at < until]
    promoted = [p for p in known.promotions if matches(p.service, p.to_environment, p.customer)]
    # Before this, the incomplete records would look like everything there was.
    whole_from = max(kept_since, known.complete_from_at or kept_since)
    since_known = {name: max(at, whole_from) for name, at in known_since(named).items()}
    steps_known = {name: max(at, whole_from) for name, at in known_since(known.named).items()}
    return History(
        since=since,
        until=until,
        changes=tuple(in_time[:limit]),
        more=len(in_time) > limit,
        promotions=tuple(p for p in promoted if since <= p.to_at < until),
        lead_times=tuple(lead_times(promoted, since, until, steps_known)),
        frequencies=tuple(frequencies(found, since_known, since, until)),
        named=tuple(n for n in named if _touches(n, since, until)) if service else (),
        coverage=known.coverage,
        known_from_at=min((n.record.rollout.started_at for n in known.named), default=None),
        complete_from_at=known.complete_from_at,
    )


def list_services(context: Context, dashboard: str, tick: Tick) -> tuple[str, ...]:
    """The names of all recorded services of a dashboard, sorted.

    Raises:
        ChoiceError: there is no such dashboard.
        StoreError: the database cannot be reached.
    """
    context.rules.dashboard(dashboard)
    names = {one.service for one in load_dashboard_history(context, dashboard, "", tick).named}
    return tuple(sorted(names, key=lambda name: (name.casefold(), name)))


def list_customers(context: Context, dashboard: str, tick: Tick) -> tuple[str, ...]:
    """The recorded customers of a dashboard, sorted; "-" for no customer.

    Raises:
        ChoiceError: there is no such dashboard.
        StoreError: the database cannot be reached.
    """
    context.rules.dashboard(dashboard)
    known = load_dashboard_history(context, dashboard, "", tick).named
    return tuple(sorted({one.customer or NO_CUSTOMER for one in known}))


class ContainerPlace(NamedTuple):
    """The row of a container; fields are None if it has no row or environment."""

    dashboard: str | None
    service: str | None
    environment: str | None
    customer: str | None


def list_places(context: Context, tick: Tick) -> Mapping[ContainerKey, ContainerPlace]:
    """The row of every recorded container; of several dashboards, the first counts.

    Raises:
        StoreError: the database cannot be reached.
    """

    def find(tick: Tick) -> dict[ContainerKey, ContainerPlace]:
        found: dict[ContainerKey, ContainerPlace] = {}
        for key in context.rules.dashboards:
            for one in load_dashboard_history(context, key, "", tick).named:
                place = ContainerPlace(key, one.service, one.environment, one.customer)
                found.setdefault(one.record.rollout.key, place)
        return found

    return context.views.get("history places", find, tick)


def first_rollouts(
    context: Context, dashboard: str, tick: Tick
) -> Mapping[tuple[str, str], datetime]:
    """When each version of each service, both by name, first ran in the first environment.

    Raises:
        ChoiceError: there is no such dashboard.
        StoreError: the database cannot be reached.
    """
    first = context.rules.dashboard(dashboard).environments[0].name

    def find(tick: Tick) -> dict[tuple[str, str], datetime]:
        found: dict[tuple[str, str], datetime] = {}
        for one in load_dashboard_history(context, dashboard, "", tick).named:
            if one.environment == first and not one.record.rollout.unfinished:
                key = one.service, build_of_record(one.record).version
                at = one.record.rollout.started_at
                found[key] = min(found.get(key, at), at)
        return found

    return context.views.get(("first rollouts", dashboard), find, tick)


def _make_match(
    service: str, environments: Collection[str], customers: Collection[str]
) -> Callable[[str, str, str | None], bool]:
    def matches(name: str, environment: str, customer: str | None) -> bool:
        return (
            service in ("", name)
            and (not environments or environment in environments)
            and (not customers or (customer or NO_CUSTOMER) in customers)
        )

    return matches


def _touches(one: ServiceRecord, since: datetime, until: datetime) -> bool:
    rollout = one.record.rollout
    return rollout.started_at < until and (rollout.ended_at is None or rollout.ended_at > since)
