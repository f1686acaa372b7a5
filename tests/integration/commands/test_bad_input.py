"""Faults of the fleet file, the settings or the database: one line, exit code 2, no traceback."""

import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest

from tests.integration.commands.conftest import Run
from tests.integration.ports import free_port

PROJECT = Path(__file__).parents[3]
HEAD = "environments: [dev, prod]\ndashboards: {p: {environments: [dev, prod]}}\n"
ONE = "  - {name: a, dashboard: p, environment: dev, in_cluster: true}\n"

FAULTS = {
    "invalid YAML": ("environments: [dev\n", "fleet.yaml"),
    "unknown key": (HEAD + "clutsers: []\n", "clutsers"),
    "environment not defined": (
        HEAD + "clusters:\n  - {name: a, dashboard: p, environment: prd, in_cluster: true}\n",
        "prd",
    ),
    "dashboard not defined": (
        HEAD + "clusters:\n  - {name: a, dashboard: q, environment: dev, in_cluster: true}\n",
        "expected p",
    ),
    "two clusters of one name": (HEAD + "clusters:\n" + ONE + ONE, "clusters[1].name"),
    "two ways in": (
        HEAD + "clusters:\n" + ONE.replace("true}", "true, kubeconfig: {context: c}}"),
        "clusters[0]",
    ),
    "pattern that does not compile": (
        HEAD.replace("prod]}", "prod], customer: {namespace: '(?P<customer>'}}") + "clusters: []\n",
        "dashboards.p.customer.namespace",
    ),
    "bad interval": (HEAD + "clusters: []\ncollect: {interval: 60}\n", "collect.interval"),
    "eks without a region": (
        HEAD + "clusters:\n  - {name: a, dashboard: p, environment: dev, eks: {cluster: a}}\n",
        "clusters[0].eks.region",
    ),
    "discover without regions": (HEAD + "discover: [{eks: {}}]\n", "discover[0].eks.regions"),
}


def is_one_line(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


@pytest.mark.parametrize(("text", "named"), FAULTS.values(), ids=FAULTS)
def test_a_fleet_file_fault_prints_one_line_that_names_it(
    run: Run, tmp_path: Path, text: str, named: str
) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(text)
    ran = run("check", RELDASH_FLEET=str(path))
    assert (ran.code, ran.out) == (2, "")
    assert is_one_line(ran.err)
    assert str(path) in ran.err
    assert named in ran.err
    assert "expected" in ran.err


def test_a_missing_fleet_file_is_named(run: Run, tmp_path: Path) -> None:
    ran = run("matrix", "p", RELDASH_FLEET=str(tmp_path / "none.yaml"))
    assert ran.code == 2
    assert is_one_line(ran.err)
    assert "none.yaml" in ran.err


def test_an_unreachable_database_is_named_without_its_password(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(HEAD + "clusters: []\n")
    url = "postgresql://me:tell-nobody@127.0.0.1:1/reldash"
    ran = run("check", RELDASH_FLEET=str(path), DATABASE_URL=url)
    assert ran.code == 2
    assert is_one_line(ran.err)
    assert "me@127.0.0.1:1/reldash" in ran.err
    assert "expected" in ran.err
    assert "tell-nobody" not in ran.err


@pytest.mark.parametrize("fault", ["invalid YAML", "database"])
def test_serve_stops_at_a_fault(tmp_path: Path, database_url: str, fault: str) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(HEAD + "clusters: []\n" if fault == "database" else FAULTS[fault][0])
    url = "postgresql://me:pw@127.0.0.1:1/x" if fault == "database" else database_url
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "reldash", "serve", "--port", str(free_port())],
        cwd=PROJECT,
        env={
            "RELDASH_FLEET": str(path),
            "DATABASE_URL": url,
            "RELDASH_SECRET_KEY": token_hex(32),
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2
    assert is_one_line(ran.stderr)
    assert ("127.0.0.1:1/x" if fault == "database" else "fleet.yaml") in ran.stderr
