"""A simulated workload: its revisions, its pods, and what its controller does at each step."""

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
    """Where a pod stands, as far as a demo needs to tell."""

    CREATING = "creating"
    READY = "ready"
    PULL_FAILED = "ImagePullBackOff"
    CRASHING = "CrashLoopBackOff"
    EVICTED = "evicted"
    SUCCEEDED = "succeeded"


class Hold(StrEnum):
    """What keeps a workload between two revisions; "" is nothing."""

    NONE = ""
    PAUSED = "paused"  # spec.paused of a Deployment
    PARTITION = "partition"  # of a StatefulSet, below which pods stay old
    ON_DELETE = "OnDelete"
    CANARY_PAUSE = "canary pause"
    PREVIEW_PAUSE = "preview pause"  # blue-green, waiting for promotion
    ABORTED = "aborted"
    DEADLINE = "deadline exceeded"


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod template that is the same in every revision (a sidecar, an init one).

    Attributes:
        stage: "main", "init", or "sidecar" (an init container with restartPolicy Always).
    """

    name: str
    image: str
    stage: str


@dataclass(slots=True)
class Template:
    """One revision of the pod template: what a ReplicaSet or ControllerRevision keeps.

    Attributes:
        number: the revision; a rollback gives an old template a new number.
        image, image_id: of the primary container, as wanted, and as a kubelet reports it.
        version: for the label `app.kubernetes.io/version`; "" where it is not set.
        config: a configuration-only change; part of the hash.
        commit: what was built, for the annotation `org.opencontainers.image.revision`; or "".
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
    """One pod. `image` and `image_id` differ from the template's only where someone meddled."""

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
    """A workload as its controller knows it.

    Attributes:
        container: the primary container's name; `others` are beside it, in order.
        templates: kept revisions, oldest first; the last is what is wanted.
        stable: of a Rollout: the template whose ReplicaSet is stable (active).
        schedule: of a CronJob. jobs: its Jobs by name, with template and time, newest last.
        suspended: of a CronJob.
        changed_at: when what it wants last changed; moved_at: when its pods last moved.
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
        """Its own, and of this very creation: deleted and made again, it is another."""
        return uid_of(self.cluster, self.namespace, self.kind, self.name, self.created_at)

    @property
    def wanted(self) -> Template:
        """The template that the controller moves to."""
        return self.templates[-1]

    @property
    def updated(self) -> list[Pod]:
        """Pods of the wanted template."""
        return [pod for pod in self.live if pod.template is self.wanted]

    @property
    def outdated(self) -> list[Pod]:
        """Pods of an earlier template that still run."""
        return [pod for pod in self.live if pod.template is not self.wanted]

    @property
    def live(self) -> list[Pod]:
        """Pods that controllers count: neither finished, nor evicted, nor being removed."""
        gone = {PodState.EVICTED, PodState.SUCCEEDED}
        return [p for p in self.pods if p.state not in gone and p.terminating_at is None]

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do: every pod is of the wanted template and ready."""
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
        """Ask for another image; the controller does the rest, step by step.

        The same image as one still kept is a rollback: its ReplicaSet is used again, with a
        new revision number and its old creation time, as Kubernetes does.
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
        """Create a pod of `template`, named as its kind of controller names pods."""
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
