"""Reads the workloads of one cluster."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from reldash.collectors.http.errors import GRANT, ReadError, RefusedError
from reldash.collectors.http.text import one_line
from reldash.collectors.kubernetes.check import Check, check_cluster
from reldash.collectors.kubernetes.client import ClusterClient, open_cluster, time_limit
from reldash.collectors.kubernetes.cluster_lists import Gathered, get_lists
from reldash.collectors.kubernetes.earlier_revisions import (
    transform_controller_revisions,
    transform_replica_sets,
)
from reldash.collectors.kubernetes.permitted_lists import ListPart, Reading
from reldash.collectors.kubernetes.workload_observations import Transformer
from reldash.config import ClusterEntry
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.observations import Observation, Revision
from reldash.domain.workloads.reads import BadObject, ClusterRead, ReadFailure, Unread
from reldash.errors import CollectError

__all__ = ["Check", "ClusterClient", "check_cluster", "get_cluster", "open_cluster", "time_limit"]


def get_cluster(
    entry: ClusterEntry, rules: CollectRules, *, revisions: bool
) -> ClusterRead | ReadFailure:
    """Read a cluster once. Faults of the cluster or of its entry are returned, never raised.

    `observed_at` of all observations is when the read began. With `revisions`, ReplicaSets and
    ControllerRevisions are read, too; what of them may not be read is among `unread`.
    """
    name, started_at = entry.cluster.name, datetime.now(UTC)
    try:
        with open_cluster(entry, rules) as client:
            return _get(client, entry, rules, started_at, revisions=revisions)
    except CollectError as error:
        title, message, mend = map(one_line, (error.title, error.message, error.mend))
        return ReadFailure(name, started_at, datetime.now(UTC), title, message, mend)


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
    reading = Reading(client.transport, cluster.namespaces)
    gathered = get_lists(reading, pods=rules.pods, revisions=revisions)
    if all(part.missing is None for part in _workload_parts(gathered)):
        raise _nothing_read(reading)
    if not rules.pods:
        reading.unread.append(
            Unread("Pod", None, "Not read", "collect.pods is false in the fleet file")
        )
    namespaces = frozenset(cluster.namespaces) if cluster.namespaces is not None else None
    transformer = Transformer(cluster.name, started_at, gathered, namespaces)
    observations, bad = transformer.transform()
    earlier, bad_revisions = _revisions(cluster.name, gathered, observations)
    return ClusterRead(
        cluster=cluster.name,
        started_at=started_at,
        finished_at=datetime.now(UTC),
        observations=tuple(observations),
        revisions=earlier,
        unread=tuple(reading.unread),
        bad=(*reading.bad, *bad, *bad_revisions),
        requests=client.transport.requests,
        kubernetes_version=version,
    )


def _workload_parts(gathered: Gathered) -> Iterable[ListPart[Any]]:
    yield gathered.deployments
    yield gathered.stateful_sets
    yield gathered.daemon_sets
    yield gathered.cron_jobs
    if gathered.rollouts is not None:
        yield gathered.rollouts


def _nothing_read(reading: Reading) -> ReadError:
    """Why no workload at all could be read: the missing right, or what the first list met."""
    resource, error = reading.errors[0]
    if not isinstance(error, RefusedError):
        return error
    refused = [each for each, why in reading.errors if isinstance(why, RefusedError)]
    plurals = ", ".join(dict.fromkeys(each.plural for each in refused))
    where = (
        f"in the namespaces {', '.join(reading.namespaces)}"
        if reading.namespaces
        else "in all namespaces"
    )
    return ReadError(
        "Not allowed",
        f"{error.message}; missing right: {resource.right} {where} (refused: {plurals})",
        GRANT,
        status=403,
    )


def _revisions(
    cluster: str, gathered: Gathered, observations: Sequence[Observation]
) -> tuple[tuple[Revision, ...] | None, list[BadObject]]:
    """Revisions of the observed workloads, if they were asked for, and the unusable ones."""
    if gathered.replica_sets is None or gathered.controller_revisions is None:
        return None, []
    uids = frozenset(each.uid for each in observations)
    found = transform_replica_sets(cluster, gathered.replica_sets.sink.items.values(), uids)
    more, bad = transform_controller_revisions(
        cluster, gathered.controller_revisions.sink.items.values(), uids
    )
    return (*found, *more), bad
