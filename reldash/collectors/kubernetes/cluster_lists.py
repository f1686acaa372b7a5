"""Reads all lists of a cluster that observations are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from reldash.collectors.http.errors import FaultyAnswerError, NotServedError, ReadError
from reldash.collectors.http.transport import Transport
from reldash.collectors.kubernetes import resources
from reldash.collectors.kubernetes.argo_rollouts import is_under_way, replica_set_selector
from reldash.collectors.kubernetes.permitted_lists import ListPart, ObjectStore, Reading
from reldash.collectors.kubernetes.pod_counts import DEPLOYMENT_HASH, PodCensus, PodGroup
from reldash.collectors.kubernetes.pod_owners import PodOwners
from reldash.collectors.kubernetes.wire.argo_rollouts import ArgoRollout
from reldash.collectors.kubernetes.wire.common import Meta, Selector
from reldash.collectors.kubernetes.wire.workloads import (
    ControllerRevision,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    StatefulSet,
)

MAX_ASKED: Final = 20  # workloads whose ReplicaSets are asked for one by one; past it, all are read


class _ApiResource(msgspec.Struct, frozen=True):
    name: str


class _ApiResources(msgspec.Struct, frozen=True):
    resources: list[_ApiResource] = []


_API_RESOURCES: Final = msgspec.json.Decoder(_ApiResources)


@dataclass(slots=True)
class Gathered:
    """What was read of a cluster. `rollouts` is None where Argo Rollouts is not installed."""

    deployments: ListPart[ObjectStore[Deployment]]
    stateful_sets: ListPart[ObjectStore[StatefulSet]]
    daemon_sets: ListPart[ObjectStore[DaemonSet]]
    cron_jobs: ListPart[ObjectStore[CronJob]]
    rollouts: ListPart[ObjectStore[ArgoRollout]] | None
    jobs: ListPart[ObjectStore[Job]]
    pods: ListPart[PodCensus]
    replica_sets: ListPart[ObjectStore[ReplicaSet]] | None = None  # None: not asked for
    controller_revisions: ListPart[ObjectStore[ControllerRevision]] | None = None
    owners: PodOwners = field(default_factory=lambda: PodOwners(()))


def get_lists(reading: Reading, *, pods: bool, revisions: bool) -> Gathered:
    """Read the workloads, then the pods, then what ReplicaSets must be asked for.

    Raises:
        ReadError: the cluster as a whole failed.
    """
    gathered = _workloads(reading, pods=pods)
    if pods:
        gathered.pods = reading.get(resources.PODS, PodCensus)
    if revisions:
        gathered.replica_sets = _replica_sets(reading)
        gathered.controller_revisions = reading.get(
            resources.CONTROLLER_REVISIONS, lambda: ObjectStore[ControllerRevision](lambda _: None)
        )
    gathered.owners = PodOwners(gathered.pods.sink.groups.values())
    if gathered.replica_sets is None:
        _ask_replica_sets(reading, gathered)
    else:
        gathered.owners.learn(gathered.replica_sets.sink.items.values())
        _trust_where_missing(gathered, gathered.replica_sets)
    return gathered


def _workloads(reading: Reading, *, pods: bool) -> Gathered:
    deployments = reading.get(
        resources.DEPLOYMENTS, lambda: ObjectStore[Deployment](lambda each: each.spec.template)
    )
    stateful_sets = reading.get(
        resources.STATEFUL_SETS, lambda: ObjectStore[StatefulSet](lambda each: each.spec.template)
    )
    daemon_sets = reading.get(
        resources.DAEMON_SETS, lambda: ObjectStore[DaemonSet](lambda each: each.spec.template)
    )
    cron_jobs = reading.get(
        resources.CRON_JOBS,
        lambda: ObjectStore[CronJob](lambda each: each.spec.job_template.spec.template),
    )
    rollouts = None
    if has_argo_rollouts(reading.transport):
        rollouts = reading.get(
            resources.ARGO_ROLLOUTS,
            lambda: ObjectStore[ArgoRollout](lambda each: each.spec.template),
        )

    def no_jobs() -> ObjectStore[Job]:
        return ObjectStore[Job](lambda _: None)

    jobs = ListPart(no_jobs(), None)
    if pods and cron_jobs.sink.items:
        jobs = reading.get(resources.JOBS, no_jobs)
    unread_pods = ListPart(PodCensus(), None)
    return Gathered(deployments, stateful_sets, daemon_sets, cron_jobs, rollouts, jobs, unread_pods)


def has_argo_rollouts(transport: Transport) -> bool:
    """Whether the API group serves Rollouts; Argo CD alone serves the same group without them.

    Where discovery is refused the list itself will say what is missing.
    """
    argo = resources.ARGO_ROLLOUTS
    try:
        body = transport.get(f"/apis/{argo.group}/{argo.version}")
        return any(each.name == argo.plural for each in _API_RESOURCES.decode(body).resources)
    except NotServedError:
        return False
    except ReadError as error:
        if error.status is None and not isinstance(error, FaultyAnswerError):
            raise
        return True
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return True


def _replica_sets(reading: Reading) -> ListPart[ObjectStore[ReplicaSet]]:
    return reading.get(resources.REPLICA_SETS, _kept_replica_sets)


def _kept_replica_sets() -> ObjectStore[ReplicaSet]:
    return ObjectStore[ReplicaSet](lambda each: each.spec.template)


@dataclass(frozen=True, slots=True)
class _Question:
    """A workload whose ReplicaSets must be asked for, and how to select them."""

    kind: str
    meta: Meta
    selector: str


def _ask_replica_sets(reading: Reading, gathered: Gathered) -> None:
    """Read the ReplicaSets without which something could not be told."""
    questions = list(_questions(gathered))
    if len(questions) > MAX_ASKED:
        part = _replica_sets(reading)
        gathered.owners.learn(part.sink.items.values())
        _trust_where_missing(gathered, part)
        return
    for question in questions:
        found = reading.get_some(
            resources.REPLICA_SETS, _kept_replica_sets, question.meta.namespace, question.selector
        )
        if found is None:
            gathered.owners.trust(question.kind, question.meta)
        else:
            gathered.owners.learn(found.items.values())


def _trust_where_missing(gathered: Gathered, part: ListPart[ObjectStore[ReplicaSet]]) -> None:
    for question in _questions(gathered):
        if not part.covers(question.meta.namespace):
            gathered.owners.trust(question.kind, question.meta)


def _questions(gathered: Gathered) -> Iterator[_Question]:
    owners = gathered.owners
    for rollout in gathered.rollouts.sink.items.values() if gathered.rollouts else ():
        selector = replica_set_selector(rollout)
        own_template = rollout.spec.template is not None or _is_deployment_ref(rollout)
        doubtful = owners.doubtful("Rollout", rollout.metadata, rollout.spec.selector)
        if selector and (is_under_way(rollout) or doubtful or not own_template):
            yield _Question("Rollout", rollout.metadata, selector)
    for deployment in gathered.deployments.sink.items.values():
        yield from _deployment_question(owners, deployment.metadata, deployment.spec.selector)


def _is_deployment_ref(rollout: ArgoRollout) -> bool:
    reference = rollout.spec.workload_ref
    return reference is not None and reference.kind == "Deployment"


def _deployment_question(owners: PodOwners, meta: Meta, selector: Selector) -> Iterable[_Question]:
    doubtful = owners.doubtful("Deployment", meta, selector)
    if doubtful:
        hashes = ",".join(sorted(_hash(group) for group in doubtful))
        yield _Question("Deployment", meta, f"{DEPLOYMENT_HASH} in ({hashes})")


def _hash(group: PodGroup) -> str:
    return group.labels[DEPLOYMENT_HASH]
