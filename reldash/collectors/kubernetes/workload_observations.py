"""Transforms the lists of a cluster into observations, one method for each kind of workload."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from reldash.collectors.kubernetes.argo_rollouts import (
    find_template,
    reference_annotation,
    stable_hash,
    transform_candidate,
    transform_templates,
)
from reldash.collectors.kubernetes.cluster_lists import ClusterLists
from reldash.collectors.kubernetes.container_observations import transform_containers
from reldash.collectors.kubernetes.current_revision import daemon_set_revision, deployment_revision
from reldash.collectors.kubernetes.permitted_lists import HasMeta, ListResult, ObjectsByName
from reldash.collectors.kubernetes.pod_containers import (
    PodsOfWorkloads,
    transform_pod_containers,
)
from reldash.collectors.kubernetes.pod_counts import PodGroup
from reldash.collectors.kubernetes.pod_owners import by_controller
from reldash.collectors.kubernetes.rollout_status import (
    argo_status,
    cron_job_status,
    daemon_set_status,
    deployment_status,
    stateful_set_status,
)
from reldash.collectors.kubernetes.wire.argo_rollouts import ArgoRollout
from reldash.collectors.kubernetes.wire.common import ObjectMeta, PodTemplate
from reldash.collectors.kubernetes.wire.workloads import (
    ControllerRevision,
    CronJob,
    DaemonSet,
    Deployment,
    StatefulSet,
    WireJob,
)
from reldash.domain.workloads.observations import Observation, WorkloadKind
from reldash.domain.workloads.pod_containers import PodContainer
from reldash.domain.workloads.reads import BadObject, Unread

T = TypeVar("T", bound=HasMeta)


@dataclass(frozen=True, slots=True)
class WorkloadTransformer:
    """Makes the observations of one read.

    Attributes:
        cluster: its name.
        observed_at: when the read started.
        lists: the lists that were read.
        namespaces: those that the fleet file names, if any; others are left out.
    """

    cluster: str
    observed_at: datetime
    lists: ClusterLists
    namespaces: frozenset[str] | None = None
    owned: PodsOfWorkloads = field(default_factory=PodsOfWorkloads)

    def transform(self) -> tuple[list[Observation], list[BadObject]]:
        """All observations, and the objects that could not be transformed."""
        lists, bad = self.lists, list[BadObject]()
        observations = [
            *(o for each in self._chosen(lists.deployments) for o in self._deployment(each)),
            *(o for each in self._chosen(lists.stateful_sets) for o in self._stateful_set(each)),
        ]
        revisions = by_controller(
            lists.controller_revisions.sink.items.values() if lists.controller_revisions else ()
        )
        for daemon_set in self._chosen(lists.daemon_sets):
            observations += self._daemon_set(daemon_set, revisions)
        jobs = by_controller(lists.jobs.sink.items.values())
        for cron_job in self._chosen(lists.cron_jobs):
            observations += self._cron_job(cron_job, jobs.get(cron_job.metadata.uid, []))
        for rollout in self._chosen(lists.rollouts) if lists.rollouts else ():
            found = self._rollout(rollout)
            if found is None:
                meta = rollout.metadata
                reason = "its pod template is neither in it nor where its workloadRef points"
                bad.append(BadObject("Rollout", meta.namespace, meta.name, reason))
            else:
                observations += found
        return observations, bad

    def transform_pods(self) -> tuple[tuple[PodContainer, ...], list[Unread]]:
        """After `transform`: what only pods run, and why some of it is left out."""
        groups = self.lists.pods.sink.groups.values()
        chosen = (
            group
            for group in groups
            if self.namespaces is None or group.namespace in self.namespaces
        )
        return transform_pod_containers(self.cluster, self.observed_at, chosen, self.owned)

    def _chosen(self, part: ListResult[ObjectsByName[T]]) -> Iterator[T]:
        for item in part.sink.items.values():
            if self.namespaces is None or item.metadata.namespace in self.namespaces:
                yield item

    def _deployment(self, deployment: Deployment) -> list[Observation]:
        meta, status = deployment.metadata, deployment.status
        owners = self.lists.owners
        groups = self._read(meta.namespace, owners.of("Deployment", meta, deployment.spec.selector))
        replicas = deployment.spec.replicas
        return self._containers(
            WorkloadKind.DEPLOYMENT,
            meta,
            deployment.spec.template,
            groups=groups,
            revision=deployment_revision(deployment, groups or (), owners),
            wanted=1 if replicas is None else replicas,
            ready=status.ready_replicas,
            updated=status.updated_replicas,
            status=deployment_status(deployment),
        )

    def _stateful_set(self, stateful_set: StatefulSet) -> list[Observation]:
        meta, status = stateful_set.metadata, stateful_set.status
        replicas = stateful_set.spec.replicas
        return self._containers(
            WorkloadKind.STATEFUL_SET,
            meta,
            stateful_set.spec.template,
            groups=self._read(meta.namespace, self.lists.owners.owned(meta.uid)),
            revision=status.update_revision or None,
            wanted=1 if replicas is None else replicas,
            ready=status.ready_replicas,
            updated=status.updated_replicas,
            status=stateful_set_status(stateful_set),
        )

    def _daemon_set(
        self, daemon_set: DaemonSet, revisions: Mapping[str, Sequence[ControllerRevision]]
    ) -> list[Observation]:
        meta, status = daemon_set.metadata, daemon_set.status
        groups = self._read(meta.namespace, self.lists.owners.owned(meta.uid))
        own = revisions.get(meta.uid, [])
        return self._containers(
            WorkloadKind.DAEMON_SET,
            meta,
            daemon_set.spec.template,
            groups=groups,
            revision=daemon_set_revision(daemon_set, groups or (), own),
            wanted=status.desired_number_scheduled,
            ready=status.number_ready,
            updated=status.updated_number_scheduled,
            status=daemon_set_status(daemon_set),
        )

    def _cron_job(self, cron_job: CronJob, jobs: Sequence[WireJob]) -> list[Observation]:
        meta = cron_job.metadata
        groups: Sequence[PodGroup] | None = None
        if self.lists.jobs.covers(meta.namespace):
            owned = self.lists.owners.owned(jobs[-1].metadata.uid) if jobs else []
            groups = self._read(meta.namespace, owned)
        observations = self._containers(
            WorkloadKind.CRON_JOB,
            meta,
            cron_job.spec.job_template.spec.template,
            groups=groups,
            wanted=0 if cron_job.spec.suspend else None,
            ready=len(cron_job.status.active or ()),
            status=cron_job_status(cron_job),
        )
        for job in jobs[:-1]:  # an earlier one may still run
            self.owned.add(self.lists.owners.owned(job.metadata.uid), observations, None)
        return observations

    def _rollout(self, rollout: ArgoRollout) -> list[Observation] | None:
        meta, status = rollout.metadata, rollout.status
        owners = self.lists.owners
        groups = self._read(meta.namespace, owners.of("Rollout", meta, rollout.spec.selector))
        templates = transform_templates(
            rollout,
            find_template(rollout, self.lists.deployments.sink.items),
            owners.replica_sets(meta.uid),
            groups or (),
        )
        if templates is None:
            return None
        replicas = rollout.spec.replicas
        observations = self._containers(
            WorkloadKind.ROLLOUT,
            meta,
            templates.stable,
            groups=groups,
            revision=status.current_pod_hash or None,
            base=stable_hash(rollout) if templates.candidate is not None else None,
            annotations=reference_annotation(rollout),
            wanted=1 if replicas is None else replicas,
            ready=status.ready_replicas,
            updated=status.updated_replicas,
            status=argo_status(rollout),
        )
        candidate = templates.candidate
        if candidate is None:
            return observations
        return [
            replace(
                o,
                candidate=transform_candidate(rollout, o.container, candidate, groups),
            )
            for o in observations
        ]

    def _containers(
        self,
        kind: WorkloadKind,
        meta: ObjectMeta,
        template: PodTemplate,
        *,
        groups: Sequence[PodGroup] | None,
        revision: str | None = None,
        base: str | None = None,
        **values: Any,
    ) -> list[Observation]:
        """The observations of one workload; `base`: the revision of its template, if another."""
        observations = transform_containers(
            self.cluster,
            self.observed_at,
            kind,
            meta,
            template,
            groups=groups,
            revision=revision,
            **values,
        )
        self.owned.add(groups or (), observations, base or revision)
        return observations

    def _read(self, namespace: str, groups: Sequence[PodGroup]) -> Sequence[PodGroup] | None:
        """The groups; None if the namespace's pods were not read."""
        return groups if self.lists.pods.covers(namespace) else None
