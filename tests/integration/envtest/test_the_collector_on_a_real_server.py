"""The collector against a real kube-apiserver, where KUBEBUILDER_ASSETS names its folder.

No controllers run there: Deployments are stored, have no pods, and are never observed.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from reldash.collectors.kubernetes.read_cluster import check_cluster, get_cluster
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.observations import Progress
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from tests.integration.envtest.server import RealServer, needs_server

RULES = CollectRules(timeout=timedelta(seconds=10))

pytestmark = [pytest.mark.envtest, needs_server, pytest.mark.timeout(180)]


@pytest.fixture(scope="module", autouse=True)
def deployments(real: RealServer) -> None:
    """Let the server have some."""
    real.create(objects())


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


def test_an_account_without_rights_gets_the_missing_one_named(real: RealServer) -> None:
    found = get_cluster(real.entry("nobody-token"), RULES, revisions=False)
    assert isinstance(found, ReadFailure)
    assert found.title == "Not allowed"
    assert 'User "nobody" cannot list resource "deployments"' in found.message


def test_a_token_that_the_server_does_not_know_is_not_signed_in(real: RealServer) -> None:
    found = get_cluster(real.entry("unknown-token"), RULES, revisions=False)
    assert isinstance(found, ReadFailure)
    assert found.title == "Credentials rejected (401)"
