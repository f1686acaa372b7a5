"""A recorded API server, and an entry of the fleet that reads it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from reldash.collectors.kubernetes import get_cluster
from reldash.config import ClusterEntry, KubeconfigAccess, ServerAccess
from reldash.domain.fleet import Cluster, CollectRules
from reldash.domain.model import ClusterRead, ReadFailure
from tests.integration.collectors.kubeconfigs import RULES, Sign, entry_of, kubeconfig
from tests.integration.recorded_server import ApiServer, running

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
