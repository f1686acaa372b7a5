"""What reading a cluster brings: its outcome, and what is known of reading it."""

from dataclasses import dataclass
from datetime import datetime

from reldash.domain.workloads.observations import Observation, Revision


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a cluster that the last read could not get, though the cluster answered.

    `kind` is a WorkloadKind's value, or "Pod", "Job", "ReplicaSet", "ControllerRevision";
    `namespace` None means the whole cluster.
    """

    kind: str
    namespace: str | None
    title: str
    message: str


UNNAMED = "?"


@dataclass(frozen=True, slots=True)
class BadObject:
    """One object that could not be understood; it alone is left out.

    `namespace` and `name` are UNNAMED where even these could not be: it may then be any.
    """

    kind: str
    namespace: str
    name: str
    reason: str

    def may_be(self, kind: str, name: str) -> bool:
        """Whether it is a workload of that kind and name, as far as can be told."""
        return self.kind == kind and self.name in (name, UNNAMED)

    def may_be_in(self, namespace: str) -> bool:
        """Whether it is in that namespace, as far as can be told."""
        return self.namespace in (namespace, UNNAMED)


@dataclass(frozen=True, slots=True)
class ClusterRead:
    """All that one successful read of one cluster brought.

    `revisions` is None when they were not asked for. `bad` objects and `unread` parts keep what
    was known of them before.
    """

    cluster: str
    started_at: datetime
    finished_at: datetime
    observations: tuple[Observation, ...]
    revisions: tuple[Revision, ...] | None = None
    unread: tuple[Unread, ...] = ()
    bad: tuple[BadObject, ...] = ()
    requests: int = 0
    kubernetes_version: str = ""


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A read that failed as a whole: it changes no observation."""

    cluster: str
    started_at: datetime
    finished_at: datetime
    title: str
    message: str
    mend: str = ""  # one line: what to do about it


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What is known of reading a cluster: the last attempt, and the last good read.

    Attributes:
        read_at: when the last good read began; None if there never was one.
        attempted_at: when the last attempt began; None if there never was one.
        duration: seconds, of the last good read.
        error_*: of the last attempt if it failed, else "".
        refreshing: a collector is reading it now, or has been asked to.
    """

    cluster: str
    read_at: datetime | None = None
    attempted_at: datetime | None = None
    duration: float | None = None
    workloads: int = 0
    containers: int = 0
    pods: int = 0
    error_title: str = ""
    error_message: str = ""
    error_mend: str = ""
    failures: int = 0  # attempts in a row that failed
    refreshing: bool = False
    kubernetes_version: str = ""
    unread: tuple[Unread, ...] = ()
    bad: tuple[BadObject, ...] = ()
