"""State of one simulated cluster: encoded objects, with a resource version each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import msgspec

from reldash.demo.object_parts import Json, manage_fields, metadata
from reldash.demo.stable_ids import uid_of
from reldash.demo.workload import Kind, Workload
from reldash.demo.workload_objects import workload_objects

Key: TypeAlias = tuple[str, str]  # namespace, name


@dataclass(frozen=True, slots=True)
class Resource:
    """A listable resource: group, version, kind, and whether it is namespaced."""

    group: str
    version: str
    kind: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """The value of `apiVersion` in lists and objects."""
        return f"{self.group}/{self.version}" if self.group else self.version


RESOURCES: dict[str, Resource] = {
    "namespaces": Resource("", "v1", "Namespace", namespaced=False),
    "pods": Resource("", "v1", "Pod"),
    "deployments": Resource("apps", "v1", "Deployment"),
    "statefulsets": Resource("apps", "v1", "StatefulSet"),
    "daemonsets": Resource("apps", "v1", "DaemonSet"),
    "replicasets": Resource("apps", "v1", "ReplicaSet"),
    "controllerrevisions": Resource("apps", "v1", "ControllerRevision"),
    "cronjobs": Resource("batch", "v1", "CronJob"),
    "jobs": Resource("batch", "v1", "Job"),
    "rollouts": Resource("argoproj.io", "v1alpha1", "Rollout"),
}


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object as sent, with its key and labels for list requests."""

    key: Key
    labels: dict[str, str]
    body: bytes
    plain: Json  # without resourceVersion, to detect changes


@dataclass(slots=True)
class ClusterState:
    """The objects of one cluster, and the workloads they are generated from.

    Not thread-safe: callers hold the fleet's lock.

    Attributes:
        argo: whether the Argo Rollouts CRD is installed.
        minor: of the Kubernetes version, 1.`minor`.
        workloads: by namespace, kind and name.
    """

    name: str
    argo: bool = False
    minor: int = 36
    workloads: dict[tuple[str, Kind, str], Workload] = field(default_factory=dict)
    _version: int = 1000
    _objects: dict[str, dict[Key, StoredObject]] = field(
        default_factory=lambda: {name: {} for name in RESOURCES}
    )
    _owned: dict[str, set[tuple[str, Key]]] = field(default_factory=dict)
    _changed: dict[str, Workload] = field(default_factory=dict)

    @property
    def resource_version(self) -> int:
        """The cluster's resource version; increases with every changed object."""
        self._render_changed()
        return self._version

    def put(self, workload: Workload) -> None:
        """Register a new or changed workload; its objects are generated at the next list."""
        self.workloads[workload.namespace, workload.kind, workload.name] = workload
        self._changed[workload.uid] = workload

    def remove(self, workload: Workload) -> None:
        """Delete the workload and, as Kubernetes' garbage collector does, all it owns."""
        del self.workloads[workload.namespace, workload.kind, workload.name]
        self._changed.pop(workload.uid, None)
        for resource, key in self._owned.pop(workload.uid, set()):
            del self._objects[resource][key]
        self._version += 1

    def touch(self) -> None:
        """Increase the version, as a write to an object that is not simulated would."""
        self._version += 1

    def list_objects(self, resource: str, namespace: str | None = None) -> list[StoredObject]:
        """List the objects of a resource, of one namespace or all, in etcd's key order."""
        self._render_changed()
        held = self._objects[resource]
        keys = (key for key in held if namespace is None or key[0] == namespace)
        return [held[key] for key in sorted(keys, key="/".join)]

    def _render_changed(self) -> None:
        """Regenerate the objects of changed workloads; unchanged objects keep their version."""
        for uid, workload in self._changed.items():
            if ("", workload.namespace) not in self._objects["namespaces"]:
                self._put_namespace(workload.namespace, workload.created_at)
            here = {
                (resource, self._store(resource, item))
                for resource, item in workload_objects(workload)
            }
            for resource, key in self._owned.get(uid, set()) - here:
                del self._objects[resource][key]
                self._version += 1
            self._owned[uid] = here
        self._changed.clear()

    def _put_namespace(self, name: str, created_at: datetime) -> None:
        meta = metadata(
            name,
            None,
            uid_of(self.name, "Namespace", name),
            created_at,
            labels={"kubernetes.io/metadata.name": name, "cluster": self.name},
            generation=None,
        )
        item = {
            "metadata": meta,
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }
        self._store("namespaces", manage_fields(item, "v1", "terraform", "kube-apiserver"))

    def _store(self, resource: str, item: Json) -> Key:
        meta = item["metadata"]
        key = (meta.get("namespace", ""), meta["name"])
        before = self._objects[resource].get(key)
        if before is None or before.plain != item:
            self._version += 1
            version = {"resourceVersion": str(self._version)}
            # `|` keeps the place of a key that is already there: the API's own order.
            body = msgspec.json.encode(item | {"metadata": meta | version})
            self._objects[resource][key] = StoredObject(key, meta.get("labels", {}), body, item)
        return key


def served_groups(state: ClusterState) -> Iterable[tuple[str, str]]:
    """Return (group, version) of the served API groups, without the core group."""
    groups = {(r.group, r.version) for r in RESOURCES.values() if r.group}
    return sorted(g for g in groups if state.argo or g[0] != "argoproj.io")
