"""When intervals really began: seen at a read, they began at some time since the read before it."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.domain.workloads.observations import ContainerKey, Rollout, RolloutSource

# How long after a workload was made its first rollout may have been noticed.
MADE_FOR_IT = timedelta(hours=1)

Gap = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class RolloutStart:
    """What is known of how an interval began.

    Attributes:
        is_known: whether it began at all while anybody looked: what a cluster's first read finds
            may have run for years.
        is_new: whether the workload was made with it.
        gap: between which moments it began, where the reads around it lie further apart than
            usual; None where its start is as good as any.
        is_approximate: told by revisions, or begun in a gap.
    """

    is_known: bool
    is_new: bool = False
    gap: Gap | None = None
    is_approximate: bool = False


class RolloutStarts:
    """Finds out how intervals began and ended, from when their clusters were read."""

    def __init__(
        self, coverage: Mapping[str, Sequence[CoveredSpan]], *, stale_after: timedelta
    ) -> None:
        """Coverages are oldest first; reads no further apart than `stale_after` are the usual."""
        self._coverage = coverage
        self._froms = {name: [c.from_at for c in known] for name, known in coverage.items()}
        self._stale_after = stale_after

    def of(self, record: RolloutRecord, before: Rollout | None) -> RolloutStart:
        """How an interval began.

        Args:
            record: the interval, with its description.
            before: what its workload ran before; None if it is the first that is known.
        """
        rollout = record.rollout
        made = record.description.created_at if record.description else None
        if rollout.source is RolloutSource.REVISION:
            is_new = before is None and made is not None and _is_made_for(made, rollout.started_at)
            return RolloutStart(is_known=True, is_new=is_new, is_approximate=True)
        looked_at = self.last_look(rollout.key, rollout.started_at)
        if before is not None:
            gap = self._gap(looked_at or before.started_at, before.started_at, rollout.started_at)
            return RolloutStart(is_known=True, gap=gap, is_approximate=gap is not None)
        # Of reads that followed each other, the one before may have been that much earlier.
        usual = MADE_FOR_IT + self._stale_after
        if looked_at is not None and (made is None or made >= looked_at - usual):
            gap = self._gap(looked_at, made or looked_at, rollout.started_at)
            return RolloutStart(is_known=True, is_new=True, gap=gap, is_approximate=gap is not None)
        is_new = made is not None and _is_made_for(made, rollout.started_at)
        return RolloutStart(is_known=is_new, is_new=is_new)

    def end(self, rollout: Rollout) -> Gap | None:
        """Between which moments an interval with an end was ended, where that is not known well."""
        at = rollout.ended_at or rollout.started_at
        looked_at = self.last_look(rollout.key, at) or rollout.started_at
        return self._gap(looked_at, rollout.started_at, at)

    def last_look(self, key: ContainerKey, at: datetime) -> datetime | None:
        """When its part of the cluster was last read before a read at `at`; None if never.

        Within reads that followed each other the one just before is meant, and given as `at`.
        """
        known = self._coverage.get(key.cluster, ())
        for index in range(bisect_left(self._froms.get(key.cluster, ()), at) - 1, -1, -1):
            if reads(known[index], key):
                return min(known[index].until_at, at)
        return None

    def _gap(self, looked_at: datetime, not_before: datetime, at: datetime) -> Gap | None:
        since = max(looked_at, min(not_before, at))
        return (since, at) if at - looked_at > self._stale_after and since < at else None


def reads(covered: CoveredSpan, key: ContainerKey) -> bool:
    """Whether the reads of a coverage could get the part of the cluster that a container is in."""
    return not any(
        part.kind == key.kind and part.namespace in (None, key.namespace) for part in covered.unread
    )


def _is_made_for(made: datetime, started_at: datetime) -> bool:
    return abs(started_at - made) <= MADE_FOR_IT
