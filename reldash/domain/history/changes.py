"""Changes of workloads: new, changed, rolled back, rebuilt, removed, returned, unfinished."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import Final

from reldash.domain.fleet.freezes import Freeze, freeze_at
from reldash.domain.grouping.primary_container import repository_end
from reldash.domain.history.releases import Ages, build_of_record, is_change, texts_between
from reldash.domain.history.service_records import ServiceRecord
from reldash.domain.rollouts.records import CoveredSpan
from reldash.domain.rollouts.running_image import has_run
from reldash.domain.rollouts.starts import Gap, RolloutStarts
from reldash.domain.workloads.observations import ContainerKey, RolloutSource


class ChangeKind(StrEnum):
    """The kind of a change of a workload."""

    NEW = "new"
    CHANGED = "changed"
    ROLLBACK = "rollback"
    REBUILT = "rebuilt"
    REMOVED = "removed"
    RETURNED = "returned"
    UNFINISHED = "unfinished"


CHANGE_WORDS: dict[ChangeKind, str] = {
    ChangeKind.NEW: "the workload was created",
    ChangeKind.CHANGED: "another version",
    ChangeKind.ROLLBACK: "back to a build that ran before the one it replaces",
    ChangeKind.REBUILT: "the same version in a new build",
    ChangeKind.REMOVED: "the workload was deleted",
    ChangeKind.RETURNED: "the workload was created again after its deletion",
    ChangeKind.UNFINISHED: "started, not finished: the version before goes on",
}

# Kinds that are no rollout of anything: they count in no figure.
NO_ROLLOUT: Final = frozenset({ChangeKind.REMOVED, ChangeKind.UNFINISHED})


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one workload.

    Attributes:
        at: when it was seen, or its time by revisions (aware UTC).
        before: the version before; "" of a new workload; of a returned one, that at its deletion.
        after: the version after; "" of a removed workload.
        source: the source of its time.
        approximate: whether its time is from revisions, or lies somewhere in `gap`.
        gap: the two moments that it lies between, if its cluster was not read for longer than
            usual before it was seen; else None.
        freeze: the name of the freeze window that it was seen in, else "".
    """

    at: datetime
    service: str
    environment: str
    customer: str | None
    cluster: str
    namespace: str
    workload: str
    container: str
    before: str
    after: str
    kind: ChangeKind
    source: RolloutSource
    approximate: bool = False
    gap: Gap | None = None
    freeze: str = ""


def changes(
    named: Iterable[ServiceRecord],
    coverage: Mapping[str, Sequence[CoveredSpan]],
    freezes: Sequence[Freeze] = (),
    *,
    stale_after: timedelta,
) -> list[Change]:
    """All changes, the newest first.

    A rollout of the same build or only another spelling of it (configuration, replicas, another
    registry) is no change, and neither is a rollout that a cluster's first read found. A rollback
    is to a build whose first rollout in the workload is earlier than that of the one it replaces.
    A rollout that was started and not finished changed nothing, and going back from it is nothing.

    Args:
        named: whole histories, or of each workload all records from some moment on.
        coverage: of each cluster, oldest first.
        freezes: the windows that changes are marked with.
        stale_after: reads further apart than this leave a gap.
    """
    starts = RolloutStarts(coverage, stale_after=stale_after)
    intervals: list[ServiceRecord] = []
    unfinished: list[ServiceRecord] = []
    for one in named:
        (unfinished if one.record.rollout.unfinished else intervals).append(one)
    events = [event for timeline in _timelines(intervals) for event in _events(timeline, starts)]
    events += _unfinished(unfinished, intervals)
    found = [_change(event, starts, freezes) for event in events]
    found.sort(key=attrgetter("cluster", "namespace", "workload"))
    found.sort(key=attrgetter("at"), reverse=True)
    return found


@dataclass(frozen=True, slots=True)
class _Event:
    """A change with its record; `before` is the record before it, if there is one."""

    kind: ChangeKind
    current: ServiceRecord
    before: ServiceRecord | None = None


