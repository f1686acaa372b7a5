"""`image --running --fail` and `inventory` over images that run in pods only, read over HTTP."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import trustme

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import ClusterEntry, ServerAccess
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.reads import ClusterRead
from reldash.store import Store
from tests.integration.collectors.kubernetes_objects import Json
from tests.integration.collectors.object_cases import DATA
from tests.integration.commands import pods_apart
from tests.integration.commands.conftest import Ran, Run
from tests.integration.recorded_server import LISTS, ApiServer, running
from tests.unit.builders import cluster

FLEET: Final = """
environments: [prod]
dashboards: {platform: {title: Platform, environments: [prod]}}
collect: {stale_after: 1h}
clusters:
"""
CLUSTER: Final = (
    "  - {{name: {}, dashboard: platform, environment: prod,"
    ' server: {{url: "https://127.0.0.1:1", token_env: TEST_TOKEN}}}}\n'
)


def objects_of(case: str) -> list[Json]:
    """The objects that a case of a bug report has in prod."""
    text = (DATA / "inputs" / f"{case}.json").read_text(encoding="utf-8")
    found: list[Json] = json.loads(text)["prod"]
    return found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> str:
    """A database with one cluster that has all of these objects, read and recorded twice."""
    folder = tmp_path_factory.mktemp("pods")
    objects = [
        *(each for case in ("r33", "r35", "o03-aged") for each in objects_of(case)),
        *pods_apart.objects(),
    ]
    database = new_database()
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    with closing(Store.open(database)) as store, running(ApiServer(), authority, folder) as server:
        server.install_argo([each for each in objects if each["kind"] == "Rollout"])
        for plural, path in LISTS.items():
            server.lists[path] = [each for each in objects if f"{each['kind'].lower()}s" == plural]
        token_file = folder / "token"
        token_file.write_text("a-token")
        access = ServerAccess(server.url, ca_file=server.ca_file, token_file=token_file)
        lease = store.leases.acquire("prod", "tests", timedelta(hours=1))
        assert lease is not None
        for _ in range(2):
            found = get_cluster(
                ClusterEntry(cluster("prod"), access), CollectRules(), revisions=True
            )
            assert isinstance(found, ClusterRead), found
            assert found.bad == ()
            store.clusters.record(found, lease)
    return database


@pytest.fixture
def ask(run: Run, recorded: str, tmp_path: Path) -> Callable[..., Ran]:
    """Run a command over the recorded cluster; `dark` adds one that was never read."""

    def run_here(*arguments: str, dark: bool = False) -> Ran:
        fleet = tmp_path / "fleet.yaml"
        fleet.write_text(
            FLEET + CLUSTER.format("prod") + CLUSTER.format("dark") * dark, encoding="utf-8"
        )
        return run(
            *arguments, RELDASH_FLEET=str(fleet), DATABASE_URL=recorded, TEST_TOKEN="a-token"
        )

    return run_here


@pytest.mark.parametrize(
    ("image", "kind", "workload", "role"),
    [
        ("istio/proxyv2:1.24.0", "Deployment", "r35", "injected"),
        ("t/r33:1.5.0", "Rollout", "r33", "main"),
        ("t/o03:1.4.0", "Rollout", "o03", "main"),
        ("apart/debug:1", "Deployment", "web", "ephemeral"),
        ("apart/volume:1", "Deployment", "web", "volume"),
        ("apart/bare:1", "Pod", "by-hand", "bare pod"),
        ("apart/static:1", "Node", "proxy", "other owner"),
        ("apart/job:1", "Job", "import-1", "other owner"),
        ("apart/workflow:1", "Workflow", "build", "other owner"),
        ("apart/report:1", "CronJob", "report", "other revision"),
        ("apart/filled:1", "Deployment", "blank", "main"),
        (f"sha256:{'d' * 64}", "Deployment", "web", "ephemeral"),
    ],
)
def test_an_image_that_only_runs_in_pods_is_found_and_fails_the_gate(
    ask: Callable[..., Ran], image: str, kind: str, workload: str, role: str
) -> None:
    ran = ask("image", image, "--running", "--fail", "--format", "json")
    assert ran.code == 1
    found = [(r["kind"], r["workload"], r["role"]) for r in json.loads(ran.out) if not r["until"]]
    assert set(found) == {(kind, workload, role)}
    assert "cannot tell" not in ran.err


@pytest.mark.parametrize(
    "image",
    [
        "apart/finished:1",
        "apart/ended:1",
        "apart/disk:1",
        "apart/unpulled:1",
        "apart/terminating:1",
        "apart/report:0",
        "nothing:1",
    ],
)
def test_what_runs_in_no_live_pod_is_found_nowhere(ask: Callable[..., Ran], image: str) -> None:
    ran = ask("image", image, "--running", "--fail")
    assert ran.code == 0
    assert f"{image}: found nowhere" in ran.err


def test_with_a_cluster_that_was_never_read_nothing_is_found_nowhere(
    ask: Callable[..., Ran],
) -> None:
    ran = ask("image", "nothing:1", "--running", "--fail", dark=True)
    assert ran.code == 1
    assert ran.err.splitlines()[-2:] == [
        "nothing:1: not found in what is known: dark has never been read",
        "cannot tell: dark has never been read",
    ]


def test_the_inventory_lists_what_only_pods_have_with_its_role(ask: Callable[..., Ran]) -> None:
    rows = json.loads(ask("inventory", "--format", "json").out)
    found = {(r["workload"], r["container"], r["role"], r["version"], r["status"]) for r in rows}
    assert {
        ("r35", "istio-proxy", "injected", "1.24.0", "in 1 pod"),
        ("r35", "istio-init", "injected", "1.24.0", "in 1 pod"),
        ("web", "debugger", "ephemeral", "1", "in 1 pod"),
        ("web", "model", "volume", "1", "in 1 pod"),
        ("by-hand", "api", "bare pod", "1", "in 1 pod"),
        ("proxy", "api", "other owner", "1", "in 2 pods"),
    } <= found


def test_what_only_pods_have_makes_no_row_and_no_history(ask: Callable[..., Ran]) -> None:
    rows = json.loads(ask("matrix", "platform", "--format", "json").out)["rows"]
    assert {row["service"] for row in rows} == {"r33", "r35", "o03", "api", "report", "blank"}
    assert "istio" not in ask("history", "r35", "--format", "json").out
