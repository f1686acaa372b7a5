"""The collector against a real kube-apiserver, where KUBEBUILDER_ASSETS names its folder.

No controllers run there: Deployments are stored, have no pods, and are never observed.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
import urllib3
import yaml
from kubernetes.client import ApiClient, Configuration
from kubernetes.utils.create_from_yaml import create_from_dict

from reldash.collectors.kubernetes import check_cluster, get_cluster
from reldash.config import ClusterEntry, ServerAccess
from reldash.domain.fleet import Cluster, CollectRules
from reldash.domain.model import Progress
from reldash.domain.reads import ClusterRead, ReadFailure

ASSETS = os.environ.get("KUBEBUILDER_ASSETS")  # noqa: TID251 - envtest's own way to name them
RULES = CollectRules(timeout=timedelta(seconds=10))
RBAC = Path(__file__).parent.parent.parent / "deploy" / "rbac.yaml"
TOKENS = """\
admin-token,admin,1,system:masters
reader-token,reader,2,release-dashboard-readers
nobody-token,nobody,3
"""

pytestmark = [
    pytest.mark.envtest,
    pytest.mark.skipif(
        ASSETS is None, reason="KUBEBUILDER_ASSETS does not name a folder with kube-apiserver"
    ),
    pytest.mark.timeout(180),
]


@dataclass(frozen=True)
class RealServer:
    """A running kube-apiserver."""

    url: str
    ca_file: Path
    folder: Path

    def entry(self, token: str, namespaces: tuple[str, ...] | None = None) -> ClusterEntry:
        """The server as a cluster, signed in to with that token."""
        token_file = self.folder / f"{token}.txt"
        token_file.write_text(token)
        access = ServerAccess(self.url, ca_file=self.ca_file, token_file=token_file)
        return ClusterEntry(Cluster("real", ("platform",), {"dev": ("*",)}, namespaces), access)

    def client(self) -> ApiClient:
        """The official client, signed in as an administrator."""
        configuration = Configuration()
        configuration.host, configuration.ssl_ca_cert = self.url, str(self.ca_file)
        configuration.api_key["BearerToken"] = "Bearer admin-token"
        return ApiClient(configuration)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def started(arguments: Sequence[str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output)  # noqa: S603 - envtest
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_ready(url: str, ca_file: Path, log: Path) -> None:
    pool = urllib3.PoolManager(ca_certs=str(ca_file), retries=False, timeout=2)
    headers = {"Authorization": "Bearer admin-token"}
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            if pool.request("GET", f"{url}/readyz", headers=headers).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            pass  # it does not listen yet
        time.sleep(0.2)
    pytest.fail(f"kube-apiserver did not get ready: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """Run etcd and kube-apiserver with RBAC, three accounts, and the rights of deploy/rbac.yaml."""
    folder, assets = tmp_path_factory.mktemp("envtest"), Path(ASSETS or "")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    chain, key, ca_file = folder / "chain.pem", folder / "key.pem", folder / "ca.crt"
    chain.write_bytes(b"".join(each.bytes() for each in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(ca_file))
    (folder / "tokens.csv").write_text(TOKENS)
    etcd, peer, port = (free_port() for _ in range(3))
    etcd_url = f"http://127.0.0.1:{etcd}"
    with ExitStack() as stack:
        stack.enter_context(
            started(
                [
                    str(assets / "etcd"),
                    f"--data-dir={folder / 'etcd'}",
                    f"--listen-client-urls={etcd_url}",
                    f"--advertise-client-urls={etcd_url}",
                    f"--listen-peer-urls=http://127.0.0.1:{peer}",
                    "--unsafe-no-fsync",
                ],
                folder / "etcd.log",
            )
        )
        log = folder / "kube-apiserver.log"
        stack.enter_context(
            started(
                [
                    str(assets / "kube-apiserver"),
                    f"--etcd-servers={etcd_url}",
                    "--bind-address=127.0.0.1",
                    f"--secure-port={port}",
                    f"--cert-dir={folder}",
                    f"--tls-cert-file={chain}",
                    f"--tls-private-key-file={key}",
                    f"--token-auth-file={folder / 'tokens.csv'}",
                    "--authorization-mode=RBAC",
                    "--service-cluster-ip-range=10.0.0.0/24",
                    "--disable-admission-plugins=ServiceAccount",
                    "--service-account-issuer=https://127.0.0.1",
                    f"--service-account-key-file={key}",
                    f"--service-account-signing-key-file={key}",
                ],
                log,
            )
        )
        server = RealServer(f"https://127.0.0.1:{port}", ca_file, folder)
        wait_until_ready(server.url, ca_file, log)
        with server.client() as client:
            for each in [*objects(), *yaml.safe_load_all(RBAC.read_text())]:
                create_from_dict(client, each)  # type: ignore[no-untyped-call]  # no types there
        yield server


def objects() -> Iterator[dict[str, object]]:
    """Two Deployments in each of two namespaces."""
    for namespace in ("shop", "billing"):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        for name in ("api", "worker"):
            labels = {"app": name}
            containers = [
                {"name": name, "image": f"registry.example.com/{name}:1.2.3"},
                {"name": "proxy", "image": "registry.example.com/proxy:9"},
            ]
            yield {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": name, "namespace": namespace, "labels": {"team": "core"}},
                "spec": {
                    "replicas": 2,
                    "selector": {"matchLabels": labels},
                    "template": {
                        "metadata": {"labels": labels},
                        "spec": {"containers": containers},
                    },
                },
            }


def test_every_container_is_read_with_the_rights_that_deploy_gives(real: RealServer) -> None:
    found = get_cluster(real.entry("reader-token"), RULES, revisions=True)
    assert isinstance(found, ClusterRead), found
    assert (found.bad, found.unread, found.revisions) == ((), (), ())
    assert found.kubernetes_version.startswith("v1.")
    assert {(o.namespace, o.workload, o.container, o.image) for o in found.observations} == {
        (namespace, name, container, f"registry.example.com/{image}")
        for namespace in ("shop", "billing")
        for name in ("api", "worker")
        for container, image in ((name, f"{name}:1.2.3"), ("proxy", "proxy:9"))
    }
    assert {o.wanted for o in found.observations} == {2}
    assert {o.running for o in found.observations} == {()}
    assert {o.status.progress for o in found.observations} == {Progress.PROGRESSING}
    assert {o.labels["team"] for o in found.observations} == {"core"}


def test_those_rights_pass_every_check(real: RealServer) -> None:
    assert all(check.ok for check in check_cluster(real.entry("reader-token"), RULES))


def test_an_account_without_rights_is_told_which_one_is_missing(real: RealServer) -> None:
    found = get_cluster(real.entry("nobody-token"), RULES, revisions=False)
    assert isinstance(found, ReadFailure)
    assert found.title == "Not allowed"
    assert 'User "nobody" cannot list resource "deployments"' in found.message


def test_a_token_that_the_server_does_not_know_is_not_signed_in(real: RealServer) -> None:
    found = get_cluster(real.entry("unknown-token"), RULES, revisions=False)
    assert isinstance(found, ReadFailure)
    assert found.title == "Not signed in"
