"""A real kube-controller-manager beside a real kube-apiserver, and what stands in for nodes.

Its controllers make ReplicaSets, ControllerRevisions and pods. No kubelet runs those: `run_pods`
reports them running and ready, as a kubelet would.
"""

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from kubernetes.client import AppsV1Api, CoreV1Api

from tests.integration.envtest.server import ASSETS, RealServer, started
from tests.integration.ports import free_port
from tests.integration.waiting import wait_for

NAMESPACE: Final = "shop"
_CONTROLLERS: Final = (
    "deployment-controller",
    "replicaset-controller",
    "statefulset-controller",
    "daemonset-controller",
)
_NAMES: Final = {
    "Deployment": "deployment",
    "StatefulSet": "stateful_set",
    "DaemonSet": "daemon_set",
}
_BINARY: Final = Path(ASSETS or "", "kube-controller-manager")

needs_controllers = pytest.mark.skipif(
    ASSETS is None or not _BINARY.exists(),
    reason="KUBEBUILDER_ASSETS does not name a folder with kube-controller-manager",
)


@contextmanager
def controllers(server: RealServer) -> Iterator["Workloads"]:
    """Run the controllers of workloads, in a namespace of their own."""
    file = server.folder / "controllers.kubeconfig"
    file.write_text(yaml.safe_dump(_kubeconfig(server)))
    arguments = [
        str(_BINARY),
        f"--kubeconfig={file}",
        f"--authentication-kubeconfig={file}",
        f"--authorization-kubeconfig={file}",
        f"--controllers={','.join(_CONTROLLERS)}",
        f"--cert-dir={server.folder}",
        "--bind-address=127.0.0.1",
        f"--secure-port={free_port()}",
        "--leader-elect=false",
    ]
    with started(arguments, server.folder / "controllers.log"):
        named = [("Namespace", NAMESPACE), ("Node", "one"), ("Node", "two")]
        server.create(
            {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}} for kind, name in named
        )
        yield Workloads(server)


class Workloads:
    """Workloads of one container and two pods, rolled out by real controllers."""

    def __init__(self, server: RealServer) -> None:
        client = server.client()
        self._server = server
        self._apps: Any = AppsV1Api(client)
        self._core: Any = CoreV1Api(client)

    def create(self, kind: str, name: str, version: str, **spec: Any) -> None:
        """Create a Deployment, StatefulSet or DaemonSet, and wait until it runs.

        `spec` is added to its own.
        """
        labels = {"app": name}
        container = {"name": name, "image": image(name, version), "env": []}
        self._server.create(
            [
                {
                    "apiVersion": "apps/v1",
                    "kind": kind,
                    "metadata": {"name": name, "namespace": NAMESPACE},
                    "spec": {
                        "selector": {"matchLabels": labels},
                        "template": {
                            "metadata": {"labels": labels},
                            # Nodes without a kubelet are not ready.
                            "spec": {
                                "containers": [container],
                                "tolerations": [{"operator": "Exists"}],
                            },
                        },
                        **({} if kind == "DaemonSet" else {"replicas": 2}),
                        **({"serviceName": name} if kind == "StatefulSet" else {}),
                        **spec,
                    },
                }
            ]
        )
        self.finish(kind, name)

    def change(
        self, kind: str, name: str, version: str, setting: str | None = None, **spec: Any
    ) -> None:
        """Ask for another version, or a setting of its environment; nobody waits for it.

        It is asked for in another second than what was before, for times of creation are whole
        seconds; `spec` is added to the workload's own.
        """
        second = int(time.time())
        wait_for(lambda: int(time.time()) > second)
        env = [{"name": "SETTING", "value": setting}] if setting else []
        container = {"name": name, "image": image(name, version), "env": env}
        patch = {"spec": {"template": {"spec": {"containers": [container]}}, **spec}}
        self._of(kind, "patch")(name, NAMESPACE, patch)

    def finish(self, kind: str, name: str) -> None:
        """Let pods run until the controller says that the rollout is complete."""

        def is_complete() -> bool:
            self.run_pods()
            found = self._of(kind, "read")(name, NAMESPACE)
            status = found.status
            if status.observed_generation != found.metadata.generation:
                return False
            if kind == "DaemonSet":
                return (status.updated_number_scheduled, status.number_ready) == (2, 2)
            counts = (status.replicas, status.updated_replicas, status.ready_replicas)
            return counts == (2, 2, 2)

        wait_for(is_complete, 60)

    def roll_out(self, kind: str, name: str, version: str, setting: str | None = None) -> None:
        """Change a workload, and wait until what it asks for runs."""
        self.change(kind, name, version, setting)
        self.finish(kind, name)

    def wait_for_pods(self, name: str, version: str) -> None:
        """Wait until there is a pod of a version, whether it runs or not."""

        def are_there() -> bool:
            pods = self._core.list_namespaced_pod(NAMESPACE, label_selector=f"app={name}").items
            return any(pod.spec.containers[0].image == image(name, version) for pod in pods)

        wait_for(are_there)

    def delete(self, kind: str, name: str) -> None:
        """Delete a workload; what it owned stays, for no garbage is collected here."""
        self._of(kind, "delete")(name, NAMESPACE)

    def run_pods(self) -> None:
        """Report each pod that is not ready as running, its containers ready."""
        for pod in self._core.list_namespaced_pod(NAMESPACE).items:
            if pod.status.phase == "Pending" and pod.metadata.deletion_timestamp is None:
                self._core.patch_namespaced_pod_status(pod.metadata.name, NAMESPACE, _running(pod))

    def _of(self, kind: str, verb: str) -> Any:
        return getattr(self._apps, f"{verb}_namespaced_{_NAMES[kind]}")


def image(name: str, version: str) -> str:
    """The reference that a version of a workload is asked for by."""
    return f"registry.example.com/{name}:{version}"


def image_id(name: str, version: str) -> str:
    """What a node reports of it."""
    digest = hashlib.sha256(image(name, version).encode()).hexdigest()
    return f"registry.example.com/{name}@sha256:{digest}"


def _running(pod: Any) -> dict[str, Any]:
    statuses = []
    for container in pod.spec.containers:
        name, _, version = container.image.rpartition("/")[2].partition(":")
        statuses.append(
            {
                "name": container.name,
                "image": container.image,
                "imageID": image_id(name, version),
                "ready": True,
                "restartCount": 0,
                "started": True,
                "state": {"running": {}},
            }
        )
    conditions = [{"type": "Ready", "status": "True"}]
    return {"status": {"phase": "Running", "conditions": conditions, "containerStatuses": statuses}}


def _kubeconfig(server: RealServer) -> Mapping[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "real",
                "cluster": {"server": server.url, "certificate-authority": str(server.ca_file)},
            }
        ],
        "users": [{"name": "admin", "user": {"token": "admin-token"}}],
        "contexts": [{"name": "real", "context": {"cluster": "real", "user": "admin"}}],
        "current-context": "real",
    }
