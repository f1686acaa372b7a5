"""A simulated workload with its revisions and pods."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reldash.demo.stable_ids import name_hash, uid_of


class Kind(StrEnum):
    """The kinds of workload that the simulated clusters run."""

    DEPLOYMENT = "Deployment"
    STATEFUL_SET = "StatefulSet"
    DAEMON_SET = "DaemonSet"
    CRON_JOB = "CronJob"
    ROLLOUT = "Rollout"


class PodState(StrEnum):
    """State of a pod, as far as the demo needs it."""

    CREATING = "creating"
    READY = "ready"
    PULL_FAILED = "ImagePullBackOff"
    CRASHING = "CrashLoopBackOff"
    EVICTED = "evicted"
    SUCCEEDED = "succeeded"


class Hold(StrEnum):
    """Why a workload stays between two revisions; "" for none."""

    NONE = ""
    PAUSED = "paused"  # spec.paused of a Deployment
    PARTITION = "partition"  # of a StatefulSet: pods below it stay old
    ON_DELETE = "OnDelete"
    CANARY_PAUSE = "canary pause"
    PREVIEW_PAUSE = "preview pause"  # blue-green, waiting for promotion
    ABORTED = "aborted"
    DEADLINE = "deadline exceeded"


@dataclass(frozen=True, slots=True)
class Container:
    """A container that is the same in every revision (a sidecar or init container).

    Attributes:
        stage: "main", "init", or "sidecar" (an init container with restartPolicy Always).
    """

    name: str
    image: str
    stage: str


@dataclass(slots=True)
class Template:
    """One revision of the pod template, as kept by a ReplicaSet or ControllerRevision.

    Attributes:
        number: the revision; a rollback gives an old template a new number.
        image, image_id: of the primary container, as specified, and as a kubelet reports it.
        version: value of the label `app.kubernetes.io/version`; "" for none.
        config: counts configuration-only changes; part of the hash.
        commit: value of the annotation `org.opencontainers.image.revision`; "" for none.
    """

    number: int
    created_at: datetime
    image: str
    image_id: str
    version: str
    hash: str
    config: int = 0
    commit: str = ""


@dataclass(slots=True)
class Pod:
    """One pod. `image` and `image_id` differ from the template's only if edited by hand."""

    name: str
    uid: str
    template: Template
    created_at: datetime
    state: PodState
    image: str
    image_id: str
    terminating_at: datetime | None = None
    job: str = ""  # of a CronJob: the Job that owns it


@dataclass(slots=True)
class Workload:
    """A workload of any kind.

    Attributes:
        container: the primary container's name; `others` are beside it, in order.
        templates: kept revisions, oldest first; the last is the desired one.
        stable: of an Argo Rollout: the template whose ReplicaSet is stable (active).
        schedule: of a CronJob.
        jobs: of a CronJob: its Jobs by name, with template and time, newest last.
        suspended: of a CronJob.
        changed_at: when the desired template last changed.
        moved_at: when its pods last changed.
    """

    cluster: str
    namespace: str
    kind: Kind
    name: str
    service: str
    container: str
    created_at: datetime
    labels: dict[str, str]
    template_labels: dict[str, str]
    replicas: int
    others: tuple[Container, ...] = ()
    version_label: bool = False
    annotations: dict[str, str] = field(default_factory=dict)
    template_annotations: dict[str, str] = field(default_factory=dict)
    strategy: str = "canary"
    workload_ref: str = ""
    schedule: str = ""
    suspended: bool = False
    templates: list[Template] = field(default_factory=list)
    pods: list[Pod] = field(default_factory=list)
    jobs: dict[str, tuple[Template, datetime]] = field(default_factory=dict)
    stable: Template | None = None
    hold: Hold = Hold.NONE
    generation: int = 1
    serial: int = 0
    changed_at: datetime | None = None
    moved_at: datetime | None = None

    @property
    def uid(self) -> str:
        """Its UID; another one after it is deleted and created again."""
        return uid_of(self.cluster, self.namespace, self.kind, self.name, self.created_at)

    @property
    def wanted(self) -> Template:
        """The desired template."""
        return self.templates[-1]

    @property
    def updated(self) -> list[Pod]:
        """Pods of the desired template."""
        return [pod for pod in self.live if pod.template is self.wanted]

    @property
    def outdated(self) -> list[Pod]:
        """Pods of an earlier template that still run."""
        return [pod for pod in self.live if pod.template is not self.wanted]

    @property
    def live(self) -> list[Pod]:
        """Pods that controllers count: not finished, evicted or terminating."""
        gone = {PodState.EVICTED, PodState.SUCCEEDED}
        return [p for p in self.pods if p.state not in gone and p.terminating_at is None]

    @property
    def settled(self) -> bool:
        """Whether the rollout is complete: every pod has the desired template and is ready."""
        if self.kind is Kind.CRON_JOB:
            return True
        updated = self.updated
        return (
            not self.outdated
            and len(updated) == self.replicas
            and all(pod.state is PodState.READY for pod in updated)
            and (self.kind is not Kind.ROLLOUT or self.stable is self.wanted)
        )

    def add_template(
        self, image: str, image_id: str, version: str, at: datetime, commit: str = ""
    ) -> Template:
        """Set another image as desired; the controller rolls it out step by step.

        If a kept template has the same image, this is a rollback: its ReplicaSet is used again,
        with a new revision number and its old creation time, as in Kubernetes.
        """
        number = self.wanted.number + 1 if self.templates else 1
        for known in self.templates:
            if (known.image, known.image_id) == (image, image_id):
                self.templates.remove(known)
                known.number = number
                self.templates.append(known)
                break
        else:
            digest = name_hash(self.cluster, self.namespace, self.name, image, image_id, number)
            made = Template(number, at, image, image_id, version, digest, commit=commit)
            self.templates.append(made)
        self.generation += 1
        self.changed_at = self.moved_at = at
        return self.wanted

    def add_pod(
        self, template: Template, at: datetime, state: PodState, name: str = "", job: str = ""
    ) -> Pod:
        """Create a pod of `template`, named as by the workload's kind of controller."""
        self.serial += 1
        suffix = name_hash(self.uid, self.serial, length=5)
        if not name:
            stem = job or self.name
            middle = f"-{template.hash}" if self.kind in _HASHED else ""
            name = f"{stem}{middle}-{suffix}"
        uid = uid_of(self.uid, self.serial)
        pod = Pod(name, uid, template, at, state, template.image, template.image_id, job=job)
        self.pods.append(pod)
        return pod


_HASHED = frozenset({Kind.DEPLOYMENT, Kind.ROLLOUT})
