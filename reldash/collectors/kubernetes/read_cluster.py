"""Reads one cluster: `get_cluster` returns its observations, or why the read failed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from reldash.collectors.http.errors import GRANT, ForbiddenError, ReadError
from reldash.collectors.http.text import one_line
from reldash.collectors.kubernetes.check import ClusterCheck, check_cluster
from reldash.collectors.kubernetes.client import ClusterClient, open_cluster, time_limit
from reldash.collectors.kubernetes.cluster_lists import ClusterLists, get_lists
from reldash.collectors.kubernetes.earlier_revisions import (
    transform_controller_revisions,
    transform_replica_sets,
)
from reldash.collectors.kubernetes.permitted_lists import ListReader, ListResult
from reldash.collectors.kubernetes.workload_observations import WorkloadTransformer
from reldash.config import ClusterEntry
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.observations import Observation, Revision
from reldash.domain.workloads.reads import (
    BadObject,
    ClusterRead,
    ReadFailure,
    Unread,
    not_requested,
)
from reldash.errors import CollectError

__all__ = [
    "ClusterCheck",
    "ClusterClient",
    "check_cluster",
    "get_cluster",
    "open_cluster",
    "time_limit",
]


def get_cluster(
    entry: ClusterEntry, rules: CollectRules, *, revisions: bool
) -> ClusterRead | ReadFailure:
    """Read a cluster once. Failures of the cluster or its entry are returned, never raised.

    `observed_at` of all observations is when the read started. With `revisions`, ReplicaSets and
    ControllerRevisions are read as well; those that may not be read are listed in `unread`.
    """
    name, started_at = entry.cluster.name, datetime.now(UTC)
    try:
        with open_cluster(entry, rules) as client:
            return _get(client, entry, rules, started_at, revisions=revisions)
    except CollectError as error:
        title, message, remedy = map(one_line, (error.title, error.message, error.remedy))
        return ReadFailure(name, started_at, datetime.now(UTC), title, message, remedy)


def _get(
    client: ClusterClient,
    entry: ClusterEntry,
    rules: CollectRules,
    started_at: datetime,
    *,
    revisions: bool,
) -> ClusterRead:
    cluster = entry.cluster
    version = client.get_version()
    reader = ListReader(client.transport, cluster.namespaces)
    lists = get_lists(reader, pods=rules.pods, revisions=revisions)
    if all(part.missing is None for part in _workload_parts(lists)):
        raise _error_of_lists(reader)
    if not rules.pods:
        reader.unread.append(
            Unread("Pod", None, "Not read", "collect.pods is false in the fleet file")
        )
    namespaces = None
    if cluster.namespaces is not None:
        namespaces = frozenset(cluster.namespaces)
        reader.unread.append(not_requested(namespaces))
    transformer = WorkloadTransformer(cluster.name, started_at, lists, namespaces)
    observations, bad = transformer.transform()
    earlier, bad_revisions = _revisions(cluster.name, lists, observations)
    pod_containers, too_many = transformer.transform_pods()
    reader.unread += too_many
    return ClusterRead(
        cluster=cluster.name,
        started_at=started_at,
        finished_at=datetime.now(UTC),
        observations=tuple(observations),
        revisions=earlier,
        unread=tuple(reader.unread),
        bad=(*reader.bad, *bad, *bad_revisions),
        requests=client.transport.requests,
        kubernetes_version=version,
        pod_containers=pod_containers,
    )


def _workload_parts(lists: ClusterLists) -> Iterable[ListResult[Any]]:
    yield lists.deployments
    yield lists.stateful_sets
    yield lists.daemon_sets
    yield lists.cron_jobs
    if lists.rollouts is not None:
        yield lists.rollouts


def _error_of_lists(reader: ListReader) -> ReadError:
    """The error if no workload could be read: the missing right, or that of the first list."""
    resource, error = reader.errors[0]
    if not isinstance(error, ForbiddenError):
        return error
    refused = [each for each, why in reader.errors if isinstance(why, ForbiddenError)]
    plurals = ", ".join(dict.fromkeys(each.plural for each in refused))
    where = (
        f"in the namespaces {', '.join(reader.namespaces)}"
        if reader.namespaces
        else "in all namespaces"
    )
    return ReadError(
        "Not allowed",
        f"{error.message}; missing right: {resource.right} {where} (refused: {plurals})",
        GRANT,
        status=403,
    )


def _revisions(
    cluster: str, lists: ClusterLists, observations: Sequence[Observation]
) -> tuple[tuple[Revision, ...] | None, list[BadObject]]:
    """Revisions of the observed workloads, None if they were not read, and the invalid ones."""
    if lists.replica_sets is None or lists.controller_revisions is None:
        return None, []
    uids = frozenset(each.uid for each in observations)
    found = transform_replica_sets(cluster, lists.replica_sets.sink.items.values(), uids)
    more, bad = transform_controller_revisions(
        cluster, lists.controller_revisions.sink.items.values(), uids
    )
    return (*found, *more), bad
