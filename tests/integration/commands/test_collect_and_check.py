"""`collect --once` and `check` exit with 1 if a cluster fails, and explain how to fix it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from reldash.demo import DemoFleet
from tests.integration.commands.conftest import Run

Change = Callable[[dict[str, dict[str, object]]], None]


@pytest.fixture
def fleet_file(demo: DemoFleet, tmp_path: Path) -> Callable[..., str]:
    """Call it, optionally with a change, to write a fleet file of three healthy clusters."""

    def write(change: Change | None = None) -> str:
        fleet = yaml.safe_load(demo.fleet_file.read_text())
        healthy = ("platform-dev", "platform-stg", "platform-prod-eu")
        clusters = {c["name"]: c for c in fleet["clusters"] if c["name"] in healthy}
        for cluster in clusters.values():
            server = cluster["server"]
            for key in ("ca_file", "token_file"):
                server[key] = str(demo.fleet_file.parent / server[key])
        if change is not None:
            change(clusters)
        fleet["clusters"] = list(clusters.values())
        path = tmp_path / "fleet.yaml"
        path.write_text(yaml.safe_dump(fleet))
        return str(path)

    return write


def test_healthy_clusters_pass(run: Run, fleet_file: Callable[..., str]) -> None:
    path = fleet_file()
    assert run("check", RELDASH_FLEET=path).code == 0
    assert run("collect", "--once", RELDASH_FLEET=path).code == 0
    checked = run("check", RELDASH_FLEET=path)
    assert checked.code == 0
    assert "tags are commits, ordered by push time or first rollout alone" in checked.out


def set_server(key: str, value: str) -> Change:
    """Return a change of how one of the clusters is accessed."""

    def change(clusters: dict[str, dict[str, object]]) -> None:
        server = clusters["platform-stg"]["server"]
        assert isinstance(server, dict)
        if key == "token_env":
            del server["token_file"]
        server[key] = value

    return change


def use_context(clusters: dict[str, dict[str, object]]) -> None:
    """Access one of the clusters by a context that its kubeconfig lacks."""
    del clusters["platform-stg"]["server"]
    path = Path(__file__).with_name("kubeconfig.yaml")
    clusters["platform-stg"]["kubeconfig"] = {"context": "moon", "path": str(path)}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (set_server("token_env", "STG_TOKEN"), "STG_TOKEN"),
        (set_server("token_file", "/nowhere/token"), "/nowhere/token"),
        (set_server("ca_file", "/nowhere/ca.crt"), "/nowhere/ca.crt"),
        (set_server("url", "https://127.0.0.1:1"), "127.0.0.1:1"),
        (use_context, "moon"),
    ],
    ids=["token variable", "token file", "CA file", "unreachable", "kubeconfig context"],
)
def test_a_failing_cluster_is_reported_with_its_remedy_and_others_are_collected(
    run: Run, fleet_file: Callable[..., str], change: Change, named: str
) -> None:
    path = fleet_file(change)
    checked = run("check", "--format", "json", RELDASH_FLEET=path)
    assert checked.code == 1
    faults = [row for row in json.loads(checked.out) if not row["ok"]]
    assert {row["what"] for row in faults} == {"platform-stg"}
    assert any(named in row["found"] for row in faults)
    assert all(row["mend"] for row in faults)

    collected = run("collect", "--once", "--format", "json", RELDASH_FLEET=path)
    assert collected.code == 1
    outcomes = {row["cluster"]: row["outcome"] for row in json.loads(collected.out)}
    assert outcomes == {
        "platform-dev": "collected",
        "platform-stg": "failed",
        "platform-prod-eu": "collected",
    }


def test_a_missing_permission_is_named(run: Run, demo: DemoFleet) -> None:
    checked = run("check", "--format", "json", RELDASH_FLEET=str(demo.fleet_file))
    assert checked.code == 1
    faults = {row["what"]: row for row in json.loads(checked.out) if not row["ok"]}
    assert "list pods" in faults["platform-prod-edge"]["found"]
    assert "deploy/rbac.yaml" in faults["platform-prod-edge"]["mend"]
