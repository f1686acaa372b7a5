"""How reading each cluster goes: its condition in a word, with all that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reldash.config import Fleet
from reldash.domain.workloads.reads import ClusterStatus
from reldash.services.context import Context


class Condition(StrEnum):
    """What to think of a cluster's data, the most worrying first."""

    NEVER = "never read"
    STALE = "stale"
    FAILING = "failing"  # the last read failed, but the last good one is not too old yet
    CURRENT = "current"


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """A cluster's place in the fleet and the state of its data.

    Attributes:
        title, message, mend: what keeps it from being read, and what to do about it; "" if
            nothing does.
    """

    name: str
    dashboards: tuple[str, ...]
    environments: tuple[str, ...]
    condition: Condition
    title: str
    message: str
    mend: str
    status: ClusterStatus


def condition_of(status: ClusterStatus, now: datetime, stale_after: timedelta) -> Condition:
    """The condition of a cluster whose data may be as old as `stale_after`.

    A read of the future is stale as soon as it is off by as much: nobody knows its age.
    """
    if status.read_at is None:
        return Condition.NEVER
    if abs(now - status.read_at) > stale_after:
        return Condition.STALE
    return Condition.FAILING if status.error_title else Condition.CURRENT


def load_cluster_reports(context: Context, now: datetime) -> tuple[ClusterReport, ...]:
    """The state of every cluster of the fleet, in the order of the file.

    Raises:
        StoreError: the database cannot be reached.
    """
    return report_clusters(
        context.fleet, context.store.clusters.load_statuses(context.cluster_names), now
    )


def report_clusters(
    fleet: Fleet, statuses: Mapping[str, ClusterStatus], now: datetime
) -> tuple[ClusterReport, ...]:
    """A report for each cluster of the fleet, in the order of the file."""
    reports = []
    for entry in fleet.entries:
        cluster = entry.cluster
        status = statuses.get(cluster.name, ClusterStatus(cluster.name))
        reports.append(
            ClusterReport(
                name=cluster.name,
                dashboards=cluster.dashboards,
                environments=tuple(cluster.environments),
                condition=condition_of(status, now, fleet.rules.collect.stale_after),
                title=status.error_title,
                message=status.error_message,
                mend=status.error_mend,
                status=status,
            )
        )
    return tuple(reports)