def _timelines(named: Iterable[ServiceRecord]) -> Iterator[list[ServiceRecord]]:
    """The intervals of each container, oldest first, joined if the container was renamed."""
    workloads: defaultdict[tuple[str, ...], dict[ContainerKey, list[ServiceRecord]]] = defaultdict(
        dict
    )
    for one in named:
        key = one.record.rollout.key
        workload = workloads[key.cluster, key.namespace, key.kind, key.workload]
        workload.setdefault(key, []).append(one)
    for containers in workloads.values():
        for timeline in containers.values():
            timeline.sort(key=_started_at)
        yield from _chained(sorted(containers.values(), key=lambda own: _started_at(own[0])))


def _chained(timelines: Iterable[list[ServiceRecord]]) -> Iterator[list[ServiceRecord]]:
    """Timelines as one where the next starts after the one before has ended."""
    chain: list[ServiceRecord] = []
    for timeline in timelines:
        ended_at = chain[-1].record.rollout.ended_at if chain else None
        if chain and (ended_at is None or ended_at > _started_at(timeline[0])):
            yield chain
            chain = []
        chain = [*chain, *timeline]
    if chain:
        yield chain


def _started_at(one: ServiceRecord) -> datetime:
    return one.record.rollout.started_at


def _events(timeline: Sequence[ServiceRecord], starts: RolloutStarts) -> Iterator[_Event]:
    first, last = timeline[0], timeline[-1]
    if starts.of(first.record, None).is_new:
        yield _Event(ChangeKind.NEW, first)
    ages = Ages()
    age = ages.of(first.record)
    for before, after in pairwise(timeline):
        earlier, age = age, ages.of(after.record)
        ended_at = before.record.rollout.ended_at
        if ended_at is not None and ended_at < after.record.rollout.started_at:
            yield _Event(ChangeKind.REMOVED, before, before)
            yield _Event(ChangeKind.RETURNED, after, before)
        elif _has_run(before, after) and is_change(before.record, after.record):
            yield _Event(_kind(before, after, is_back=age < earlier), after, before)
    if last.record.rollout.ended_at is not None:
        yield _Event(ChangeKind.REMOVED, last, last)


def _has_run(*intervals: ServiceRecord) -> bool:
    """Whether any of these intervals had a ready replica; else nothing that ran has changed."""
    return any(has_run(one.record.rollout) for one in intervals)


def _unfinished(
    unfinished: Iterable[ServiceRecord], intervals: Iterable[ServiceRecord]
) -> Iterator[_Event]:
    """An event for each unfinished rollout, after the interval that it would have ended."""
    found = list(unfinished)
    keys = {one.record.rollout.key for one in found}
    running: defaultdict[ContainerKey, list[ServiceRecord]] = defaultdict(list)
    for one in intervals:
        if one.record.rollout.key in keys:
            running[one.record.rollout.key].append(one)
    for one in found:
        at = one.record.rollout.started_at
        earlier = [other for other in running[one.record.rollout.key] if _started_at(other) <= at]
        yield _Event(ChangeKind.UNFINISHED, one, max(earlier, key=_started_at, default=None))


def _kind(before: ServiceRecord, after: ServiceRecord, *, is_back: bool) -> ChangeKind:
    if is_back:
        return ChangeKind.ROLLBACK
    one, other = build_of_record(before.record), build_of_record(after.record)
    images = before.record.rollout.image, after.record.rollout.image
    if one.version == other.version and len({repository_end(image) for image in images}) == 1:
        return ChangeKind.REBUILT
    return ChangeKind.CHANGED


def _change(event: _Event, starts: RolloutStarts, freezes: Sequence[Freeze]) -> Change:
    current, before = event.current, event.before
    rollout, key = current.record.rollout, current.record.rollout.key
    after = build_of_record(current.record).version
    if event.kind is ChangeKind.REMOVED:
        at, source = rollout.ended_at or rollout.started_at, RolloutSource.OBSERVED
        gap, texts = starts.end(rollout), (after, "")
    else:
        at, source = rollout.started_at, rollout.source
        gap = starts.of(current.record, before.record.rollout if before else None).gap
        texts = texts_between(before.record, current.record) if before else ("", after)
    return Change(
        at=at,
        service=current.service,
        environment=current.environment,
        customer=current.customer,
        cluster=key.cluster,
        namespace=key.namespace,
        workload=key.workload,
        container=key.container,
        before=texts[0],
        after=texts[1],
        kind=event.kind,
        source=source,
        approximate=gap is not None or source is RolloutSource.REVISION,
        gap=gap,
        freeze=freeze_at(freezes, current.environment, at),
    )
