"""Reads the lists of a cluster: workloads, pods, and the ReplicaSets that are needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from reldash.collectors.http.errors import InvalidResponseError, NotServedError, ReadError
from reldash.collectors.http.transport import Transport
from reldash.collectors.kubernetes import resources
from reldash.collectors.kubernetes.argo_rollouts import (
    is_under_way,
    references_deployment,
    replica_set_selector,
)
from reldash.collectors.kubernetes.permitted_lists import ListReader, ListResult, ObjectsByName
from reldash.collectors.kubernetes.pod_counts import DEPLOYMENT_HASH, PodCounts, PodGroup
from reldash.collectors.kubernetes.pod_owners import PodOwners
from reldash.collectors.kubernetes.wire.argo_rollouts import ArgoRollout
from reldash.collectors.kubernetes.wire.common import LabelSelector, ObjectMeta
from reldash.collectors.kubernetes.wire.workloads import (
    ControllerRevision,
    CronJob,
    DaemonSet,
    Deployment,
    ReplicaSet,
    StatefulSet,
    WireJob,
)

# Workloads whose ReplicaSets are read by selector; for more of them, all ReplicaSets are read.
MAX_QUERIES: Final = 20


class _ApiResource(msgspec.Struct, frozen=True):
    name: str


class _ApiResources(msgspec.Struct, frozen=True):
    resources: list[_ApiResource] = []


_API_RESOURCES: Final = msgspec.json.Decoder(_ApiResources)


@dataclass(slots=True)
class ClusterLists:
    """The lists read from a cluster. `rollouts` is None if Argo Rollouts is not installed."""

    deployments: ListResult[ObjectsByName[Deployment]]
    stateful_sets: ListResult[ObjectsByName[StatefulSet]]
    daemon_sets: ListResult[ObjectsByName[DaemonSet]]
    cron_jobs: ListResult[ObjectsByName[CronJob]]
    rollouts: ListResult[ObjectsByName[ArgoRollout]] | None
    jobs: ListResult[ObjectsByName[WireJob]]
    pods: ListResult[PodCounts]
    replica_sets: ListResult[ObjectsByName[ReplicaSet]] | None = None  # None: not asked for
    controller_revisions: ListResult[ObjectsByName[ControllerRevision]] | None = None
    owners: PodOwners = field(default_factory=lambda: PodOwners(()))


def get_lists(reader: ListReader, *, pods: bool, revisions: bool) -> ClusterLists:
    """Read the workloads, then the pods, then the ReplicaSets that are needed.

    Raises:
        ReadError: the cluster as a whole failed.
    """
    lists = _get_workloads(reader, pods=pods)
    if pods:
        lists.pods = reader.get(resources.PODS, PodCounts)
    if revisions:
        lists.replica_sets = _get_replica_sets(reader)
        lists.controller_revisions = reader.get(
            resources.CONTROLLER_REVISIONS,
            lambda: ObjectsByName[ControllerRevision](lambda _: None),
        )
    lists.owners = PodOwners(lists.pods.sink.groups.values())
    if lists.replica_sets is None:
        _get_needed_replica_sets(reader, lists)
    else:
        lists.owners.learn(lists.replica_sets.sink.items.values())
        _trust_where_missing(lists, lists.replica_sets)
    return lists


def _get_workloads(reader: ListReader, *, pods: bool) -> ClusterLists:
    deployments = reader.get(
        resources.DEPLOYMENTS, lambda: ObjectsByName[Deployment](lambda each: each.spec.template)
    )
    stateful_sets = reader.get(
        resources.STATEFUL_SETS, lambda: ObjectsByName[StatefulSet](lambda each: each.spec.template)
    )
    daemon_sets = reader.get(
        resources.DAEMON_SETS, lambda: ObjectsByName[DaemonSet](lambda each: each.spec.template)
    )
    cron_jobs = reader.get(
        resources.CRON_JOBS,
        lambda: ObjectsByName[CronJob](lambda each: each.spec.job_template.spec.template),
    )
    rollouts = None
    if has_argo_rollouts(reader.transport):
        rollouts = reader.get(
            resources.ARGO_ROLLOUTS,
            lambda: ObjectsByName[ArgoRollout](lambda each: each.spec.template),
        )

    def no_jobs() -> ObjectsByName[WireJob]:
        return ObjectsByName[WireJob](lambda _: None)

    jobs = ListResult(no_jobs(), None)
    if pods and cron_jobs.sink.items:
        jobs = reader.get(resources.JOBS, no_jobs)
    unread_pods = ListResult(PodCounts(), None)
    return ClusterLists(
        deployments, stateful_sets, daemon_sets, cron_jobs, rollouts, jobs, unread_pods
    )


def has_argo_rollouts(transport: Transport) -> bool:
    """Whether the API group serves Rollouts; Argo CD alone serves the same group without them.

    True if API discovery is refused: listing Rollouts then reports the missing right.
    """
    argo = resources.ARGO_ROLLOUTS
    try:
        body = transport.get(f"/apis/{argo.group}/{argo.version}")
        return any(each.name == argo.plural for each in _API_RESOURCES.decode(body).resources)
    except NotServedError:
        return False
    except ReadError as error:
        if error.status is None and not isinstance(error, InvalidResponseError):
            raise
        return True
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return True


def _get_replica_sets(reader: ListReader) -> ListResult[ObjectsByName[ReplicaSet]]:
    return reader.get(resources.REPLICA_SETS, _replica_set_sink)


def _replica_set_sink() -> ObjectsByName[ReplicaSet]:
    return ObjectsByName[ReplicaSet](lambda each: each.spec.template)


@dataclass(frozen=True, slots=True)
class _ReplicaSetQuery:
    """A workload whose ReplicaSets are needed, with a label selector for them."""

    kind: str
    meta: ObjectMeta
    selector: str


def _get_needed_replica_sets(reader: ListReader, lists: ClusterLists) -> None:
    """Read the ReplicaSets needed to determine owners and templates."""
    queries = list(_needed_replica_sets(lists))
    if len(queries) > MAX_QUERIES:
        part = _get_replica_sets(reader)
        lists.owners.learn(part.sink.items.values())
        _trust_where_missing(lists, part)
        return
    for query in queries:
        found = reader.get_some(
            resources.REPLICA_SETS, _replica_set_sink, query.meta.namespace, query.selector
        )
        if found is None:
            lists.owners.trust(query.kind, query.meta)
        else:
            lists.owners.learn(found.items.values())


def _trust_where_missing(lists: ClusterLists, part: ListResult[ObjectsByName[ReplicaSet]]) -> None:
    for query in _needed_replica_sets(lists):
        if not part.covers(query.meta.namespace):
            lists.owners.trust(query.kind, query.meta)


def _needed_replica_sets(lists: ClusterLists) -> Iterator[_ReplicaSetQuery]:
    owners = lists.owners
    for rollout in lists.rollouts.sink.items.values() if lists.rollouts else ():
        selector = replica_set_selector(rollout)
        own_template = rollout.spec.template is not None or references_deployment(rollout)
        doubtful = owners.doubtful("Rollout", rollout.metadata, rollout.spec.selector)
        if selector and (is_under_way(rollout) or doubtful or not own_template):
            yield _ReplicaSetQuery("Rollout", rollout.metadata, selector)
    for deployment in lists.deployments.sink.items.values():
        yield from _query_of_deployment(owners, deployment.metadata, deployment.spec.selector)


def _query_of_deployment(
    owners: PodOwners, meta: ObjectMeta, selector: LabelSelector
) -> Iterable[_ReplicaSetQuery]:
    doubtful = owners.doubtful("Deployment", meta, selector)
    if doubtful:
        hashes = ",".join(sorted(_hash(group) for group in doubtful))
        yield _ReplicaSetQuery("Deployment", meta, f"{DEPLOYMENT_HASH} in ({hashes})")


def _hash(group: PodGroup) -> str:
    return group.labels[DEPLOYMENT_HASH]
