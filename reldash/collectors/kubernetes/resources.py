"""The resources read from a cluster, each with its path and its decoders, made at import."""

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from reldash.collectors.kubernetes.wire import common, workloads
from reldash.collectors.kubernetes.wire.argo_rollouts import ArgoRollout
from reldash.collectors.kubernetes.wire.pods import Pod

T = TypeVar("T")


class ListPage(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list. `items` is required; Go may write an empty list as null."""

    items: list[T] | None
    metadata: common.ListMeta = common.ListMeta()


@dataclass(frozen=True, slots=True)
class Resource(Generic[T]):
    """A kind of object as the API serves it.

    Attributes:
        kind: as in `Unread.kind`.
        group: the API group; "" for the core.
        version, plural: of its path.
        page, item: decoders of a whole page, and of one object.
    """

    kind: str
    group: str
    version: str
    plural: str
    page: msgspec.json.Decoder[ListPage[T]]
    item: msgspec.json.Decoder[T]

    def path(self, namespace: str | None) -> str:
        """The path of its list, in one namespace or (None) in all."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        return f"{root}/{f'namespaces/{namespace}/' if namespace else ''}{self.plural}"

    @property
    def right(self) -> str:
        """The right to list it, as shown in messages."""
        group = f"API group {self.group!r}" if self.group else "the core API group"
        return f"list {self.plural} in {group}"


def _resource(kind: str, group: str, version: str, plural: str, of: type[T]) -> Resource[T]:
    page: Any = ListPage[of]  # type: ignore[valid-type]  # made from a value, as msgspec reads it
    return Resource(
        kind, group, version, plural, msgspec.json.Decoder(page), msgspec.json.Decoder(of)
    )


DEPLOYMENTS: Final = _resource("Deployment", "apps", "v1", "deployments", workloads.Deployment)
STATEFUL_SETS: Final = _resource("StatefulSet", "apps", "v1", "statefulsets", workloads.StatefulSet)
DAEMON_SETS: Final = _resource("DaemonSet", "apps", "v1", "daemonsets", workloads.DaemonSet)
CRON_JOBS: Final = _resource("CronJob", "batch", "v1", "cronjobs", workloads.CronJob)
JOBS: Final = _resource("Job", "batch", "v1", "jobs", workloads.WireJob)
PODS: Final = _resource("Pod", "", "v1", "pods", Pod)
REPLICA_SETS: Final = _resource("ReplicaSet", "apps", "v1", "replicasets", workloads.ReplicaSet)
CONTROLLER_REVISIONS: Final = _resource(
    "ControllerRevision", "apps", "v1", "controllerrevisions", workloads.ControllerRevision
)
ARGO_ROLLOUTS: Final = _resource("Rollout", "argoproj.io", "v1alpha1", "rollouts", ArgoRollout)

RAW_PAGE: Final = msgspec.json.Decoder(ListPage[msgspec.Raw])
REVISION_DATA: Final = msgspec.json.Decoder(workloads.RevisionData)
