"""The JSON fields read from workloads, as msgspec Structs (see `common.py`)."""

from typing import Any

import msgspec

from reldash.collectors.kubernetes.wire.common import (
    Generation,
    Int,
    LabelSelector,
    ObjectMeta,
    PodTemplate,
    StatusCondition,
    Wire,
)


class DeploymentSpec(Wire, frozen=True):
    """`spec` of a Deployment."""

    template: PodTemplate
    selector: LabelSelector
    replicas: Int | None = None
    paused: bool | None = None


class DeploymentStatus(Wire, frozen=True):
    """`status` of a Deployment."""

    observed_generation: Generation = 0
    replicas: Int = 0
    updated_replicas: Int = 0
    ready_replicas: Int = 0
    available_replicas: Int = 0
    conditions: tuple[StatusCondition, ...] | None = None


class Deployment(Wire, frozen=True):
    """apps/v1 Deployment."""

    metadata: ObjectMeta
    spec: DeploymentSpec
    status: DeploymentStatus = DeploymentStatus()


class RollingUpdate(Wire, frozen=True):
    """`updateStrategy.rollingUpdate` of a StatefulSet."""

    partition: Int | None = None


class UpdateStrategy(Wire, frozen=True):
    """`spec.updateStrategy` of a StatefulSet or DaemonSet."""

    type: str | None = None
    rolling_update: RollingUpdate | None = None


class StatefulSetSpec(Wire, frozen=True):
    """`spec` of a StatefulSet."""

    template: PodTemplate
    replicas: Int | None = None
    update_strategy: UpdateStrategy = UpdateStrategy()


class StatefulSetStatus(Wire, frozen=True):
    """`status` of a StatefulSet."""

    observed_generation: Generation = 0
    replicas: Int = 0
    updated_replicas: Int = 0
    ready_replicas: Int = 0
    current_revision: str | None = None
    update_revision: str | None = None


class StatefulSet(Wire, frozen=True):
    """apps/v1 StatefulSet."""

    metadata: ObjectMeta
    spec: StatefulSetSpec
    status: StatefulSetStatus = StatefulSetStatus()


class DaemonSetSpec(Wire, frozen=True):
    """`spec` of a DaemonSet."""

    template: PodTemplate
    update_strategy: UpdateStrategy = UpdateStrategy()


class DaemonSetStatus(Wire, frozen=True):
    """`status` of a DaemonSet."""

    observed_generation: Generation = 0
    desired_number_scheduled: Int = 0
    updated_number_scheduled: Int = 0
    number_ready: Int = 0


class DaemonSet(Wire, frozen=True):
    """apps/v1 DaemonSet."""

    metadata: ObjectMeta
    spec: DaemonSetSpec
    status: DaemonSetStatus = DaemonSetStatus()


class JobSpec(Wire, frozen=True):
    """`spec` of a Job, or of a CronJob's template of one."""

    template: PodTemplate


class JobTemplate(Wire, frozen=True):
    """`spec.jobTemplate` of a CronJob."""

    spec: JobSpec


class CronJobSpec(Wire, frozen=True):
    """`spec` of a CronJob."""

    job_template: JobTemplate
    suspend: bool | None = None


class CronJobStatus(Wire, frozen=True):
    """`status` of a CronJob."""

    active: tuple[Any, ...] | None = None


class CronJob(Wire, frozen=True):
    """batch/v1 CronJob."""

    metadata: ObjectMeta
    spec: CronJobSpec
    status: CronJobStatus = CronJobStatus()


class WireJob(Wire, frozen=True):
    """batch/v1 Job: only its owner and its age."""

    metadata: ObjectMeta


class ReplicaSetSpec(Wire, frozen=True):
    """`spec` of a ReplicaSet."""

    template: PodTemplate


class ReplicaSet(Wire, frozen=True):
    """apps/v1 ReplicaSet."""

    metadata: ObjectMeta
    spec: ReplicaSetSpec


class RevisionSpec(Wire, frozen=True):
    """`data.spec` of a ControllerRevision."""

    template: PodTemplate


class RevisionData(Wire, frozen=True):
    """`data` of a StatefulSet's or DaemonSet's ControllerRevision: a patch of its template."""

    spec: RevisionSpec


class ControllerRevision(Wire, frozen=True):
    """apps/v1 ControllerRevision. Other controllers keep other data in theirs."""

    metadata: ObjectMeta
    revision: Generation = 0
    data: msgspec.Raw = msgspec.Raw(b"null")
