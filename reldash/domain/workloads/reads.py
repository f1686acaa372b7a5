"""Reads of clusters: their results, failures and last status."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reldash.domain.workloads.observations import Observation, Revision
from reldash.domain.workloads.pod_containers import PodContainer

ALL_KINDS: Final = "*"


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a cluster that the last read did not list, though the cluster answered.

    Nothing in it counts as absent, and what earlier reads found there is kept.

    Attributes:
        kind: a WorkloadKind's value, "Pod", "Job", "ReplicaSet", "ControllerRevision", or
            `ALL_KINDS`.
        namespace: None for the whole cluster.
        title, message: why.
        besides: namespaces that were listed all the same, sorted; empty if `namespace` is given.
    """

    kind: str
    namespace: str | None
    title: str
    message: str
    besides: tuple[str, ...] = ()

    @property
    def is_by_choice(self) -> bool:
        """Whether it was not requested at all, since only the namespaces of `besides` are read."""
        return self.kind == ALL_KINDS

    def has(self, kind: str, namespace: str) -> bool:
        """Whether objects of a kind in a namespace belong to it."""
        return (
            self.kind in (ALL_KINDS, kind)
            and self.namespace in (None, namespace)
            and namespace not in self.besides
        )


def not_requested(namespaces: Iterable[str]) -> Unread:
    """The part of a cluster outside of the only namespaces that are read."""
    return Unread(
        ALL_KINDS,
        None,
        "Not requested",
        "the fleet names the only namespaces of this cluster that are read",
        tuple(sorted(set(namespaces))),
    )


UNNAMED = "?"


@dataclass(frozen=True, slots=True)
class BadObject:
    """An object that could not be parsed; it alone is left out.

    `namespace` and `name` are UNNAMED if they could not be parsed either: it may then be any.
    """

    kind: str
    namespace: str
    name: str
    reason: str

    def may_be(self, kind: str, name: str) -> bool:
        """Whether it is or may be a workload of that kind and name."""
        return self.kind == kind and self.name in (name, UNNAMED)

    def may_be_in(self, namespace: str) -> bool:
        """Whether it is or may be in that namespace."""
        return self.namespace in (namespace, UNNAMED)


@dataclass(frozen=True, slots=True)
class ClusterRead:
    """The result of one successful read of one cluster.

    `revisions` is None if they were not read. For `bad` objects and `unread` parts the store keeps
    the observations of earlier reads.
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
    pod_containers: tuple[PodContainer, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A read that failed as a whole: it changes no observation."""

    cluster: str
    started_at: datetime
    finished_at: datetime
    title: str
    message: str
    remedy: str = ""  # one line: how to fix it


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """The status of reading a cluster: the last attempt, and the last successful read.

    Attributes:
        read_at: when the last successful read started; None if there never was one.
        attempted_at: when the last attempt started; None if there never was one.
        duration: of the last successful read, in seconds.
        error_*: of the last attempt if it failed, else "".
        refreshing: whether a collector is reading it now, or is requested to.
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
    error_remedy: str = ""
    failures: int = 0  # attempts in a row that failed
    refreshing: bool = False
    kubernetes_version: str = ""
    unread: tuple[Unread, ...] = ()
    bad: tuple[BadObject, ...] = ()
