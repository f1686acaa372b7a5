"""A real server hands out long lists a page at a time; the collector reads them whole."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from reldash.collectors.kubernetes.paged_list import PAGE_SIZE
from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.reads import ClusterRead
from tests.integration.envtest.server import RealServer, needs_server

RULES = CollectRules(timeout=timedelta(seconds=10))
MANY = 2 * PAGE_SIZE + 1

pytestmark = [pytest.mark.envtest, needs_server, pytest.mark.timeout(180)]


def deployment(number: int) -> Mapping[str, Any]:
    """A Deployment of one container; no controller looks at it."""
    labels = {"app": f"app-{number}"}
    container = {"name": "main", "image": f"registry.example.com/app:{number}"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"app-{number}", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


@pytest.fixture(scope="module", autouse=True)
def deployments(real: RealServer) -> None:
    """Let the server have more of them than two pages hold."""
    shares = [range(first, MANY, 8) for first in range(8)]
    with ThreadPoolExecutor(len(shares)) as threads:
        list(threads.map(lambda share: real.create(map(deployment, share)), shares))


@pytest.mark.parametrize("namespaces", [None, ("default",)], ids=["whole cluster", "namespace"])
def test_every_page_of_a_list_is_read(real: RealServer, namespaces: tuple[str, ...] | None) -> None:
    found = get_cluster(real.entry("reader-token", namespaces), RULES, revisions=False)
    assert isinstance(found, ClusterRead), found
    assert found.bad == ()
    assert all(part.is_by_choice for part in found.unread)
    assert {o.image for o in found.observations} == {
        f"registry.example.com/app:{number}" for number in range(MANY)
    }
    assert len(found.observations) == MANY
