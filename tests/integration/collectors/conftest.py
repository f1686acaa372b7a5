"""A recorded API server, and an entry of the fleet that reads it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
import urllib3
import yaml

from reldash.collectors.aws.clients import AwsClients
from reldash.collectors.aws.ecr_identities import EcrClient
from reldash.collectors.aws.eks import EksClusters
from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import ClusterEntry, KubeconfigAccess, ServerAccess
from reldash.domain.fleet.rules import Cluster, CollectRules
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from tests.integration.collectors.aws_front import (
    ACCESS_KEY,
    OTHER_ROLE,
    SECRET_KEY,
    AwsFront,
    fronting,
)
from tests.integration.collectors.kubeconfigs import RULES, Sign, entry_of, kubeconfig
from tests.integration.collectors.kubernetes_objects import deployment
from tests.integration.recorded_server import LISTS, ApiServer, running

TOKEN = "a-token-nobody-may-see"


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the servers' certificates."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture
def server(authority: trustme.CA, tmp_path: Path) -> Iterator[ApiServer]:
    """An empty cluster."""
    with running(ApiServer(), authority, tmp_path) as started:
        yield started


@pytest.fixture
def rules() -> CollectRules:
    """Two seconds of silence are enough on 127.0.0.1."""
    return CollectRules(timeout=timedelta(seconds=2))


@pytest.fixture
def entry(server: ApiServer, tmp_path: Path) -> ClusterEntry:
    """The server as a cluster of the fleet."""
    token_file = tmp_path / "token"
    token_file.write_text(f"{TOKEN}\n")
    access = ServerAccess(server.url, ca_file=server.ca_file, token_file=token_file)
    return ClusterEntry(Cluster("prod-eu", ("platform",), {"prod": ("*",)}), access)


Read = Callable[..., ClusterRead]
Fail = Callable[..., ReadFailure]


@pytest.fixture
def read(entry: ClusterEntry, rules: CollectRules) -> Read:
    """Read the cluster, which must succeed; `namespaces` are those that its entry names."""

    def get(
        *, revisions: bool = False, pods: bool = True, namespaces: tuple[str, ...] | None = None
    ) -> ClusterRead:
        named = replace(entry, cluster=replace(entry.cluster, namespaces=namespaces))
        found = get_cluster(named, replace(rules, pods=pods), revisions=revisions)
        assert isinstance(found, ClusterRead), found
        return found

    return get


@pytest.fixture
def fail(entry: ClusterEntry, rules: CollectRules) -> Fail:
    """Read the cluster, which must fail."""

    def get(namespaces: tuple[str, ...] | None = None) -> ReadFailure:
        named = replace(entry, cluster=replace(entry.cluster, namespaces=namespaces))
        found = get_cluster(named, rules, revisions=False)
        assert isinstance(found, ReadFailure), found
        return found

    return get


@pytest.fixture
def sign_in(server: ApiServer, tmp_path: Path) -> Sign:
    """Read the cluster through a kubeconfig whose user is this."""

    def read(user: dict[str, Any], **cluster: Any) -> ClusterRead | ReadFailure:
        path = tmp_path / "config"
        path.write_text(yaml.safe_dump(kubeconfig(server, user, **cluster)))
        return get_cluster(entry_of(KubeconfigAccess(path=path)), RULES, revisions=False)

    return read


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """One moto for the run."""
    from moto.server import ThreadedMotoServer
    from werkzeug.serving import WSGIRequestHandler

    # Else the second part of each answer waits for 40 ms until the first is acknowledged.
    WSGIRequestHandler.disable_nagle_algorithm = True
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def front(moto_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsFront]:
    """An AWS of this test's own, which the environment names, and nothing kept of another."""
    urllib3.request("POST", f"{moto_url}/moto-api/reset")
    for name, value in {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    clients = AwsClients()
    monkeypatch.setattr("reldash.collectors.aws.clients._shared", clients)
    monkeypatch.setattr("reldash.collectors.aws.eks._shared", EksClusters(clients))
    monkeypatch.setattr("reldash.collectors.aws.ecr_identities._shared", EcrClient(clients))
    with fronting(moto_url) as started:
        monkeypatch.setenv("AWS_ENDPOINT_URL", started.url)
        yield started


@pytest.fixture
def home(front: AwsFront, server: ApiServer) -> ApiServer:
    """A cluster with a workload, in the account of the chain's credentials."""
    server.lists[LISTS["deployments"]] = [deployment()]
    front.add_cluster("home", server)
    return server


@pytest.fixture
def other(front: AwsFront, server: ApiServer) -> ApiServer:
    """A cluster in a second account, whose role asks for an external id."""
    front.add_cluster("other", server, OTHER_ROLE)
    front.external_ids[OTHER_ROLE] = "ours"
    return server


@pytest.fixture
def no_keys(front: AwsFront, monkeypatch: pytest.MonkeyPatch) -> AwsFront:
    """An environment without keys, as a pod's."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    return front
