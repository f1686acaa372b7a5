"""Builders of records and coverage in the fleet of `builders`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord, WorkloadDescription
from reldash.domain.workloads.observations import Observation, Rollout, RolloutSource, Sighting
from reldash.domain.workloads.reads import Unread
from tests.unit.builders import REGISTRY, days_ago, image_id, observation

STALE_AFTER = timedelta(minutes=5)


def record(
    cluster: str = "prod",
    version: str = "1.4.2",
    began: datetime | float = 10,
    ended: datetime | float | None = None,
    *,
    ready: datetime | bool = True,
    source: RolloutSource = RolloutSource.OBSERVED,
    build: str | None = None,
    digests: tuple[str, ...] | None = None,
    image: str = "",
    described: bool = True,
    **fields: Any,
) -> RolloutRecord:
    """An interval of service `api`'s container, from and until days ago, or times.

    By default it is ready at its start and described like `builders.observation` with the other
    fields; the workload was created a hundred days ago.
    """
    reference = image or f"{REGISTRY}/{fields.get('service', 'api')}:{version}"
    of = observation(cluster, version, image=reference, **fields)
    started_at = _moment(began)
    known = (image_id(reference, build),) if source is RolloutSource.OBSERVED else ()
    rollout = Rollout(
        key=of.key,
        image=reference,
        digests=known if digests is None else digests,
        started_at=started_at,
        ended_at=None if ended is None else _moment(ended),
        ready_at=started_at if ready is True else ready or None,
        source=source,
    )
    return RolloutRecord(rollout, described_as(of) if described else None)


def described_as(of: Observation) -> WorkloadDescription:
    """The description of an observation's workload."""
    return WorkloadDescription(
        of.labels, of.annotations, of.default_container, of.position, of.created_at
    )


def covered(
    cluster: str = "prod",
    began: datetime | float = 60,
    until: datetime | float = 0,
    *unread: Unread,
) -> CoveredSpan:
    """A span in which a cluster was read without a gap, from and until days ago."""
    return CoveredSpan(cluster, _moment(began), _moment(until), unread)


def coverage_of(
    *covered: CoveredSpan, clusters: Iterable[str] = ()
) -> Mapping[str, Sequence[CoveredSpan]]:
    """Coverage by cluster, in the order given; `clusters` without a span have none."""
    found: dict[str, list[CoveredSpan]] = {name: [] for name in clusters}
    for one in covered:
        found.setdefault(one.cluster, []).append(one)
    return found


def whole_coverage(*clusters: str) -> Mapping[str, Sequence[CoveredSpan]]:
    """Coverage of clusters read without a gap for the last sixty days."""
    return coverage_of(*(covered(name) for name in clusters or ("dev", "stg", "prod")))


def sightings_at(records: Iterable[RolloutRecord], at: datetime) -> list[Sighting]:
    """The sightings of intervals at a moment, folded as the store does."""
    groups: defaultdict[tuple[object, ...], list[Rollout]] = defaultdict(list)
    for one in records:
        rollout = one.rollout
        if rollout.started_at <= at:
            groups[rollout.key, rollout.image, rollout.digests].append(_as_known(rollout, at))
    return [_sighting(group) for group in groups.values()]


def _as_known(rollout: Rollout, at: datetime) -> Rollout:
    ended_at, ready_at = rollout.ended_at, rollout.ready_at
    return rollout._replace(
        ended_at=ended_at if ended_at is not None and ended_at <= at else None,
        ready_at=ready_at if ready_at is not None and ready_at <= at else None,
    )


def _sighting(group: Sequence[Rollout]) -> Sighting:
    first = group[0]
    open_ = [r.started_at for r in group if r.ended_at is None]
    return Sighting(
        key=first.key,
        image=first.image,
        digests=first.digests,
        first_started_at=min(r.started_at for r in group),
        current_started_at=max(open_, default=None),
        last_ended_at=None if open_ else max(r.ended_at for r in group if r.ended_at),
        ready_at=min((r.ready_at for r in group if r.ready_at), default=None),
        source=(
            RolloutSource.REVISION
            if all(r.source is RolloutSource.REVISION for r in group)
            else RolloutSource.OBSERVED
        ),
    )


def _moment(given: datetime | float) -> datetime:
    return given if isinstance(given, datetime) else days_ago(given)
