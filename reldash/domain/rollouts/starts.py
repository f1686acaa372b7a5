"""Start of each rollout: it lies between two reads, so it may be known only as a gap."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.domain.workloads.observations import ContainerKey, Rollout, RolloutSource

# The longest time from a workload's creation until its first rollout is read.
FIRST_ROLLOUT_WITHIN = timedelta(hours=1)

Gap = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class RolloutStart:
    """The start of an interval, as far as it is known.

    Attributes:
        is_known: whether the cluster was read before it started: a rollout that the first read
            finds may have run for years.
        is_new: whether the workload was created with it.
        gap: the two moments that it lies between, if the reads around it are further apart than
            usual; else None.
        is_approximate: whether it is known from revisions, or lies in a gap.
    """

    is_known: bool
    is_new: bool = False
    gap: Gap | None = None
    is_approximate: bool = False


class RolloutStarts:
    """Determines the starts and ends of intervals from the times at which clusters were read."""

    def __init__(
        self, coverage: Mapping[str, Sequence[CoveredSpan]], *, stale_after: timedelta
    ) -> None:
        """`coverage` is by cluster, oldest first; reads up to `stale_after` apart leave no gap."""
        self._coverage = coverage
        self._froms = {name: [c.from_at for c in known] for name, known in coverage.items()}
        self._stale_after = stale_after

    def of(self, record: RolloutRecord, before: Rollout | None) -> RolloutStart:
        """The start of an interval.

        Args:
            record: the interval, with its description.
            before: the previous interval of its container; None if it is the first one known.
        """
        rollout = record.rollout
        created_at = record.description.created_at if record.description else None
        if rollout.source is RolloutSource.REVISION:
            is_new = before is None and _is_created_for(created_at, rollout)
            return RolloutStart(is_known=True, is_new=is_new, is_approximate=True)
        read_before = self.last_read_before(rollout.key, rollout.started_at)
        if before is not None:
            gap = self._gap(read_before or before.started_at, before.started_at, rollout.started_at)
            return RolloutStart(is_known=True, gap=gap, is_approximate=gap is not None)
        # Within a span the previous read may have been up to `stale_after` earlier.
        usual = FIRST_ROLLOUT_WITHIN + self._stale_after
        if read_before is not None and (created_at is None or created_at >= read_before - usual):
            gap = self._gap(read_before, created_at or read_before, rollout.started_at)
            return RolloutStart(is_known=True, is_new=True, gap=gap, is_approximate=gap is not None)
        is_new = _is_created_for(created_at, rollout)
        return RolloutStart(is_known=is_new, is_new=is_new)

    def end(self, rollout: Rollout) -> Gap | None:
        """The two moments that the end of an interval lies between; None if reads leave no gap."""
        at = rollout.ended_at or rollout.started_at
        read_before = self.last_read_before(rollout.key, at) or rollout.started_at
        return self._gap(read_before, rollout.started_at, at)

    def last_read_before(self, key: ContainerKey, at: datetime) -> datetime | None:
        """When the container's part of the cluster was last read before a read at `at`.

        None if never. Within a span that is the read just before, and returned as `at`.
        """
        known = self._coverage.get(key.cluster, ())
        for index in range(bisect_left(self._froms.get(key.cluster, ()), at) - 1, -1, -1):
            if reads(known[index], key):
                return min(known[index].until_at, at)
        return None

    def _gap(self, read_before: datetime, not_before: datetime, at: datetime) -> Gap | None:
        since = max(read_before, min(not_before, at))
        return (since, at) if at - read_before > self._stale_after and since < at else None


def reads(covered: CoveredSpan, key: ContainerKey) -> bool:
    """Whether the reads of a span include the part of the cluster that a container is in."""
    return not any(part.has(key.kind, key.namespace) for part in covered.unread)


def _is_created_for(created_at: datetime | None, rollout: Rollout) -> bool:
    """Whether a workload was created with a rollout, as far as its creation time shows."""
    return created_at is not None and abs(rollout.started_at - created_at) <= FIRST_ROLLOUT_WITHIN
