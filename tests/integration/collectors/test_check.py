"""`check` tests a cluster step by step and names the remedy."""

import socket
from dataclasses import replace

from reldash.collectors.kubernetes.read_cluster import ClusterCheck, check_cluster
from reldash.config import ClusterEntry, ServerAccess
from reldash.domain.fleet.rules import CollectRules
from tests.integration.recorded_server import LISTS, ROLLOUTS, ApiServer, recording


def steps(checks: list[ClusterCheck]) -> list[tuple[str, bool]]:
    return [(check.step, check.ok) for check in checks]


def test_a_good_cluster_passes_every_step(
    server: ApiServer, entry: ClusterEntry, rules: CollectRules
) -> None:
    checks = check_cluster(entry, rules)
    assert steps(checks) == [("reachable", True), ("signed in", True), ("allowed", True)]
    assert server.url in checks[0].message
    assert "v1.36.2" in checks[0].message
    assert all(check.remedy == "" for check in checks)


def test_it_lists_one_object_of_every_resource(
    server: ApiServer, entry: ClusterEntry, rules: CollectRules
) -> None:
    server.install_argo([])
    check_cluster(entry, rules)
    for path in [*LISTS.values(), ROLLOUTS]:
        assert [request.query for request in server.requests_for(path)] == [{"limit": "1"}]


def test_an_unreachable_cluster_fails_the_first_step(
    entry: ClusterEntry, rules: CollectRules
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"https://127.0.0.1:{taken.getsockname()[1]}"
    assert isinstance(entry.access, ServerAccess)
    (check,) = check_cluster(replace(entry, access=replace(entry.access, url=url)), rules)
    assert (check.step, check.ok, check.title) == ("reachable", False, "Connection refused")
    assert check.remedy


def test_refused_credentials_fail_the_second_step(
    server: ApiServer, entry: ClusterEntry, rules: CollectRules
) -> None:
    for path in ["/version", *LISTS.values()]:
        server.answer(path, status=401, body=recording("unauthorized"))
    checks = check_cluster(entry, rules)
    assert steps(checks) == [("reachable", True), ("signed in", False)]
    assert "token" in checks[1].remedy


def test_missing_rights_fail_the_third_step_and_are_all_named(
    server: ApiServer, entry: ClusterEntry, rules: CollectRules
) -> None:
    server.refuse(LISTS["pods"])
    server.refuse(LISTS["replicasets"])
    checks = check_cluster(entry, rules)
    assert steps(checks) == [("reachable", True), ("signed in", True), ("allowed", False)]
    assert "list pods in the core API group" in checks[2].message
    assert "list replicasets in API group 'apps'" in checks[2].message
    assert "deploy/rbac.yaml" in checks[2].remedy


def test_rights_in_the_named_namespaces_are_enough(
    server: ApiServer, entry: ClusterEntry, rules: CollectRules
) -> None:
    for path in LISTS.values():
        server.refuse(path)
    named = replace(entry, cluster=replace(entry.cluster, namespaces=("shop", "billing")))
    assert check_cluster(named, rules)[-1].ok
    server.refuse("/api/v1/namespaces/billing/pods")
    last = check_cluster(named, rules)[-1]
    assert not last.ok
    assert last.message == "missing rights: list pods in the core API group in namespace billing"


def test_a_missing_token_fails_the_first_step_with_its_remedy(
    entry: ClusterEntry, rules: CollectRules
) -> None:
    assert isinstance(entry.access, ServerAccess)
    assert entry.access.token_file is not None
    entry.access.token_file.unlink()
    (check,) = check_cluster(entry, rules)
    assert (check.ok, check.title) == (False, "Token missing")
    assert check.remedy
