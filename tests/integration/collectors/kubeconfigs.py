"""Kubeconfigs of a recorded server, and reads through them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from reldash.config import ClusterEntry, InClusterAccess, KubeconfigAccess, ServerAccess
from reldash.domain.fleet.rules import Cluster, CollectRules
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from tests.integration.recorded_server import ApiServer

RULES = CollectRules(timeout=timedelta(seconds=1))
SECRET = "a-secret-of-the-kubeconfig"

Sign = Callable[..., ClusterRead | ReadFailure]


def entry_of(access: KubeconfigAccess | ServerAccess | InClusterAccess) -> ClusterEntry:
    return ClusterEntry(Cluster("dev", ("platform",), {"dev": ("*",)}), access)


def kubeconfig(server: ApiServer, user: dict[str, Any], /, **cluster: Any) -> dict[str, Any]:
    """A kubeconfig of one context."""
    place = {"server": server.url, "certificate-authority": str(server.ca_file), **cluster}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "dev",
        "contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": place}],
        "users": [{"name": "u", "user": user}],
    }


def authorization(server: ApiServer) -> str | None:
    return server.requests[-1].headers.get("Authorization")


def failed(found: ClusterRead | ReadFailure) -> ReadFailure:
    assert isinstance(found, ReadFailure)
    assert found.remedy
    text = f"{found.title}{found.message}{found.remedy}"
    assert text.isprintable()
    assert SECRET not in text
    return found
