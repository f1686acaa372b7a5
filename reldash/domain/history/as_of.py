"""Restore the snapshot of a past moment from history; its matrix is built as today's is.

History has intervals, descriptions of workloads, and the spans of reads. Clusters not read by then
are unknown; facts that history does not have are left out, never invented.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from reldash.domain.gc_pause import no_garbage_collection
from reldash.domain.history.service_records import observation_of
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.domain.rollouts.starts import reads
from reldash.domain.workloads.observations import (
    NEVER,
    ContainerKey,
    Observation,
    Progress,
    Rollout,
    RolloutSource,
    RolloutStatus,
    Running,
    Sighting,
)
from reldash.domain.workloads.reads import ClusterStatus
from reldash.domain.workloads.snapshot import Snapshot

NOT_KEPT: Final = (
    "History has versions and digests with their times, but not replicas, the progress of rollouts,"
    " waiting containers or registry data of that time: the flags stuck, degraded, partial,"
    " rolling, idle and spec_differs cannot be evaluated."
)

_STATUS: Final = RolloutStatus(Progress.NOT_KEPT)
_LEAVING: Final = RolloutStatus(
    Progress.NOT_KEPT, "the requested version was not ready by then, so the previous one counts too"
)
_PODS: Final = "Pod"


def snapshot_at(
    records: Iterable[RolloutRecord],
    sightings: Iterable[Sighting],
    coverage: Mapping[str, Sequence[CoveredSpan]],
    at: datetime,
    *,
    facts: RegistryFacts = NO_FACTS,
    revision: int = 0,
) -> Snapshot:
    """Restore the snapshot of a moment; `build_matrix` of it takes the same `at` as `now`.

    Args:
        records: the intervals open at `at`; and for each that had no ready replica by then, the
            one that ended where it started, whose pods may still have run. Others are ignored.
        sightings: as known at `at`: none started, became ready or ended later.
        coverage: of each cluster, oldest first; empty if it was never read.
        at: the moment (aware UTC).
        facts: of registries; only those that never change are used.
        revision: of the data that the arguments were loaded from.

    Returns:
        A snapshot with an observation for each interval. It was observed at the last read of its
        part of the cluster by then, and at `observations.NEVER` if there was none: then it is only
        known from revisions, or from before the times of reads were stored. Its digests are those
        of the whole interval; it wants one replica, which is ready if it was by then.
    """
    past = _Reads(coverage, at)
    with no_garbage_collection():
        open_, before = [], {}
        for record in records:
            rollout = record.rollout
            if _was_open(rollout, at):
                open_.append(record)
            elif rollout.ended_at is not None and rollout.ended_at <= at:
                before[rollout.key, rollout.ended_at] = rollout
        observations = tuple(_observation(record, before, past, at) for record in open_)
    return Snapshot(
        observations=observations,
        sightings=tuple(sightings),
        statuses={name: past.status(name) for name in coverage},
        revision=revision,
        facts=lasting_facts(facts),
    )


def lasting_facts(facts: RegistryFacts) -> RegistryFacts:
    """The facts that never change: without tags, scans and the outcome of reads."""
    if facts == NO_FACTS:
        return NO_FACTS
    return replace(facts, tags={}, missing=frozenset(), held={}, scans={}, findings={}, reads={})


class _Reads:
    """The last reads of clusters, and of parts of them, up to a moment."""

    def __init__(self, coverage: Mapping[str, Sequence[CoveredSpan]], at: datetime) -> None:
        self._at = at
        self._by_then = {
            name: [covered for covered in reversed(known) if covered.from_at <= at]
            for name, known in coverage.items()
        }
        self._parts: dict[tuple[str, str, str], tuple[datetime, bool]] = {}

    def status(self, cluster: str) -> ClusterStatus:
        """The status of a cluster at the moment; history has no failures."""
        known = self._by_then[cluster]
        if not known:
            return ClusterStatus(cluster)
        read_at = min(known[0].until_at, self._at)
        return ClusterStatus(cluster, read_at=read_at, attempted_at=read_at, unread=known[0].unread)

    def of(self, key: ContainerKey) -> tuple[datetime, bool]:
        """When a container was last observed, and whether its pods were read then."""
        part = key.cluster, key.namespace, key.kind
        found = self._parts.get(part)
        if found is None:
            found = self._parts[part] = self._find(key)
        return found

    def _find(self, key: ContainerKey) -> tuple[datetime, bool]:
        for covered in self._by_then.get(key.cluster, ()):
            if reads(covered, key):
                return min(covered.until_at, self._at), not any(
                    unread.has(_PODS, key.namespace) for unread in covered.unread
                )
        return NEVER, False


_Before = Mapping[tuple[ContainerKey, datetime], Rollout]  # by container and end


def _was_open(rollout: Rollout, at: datetime) -> bool:
    return rollout.started_at <= at and (rollout.ended_at is None or rollout.ended_at > at)


def _observation(record: RolloutRecord, before: _Before, past: _Reads, at: datetime) -> Observation:
    rollout = record.rollout
    observed_at, has_pods = past.of(rollout.key)
    was_ready = rollout.ready_at is not None and rollout.ready_at <= at
    leaving = None if was_ready else before.get((rollout.key, rollout.started_at))
    running = _running(rollout.image, rollout.digests, was_ready)
    if leaving is not None and _had_pods(leaving):
        # A rollout that became ready later may have pulled its image later too.
        new = running if rollout.ready_at is None else None
        running = (*_leaving(leaving.image, leaving.digests), *(new or ()))
    else:
        leaving = None
    return observation_of(
        record,
        observed_at=observed_at,
        wanted=None,
        ready=int(was_ready),
        status=_LEAVING if leaving is not None and has_pods else _STATUS,
        running=running if has_pods else None,
    )


def _had_pods(rollout: Rollout) -> bool:
    return rollout.ready_at is not None or rollout.source is RolloutSource.REVISION


@lru_cache(maxsize=2**16)
def _leaving(image: str, digests: tuple[str, ...]) -> tuple[Running, ...]:
    """Pods of the previous image, until those of the requested one are ready."""
    return tuple(
        Running(image, digest, revision=None, current=False, pods=1, ready=1)
        for digest in digests or ("",)
    )


@lru_cache(maxsize=2**16)
def _running(image: str, digests: tuple[str, ...], was_ready: bool) -> tuple[Running, ...] | None:
    """A pod for each digest that ran; None if no digest is known."""
    return (
        tuple(
            Running(image, digest, revision=None, current=True, pods=1, ready=int(was_ready))
            for digest in digests
        )
        or None
    )
