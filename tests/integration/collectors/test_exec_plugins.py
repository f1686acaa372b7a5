"""Credentials from the exec plugin of a kubeconfig."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reldash.domain.workloads.reads import ClusterRead
from tests.integration.collectors.kubeconfigs import SECRET, Sign, authorization, failed
from tests.integration.recorded_server import LISTS, ApiServer, recording


def plugin(tmp_path: Path, code: str) -> dict[str, Any]:
    """A user whose exec plugin runs that Python, and notes each run in the file `runs`."""
    script = tmp_path / "plugin.py"
    runs = tmp_path / "runs"
    script.write_text(
        "import json, os, sys, time\n"
        f"open({str(runs)!r}, 'a').write('x')\n"
        "def give(**status):\n"
        "    version = json.loads(os.environ['KUBERNETES_EXEC_INFO'])['apiVersion']\n"
        "    kind = 'ExecCredential'\n"
        "    print(json.dumps({'apiVersion': version, 'kind': kind, 'status': status}))\n"
        f"{code}\n"
    )
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": [str(script)],
            "env": [{"name": "PLUGIN_PROFILE", "value": "dev"}],
        }
    }


def test_a_plugin_runs_once_and_its_token_is_reused(
    server: ApiServer, sign_in: Sign, tmp_path: Path
) -> None:
    user = plugin(tmp_path, "give(token=os.environ['PLUGIN_PROFILE'] + '-token')")
    assert isinstance(sign_in(user), ClusterRead)
    assert isinstance(sign_in(user), ClusterRead)
    assert authorization(server) == "Bearer dev-token"
    assert (tmp_path / "runs").read_text() == "x"


def test_a_plugin_runs_again_when_its_token_expires_soon(sign_in: Sign, tmp_path: Path) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
    user = plugin(tmp_path, f"give(token='t', expirationTimestamp={soon!r})")
    sign_in(user)
    sign_in(user)
    assert (tmp_path / "runs").read_text() == "xx"


def test_a_plugin_runs_again_after_the_server_rejected_its_token(
    server: ApiServer, sign_in: Sign, tmp_path: Path
) -> None:
    user = plugin(tmp_path, f"give(token={SECRET!r})")
    server.answer(LISTS["deployments"], status=401, body=recording("unauthorized"))
    assert failed(sign_in(user)).title == "Credentials rejected (401)"
    del server.handlers[LISTS["deployments"]]
    assert isinstance(sign_in(user), ClusterRead)
    assert (tmp_path / "runs").read_text() == "xx"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("sys.exit('please sign in')", "exited with 1: please sign in"),
        ("print('hello')", "did not print an ExecCredential"),
        ("give()", "returned neither a token nor a client certificate"),
        (f"give(clientCertificateData={SECRET!r})", "returned neither a token nor"),
        ('print(\'{"apiVersion": "v0", "status": {}}\')', "did not print an ExecCredential of"),
        ("give(token='t', expirationTimestamp='soon')", "unusable expirationTimestamp"),
    ],
)
def test_a_plugin_without_credentials_fails_its_cluster_without_a_request(
    server: ApiServer, sign_in: Sign, tmp_path: Path, code: str, why: str
) -> None:
    failure = failed(sign_in(plugin(tmp_path, code)))
    assert failure.title == "No credentials"
    assert why in failure.message
    assert not server.requests


def test_a_missing_plugin_fails_its_cluster(sign_in: Sign) -> None:
    user = {"exec": {"apiVersion": "v1", "command": "no-such-plugin"}}
    assert "No such file" in failed(sign_in(user)).message


def test_a_plugin_that_waits_for_input_is_killed_at_the_time_limit(
    sign_in: Sign, tmp_path: Path
) -> None:
    began = time.monotonic()
    failure = failed(sign_in(plugin(tmp_path, "sys.stdin.read() or time.sleep(60)")))
    assert "within the time limit" in failure.message
    assert time.monotonic() - began < 5
