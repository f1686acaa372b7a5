"""What is kept of the past: intervals with how their workloads were described, and when reads came.

Times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from reldash.domain.workloads.observations import Rollout
from reldash.domain.workloads.reads import Unread


@dataclass(frozen=True, slots=True)
class WorkloadDescription:
    """How a workload described a container: what naming needs, never its uid, replicas or status.

    Attributes:
        labels, annotations, default_container, position, created_at: as an `Observation` has them.
    """

    labels: Mapping[str, str] = field(hash=False)
    annotations: Mapping[str, str] = field(hash=False)
    default_container: str | None
    position: int
    created_at: datetime


class RolloutRecord(NamedTuple):
    """An interval with how the workload was described when it was last read in it.

    Attributes:
        description: None only for intervals from before descriptions were kept.
    """

    rollout: Rollout
    description: WorkloadDescription | None


@dataclass(frozen=True, slots=True)
class CoveredSpan:
    """A time in which the good reads of a cluster followed each other without a gap.

    Attributes:
        from_at: when the first of these reads began.
        until_at: when the last of them began; equal to `from_at` where there was but one.
        unread: the parts that none of them could get; a change of these begins another coverage.
    """

    cluster: str
    from_at: datetime
    until_at: datetime
    unread: tuple[Unread, ...] = ()
