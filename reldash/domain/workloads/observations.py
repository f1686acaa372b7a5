"""Observed containers, their workloads, revisions and rollouts, as frozen values.

Terms are those of Kubernetes; times are aware UTC; what was not read is None, never empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple

NEVER: Final = datetime.min.replace(tzinfo=UTC)  # `observed_at` without any read


class WorkloadKind(StrEnum):
    """The kinds of workload that are collected, spelt as Kubernetes does."""

    DEPLOYMENT = "Deployment"
    STATEFUL_SET = "StatefulSet"
    DAEMON_SET = "DaemonSet"
    CRON_JOB = "CronJob"
    ROLLOUT = "Rollout"  # argoproj.io/v1alpha1


class ContainerRole(StrEnum):
    """The list of the pod template that a container is in.

    Whether a MAIN container counts as a sidecar is configuration (`services.sidecars`) and applied
    when rows are made, so that a changed rule applies to earlier reads too.
    """

    MAIN = "main"
    INIT = "init"
    SIDECAR = "sidecar"  # an init container with restartPolicy Always


class Progress(StrEnum):
    """The progress of a workload's rollout, as reported by its controller."""

    COMPLETE = "complete"
    PROGRESSING = "progressing"
    STUCK = "stuck"  # the progress deadline is exceeded, or an Argo Rollout is Degraded/aborted
    HELD = "held"  # a partition, OnDelete, or a pause holds it between two revisions
    NOT_KEPT = "not kept"  # of an observation restored from history, which has no replicas either


@dataclass(frozen=True, slots=True)
class RolloutStatus:
    """Progress, with the controller's own message."""

    progress: Progress
    message: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """Live pods of one workload that run one image for one container.

    Attributes:
        image: the reference in the pods' own spec (never `status.image`, kubernetes #51017).
        image_id: `status.containerStatuses[].imageID` as reported; "" while none is known.
        revision: pod-template-hash or controller-revision-hash; None for Jobs.
        current: whether that is the revision the controller is moving to; None if not known.
        pods: how many live pods; ready: how many of them have this container ready.
        waiting: distinct waiting reasons of this container, sorted (ImagePullBackOff ...).
    """

    image: str
    image_id: str
    revision: str | None
    current: bool | None
    pods: int
    ready: int
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """The canary or preview ReplicaSet of an Argo Rollout, beside the stable one."""

    image: str
    label: str  # "canary" or "preview"
    weight: int | None  # per cent of traffic; None where the strategy has none
    pods: int


@dataclass(frozen=True, slots=True)
class Observation:
    """One container of one workload as read from its cluster at `observed_at`.

    Attributes:
        image: the reference in the workload's pod template; of an Argo Rollout, in its stable
            ReplicaSet, with the other one in `candidate`.
        labels: the workload's labels, completed by those of its pod template.
        annotations: only the few that the dashboard uses; the collectors drop the rest.
        default_container: annotation `kubectl.kubernetes.io/default-container`.
        position: the container's place in its list, from 0.
        wanted: replicas requested; None for a CronJob, 0 for a suspended one.
        ready: ready replicas by the workload's status; updated: replicas of the new revision.
        running: None if pods could not be read (then flags that need pods are `unchecked`).
        rolling_since, degraded_since, differs_since: since when each condition was seen in every
            read; kept across reads by `conditions.carry`; None while it does not hold.
        differs_reads: in how many reads in a row `differs` was seen.
    """

    cluster: str
    namespace: str
    kind: WorkloadKind
    workload: str
    container: str
    role: ContainerRole
    uid: str
    image: str
    observed_at: datetime
    created_at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    default_container: str | None = None
    position: int = 0
    wanted: int | None = 1
    ready: int = 0
    updated: int | None = None
    status: RolloutStatus = RolloutStatus(Progress.COMPLETE)
    revision: str | None = None
    running: tuple[Running, ...] | None = None
    candidate: Candidate | None = None
    rolling_since: datetime | None = None
    degraded_since: datetime | None = None
    differs_since: datetime | None = None
    differs_reads: int = 0

    @property
    def known_ready(self) -> int | None:
        """The number of ready replicas; None if the observation was restored from history."""
        return None if self.status.progress is Progress.NOT_KEPT else self.ready

    @property
    def read_at(self) -> datetime | None:
        """When it was observed; None if it was restored from history without any read."""
        return None if self.observed_at == NEVER else self.observed_at

    @property
    def key(self) -> "ContainerKey":
        """The identity of this container across reads and re-creations of its workload."""
        return ContainerKey(
            self.cluster, self.namespace, self.kind, self.workload, self.container, self.role
        )


@dataclass(frozen=True, slots=True, order=True)
class ContainerKey:
    """A container of a workload, by name: the key of rollouts and observations in the store."""

    cluster: str
    namespace: str
    kind: WorkloadKind
    workload: str
    container: str
    role: ContainerRole


@dataclass(frozen=True, slots=True)
class Revision:
    """A ReplicaSet or ControllerRevision: an earlier pod template with its creation time.

    A rollback reuses an old ReplicaSet, so `number` gives the order, and `created_at` only the
    first time its template was used.
    """

    cluster: str
    namespace: str
    kind: WorkloadKind  # of the owning workload
    workload: str
    number: int
    created_at: datetime
    template_hash: str
    images: tuple[tuple[str, ContainerRole, str], ...]  # (container, role, image)


class RolloutSource(StrEnum):
    """The source that a rollout is known from."""

    OBSERVED = "observed"
    REVISION = "revision"  # read from ReplicaSets and ControllerRevisions: approximate


class Rollout(NamedTuple):
    """An interval: this container ran this image from `started_at` until `ended_at`.

    A tuple, since a past moment has a hundred thousand: a dataclass takes three times as long.

    Attributes:
        digests: sorted image ids seen running, as reported; empty if none was known.
        ended_at: None while it still runs.
        ready_at: when a replica of it was first seen ready; None if never.
        unfinished: it was started and not finished: none of its replicas was ready while the
            image before it went on. It is no interval of what ran, and lies beside one.
    """

    key: ContainerKey
    image: str
    digests: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    ready_at: datetime | None
    source: RolloutSource
    unfinished: bool = False


class Sighting(NamedTuple):
    """All rollouts of one image and digests by one container, folded into one row.

    A tuple as a rollout is: a snapshot has hundreds of thousands.
    """

    key: ContainerKey
    image: str
    digests: tuple[str, ...]
    first_started_at: datetime
    current_started_at: datetime | None  # start of the open rollout, if one is open
    last_ended_at: datetime | None  # None while one is open
    ready_at: datetime | None  # the earliest
    source: RolloutSource  # REVISION only if every one of them is
