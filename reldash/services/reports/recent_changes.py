"""Recent changes for the overview: a list, and counts by day and environment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.gc_pause import no_garbage_collection
from reldash.domain.history.changes import Change, ChangeKind, changes
from reldash.domain.history.service_records import ServiceRecord, service_records
from reldash.domain.matrix.cells import Matrix
from reldash.domain.rollouts.records import RolloutRecord
from reldash.domain.workloads.observations import ContainerKey
from reldash.domain.workloads.reads import ClusterStatus
from reldash.services.context import Context
from reldash.services.past.snapshots import load_snapshot

SHOWN = timedelta(days=13)  # besides today
# Also loaded, so that a rollback can be distinguished from a new version.
BEFORE = timedelta(days=30)
# For larger fleets only the latest of these days are shown.
MAX_ROLLOUTS = 5_000
MAX_SHOWN = 300

# A wave: the same change in several deployments within this time.
_WAVE = timedelta(hours=6)

_Place = tuple[str, str, str | None]  # service, environment, customer


@dataclass(frozen=True, slots=True)
class RecentChange:
    """A change of a service in one environment, in one or several deployments.

    Attributes:
        at: time of the last one; first_at: of the first (aware UTC).
        before, after: as in `Change`.
        places: number of deployments.
        customers: their customers, sorted; "" means no customer.
        approximate: whether any of the times is approximate.
        freeze: the freeze windows that any of them fell into, else "".
    """

    at: datetime
    first_at: datetime
    dashboard: str
    service: str
    environment: str
    before: str
    after: str
    kind: ChangeKind
    places: int = 1
    customers: tuple[str, ...] = ()
    approximate: bool = False
    freeze: str = ""


@dataclass(frozen=True, slots=True)
class RecentChanges:
    """Recent changes as of one moment.

    Attributes:
        as_of: all reads up to this time are included (aware UTC).
        changes: newest first, at most `MAX_SHOWN`.
        days: number of changes by (UTC day, environment), over at most `SHOWN`.
        since: the first complete day.
    """

    as_of: datetime
    changes: tuple[RecentChange, ...]
    days: Mapping[tuple[date, str], int]
    since: date


def load_recent_changes(
    context: Context, matrices: Sequence[Matrix], now: datetime
) -> RecentChanges:
    """The changes of the last days, with services named as in the matrices.

    Args:
        context: the fleet's.
        matrices: the whole matrix by environment of each dashboard.
        now: aware UTC.

    Raises:
        StoreError: the database cannot be reached.
    """
    with no_garbage_collection():
        return _load(context, matrices, now)


def _load(context: Context, matrices: Sequence[Matrix], now: datetime) -> RecentChanges:
    store, rules, clusters = context.store, context.rules, context.cluster_names
    # Loaded first: what is recorded meanwhile may be shown twice, but is never missed.
    as_of = _as_of(store.clusters.load_statuses(clusters).values(), rules, now)
    since = _midnight(now - SHOWN)
    began = store.history.load_rollouts(clusters=clusters, since=since, limit=MAX_ROLLOUTS)
    if len(began) == MAX_ROLLOUTS:
        since = began[-1].started_at
    ended = (
        sighting.key
        for sighting in load_snapshot(context).sightings
        if sighting.last_ended_at is not None and sighting.last_ended_at >= since
    )
    moved = {rollout.key for rollout in began}.union(ended)
    records = store.history.load_records(clusters=clusters, since=since - BEFORE, of=moved)
    coverage = store.history.load_coverage(clusters, since=since - BEFORE)
    news: list[RecentChange] = []
    seen: set[tuple[datetime, str, str, str, str]] = set()
    days: Counter[tuple[date, str]] = Counter()
    for matrix in matrices:
        found = [
            change
            for change in changes(
                _named(records, matrix, rules),
                coverage,
                rules.freezes,
                stale_after=rules.collect.stale_after,
            )
            if change.at >= since
        ]
        news += merge_waves(matrix.dashboard, found)
        for change in found:  # a cluster may be on several dashboards
            where = change.at, change.cluster, change.namespace, change.workload, change.container
            if where not in seen and change.kind is not ChangeKind.UNFINISHED:
                seen.add(where)
                days[change.at.astimezone(UTC).date(), change.environment] += 1
    news.sort(key=lambda each: each.at, reverse=True)
    first_day = _midnight(since).date() + timedelta(days=since != _midnight(since))
    return RecentChanges(as_of, tuple(news[:MAX_SHOWN]), days, first_day)


def merge_waves(dashboard: str, found: Iterable[Change]) -> list[RecentChange]:
    """Changes of a dashboard, newest first, with each wave merged into one."""
    news: list[RecentChange] = []
    last: dict[tuple[str, ...], int] = {}
    for change in found:
        key = change.service, change.environment, change.before, change.after, change.kind
        index = last.get(key)
        if index is not None and news[index].first_at - change.at <= _WAVE:
            news[index] = _merge(news[index], change)
            continue
        last[key] = len(news)
        news.append(
            RecentChange(
                at=change.at,
                first_at=change.at,
                dashboard=dashboard,
                service=change.service,
                environment=change.environment,
                before=change.before,
                after=change.after,
                kind=change.kind,
                customers=(change.customer or "",),
                approximate=change.approximate,
                freeze=change.freeze,
            )
        )
    return news


def _merge(one: RecentChange, change: Change) -> RecentChange:
    return replace(
        one,
        first_at=min(one.first_at, change.at),
        places=one.places + 1,
        customers=tuple(sorted({*one.customers, change.customer or ""})),
        approximate=one.approximate or change.approximate,
        freeze=one.freeze or change.freeze,
    )


def _named(
    records: Sequence[RolloutRecord], matrix: Matrix, rules: FleetRules
) -> list[ServiceRecord]:
    """Records named as in the matrix; those of deleted workloads as they would be."""
    shown = _places_of(matrix)
    living = {_workload(key) for key in shown}
    named, gone = [], []
    for record in records:
        key = record.rollout.key
        place = shown.get(key)
        if place is not None:
            named.append(ServiceRecord(record, *place))
        elif _workload(key) not in living:
            gone.append(record)
    return named + service_records(gone, rules, matrix.dashboard)


def _workload(key: ContainerKey) -> tuple[str, str, str, str]:
    return key.cluster, key.namespace, key.kind, key.workload


def _places_of(matrix: Matrix) -> dict[ContainerKey, _Place]:
    return {
        ContainerKey(p.cluster, p.namespace, p.kind, p.workload, p.container, p.role): (
            service,
            p.environment,
            p.customer,
        )
        for (service, _), cell in matrix.cells.items()
        for p in cell.places
    }


def _as_of(statuses: Iterable[ClusterStatus], rules: FleetRules, now: datetime) -> datetime:
    """Until when all clusters that are being read are covered; others add changes later."""
    usual = now - rules.collect.stale_after
    read = [s.read_at for s in statuses if s.read_at is not None and usual <= s.read_at <= now]
    return min(read, default=now)


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
