"""The state of each cluster's data: a condition, and what explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reldash.config import Fleet
from reldash.domain.workloads.reads import ClusterStatus
from reldash.services.context import Context


class Condition(StrEnum):
    """The condition of a cluster's data, most serious first."""

    NEVER = "never read"
    STALE = "stale"
    FAILING = "failing"  # the last read failed, but the data is not stale yet
    CURRENT = "current"


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """A cluster's dashboards and environments, and the state of its data.

    Attributes:
        title, message, remedy: why the last read failed and how to fix it; "" if it succeeded.
        allows_insecure: whether plain http, or an unchecked certificate, is allowed for it.
    """

    name: str
    dashboards: tuple[str, ...]
    environments: tuple[str, ...]
    condition: Condition
    title: str
    message: str
    remedy: str
    status: ClusterStatus
    allows_insecure: bool = False


def condition_of(status: ClusterStatus, now: datetime, stale_after: timedelta) -> Condition:
    """The condition of a cluster whose data becomes stale after `stale_after`.

    A read time in the future is stale by the same limit: its real age is unknown.
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
                remedy=status.error_remedy,
                status=status,
                allows_insecure=entry.allow_insecure,
            )
        )
    return tuple(reports)
