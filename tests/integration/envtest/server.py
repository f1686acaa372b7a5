"""A real kube-apiserver with its etcd, from the folder that KUBEBUILDER_ASSETS names.

That is the convention of envtest: https://book.kubebuilder.io/reference/envtest.html.
"""

import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
import urllib3
import yaml
from kubernetes.client import ApiClient, Configuration
from kubernetes.utils.create_from_yaml import create_from_dict

from reldash.config import ClusterEntry, ServerAccess
from reldash.domain.fleet.rules import Cluster
from tests.integration.ports import free_port

ASSETS = os.environ.get("KUBEBUILDER_ASSETS")  # noqa: TID251 - envtest's own way to name them
RBAC = Path(__file__).parents[3] / "deploy" / "rbac.yaml"
TOKENS = """\
admin-token,admin,1,system:masters
reader-token,reader,2,release-dashboard-readers
nobody-token,nobody,3
"""
needs_server = pytest.mark.skipif(
    ASSETS is None, reason="KUBEBUILDER_ASSETS does not name a folder with kube-apiserver"
)


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

    def create(self, objects: Iterable[Mapping[str, Any]]) -> None:
        """Create these objects as an administrator."""
        with self.client() as client:
            for each in objects:
                create_from_dict(client, each)  # type: ignore[no-untyped-call]  # no types there


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


@contextmanager
def real_server(folder: Path) -> Iterator[RealServer]:
    """Run etcd and kube-apiserver with RBAC, three accounts, and the rights of deploy/rbac.yaml."""
    assets = Path(ASSETS or "")
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
        server.create(yaml.safe_load_all(RBAC.read_text()))
        yield server
