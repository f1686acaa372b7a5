"""Stored history: intervals with descriptions of their workloads, and the spans of reads.

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
    """The part of a container's observation that naming needs: no uid, replicas or status.

    Attributes:
        labels, annotations, default_container, position, created_at: as an `Observation` has them.
    """

    labels: Mapping[str, str] = field(hash=False)
    annotations: Mapping[str, str] = field(hash=False)
    default_container: str | None
    position: int
    created_at: datetime


class RolloutRecord(NamedTuple):
    """An interval, with the description of its workload at the last read within it.

    Attributes:
        description: None only for intervals recorded before descriptions were stored.
    """

    rollout: Rollout
    description: WorkloadDescription | None


@dataclass(frozen=True, slots=True)
class CoveredSpan:
    """A span in which the successful reads of a cluster followed each other without a gap.

    Attributes:
        from_at: when the first of these reads started.
        until_at: when the last of them started; equal to `from_at` if there was only one.
        unread: the parts that none of them could list; a change of these starts another span.
    """

    cluster: str
    from_at: datetime
    until_at: datetime
    unread: tuple[Unread, ...] = ()
