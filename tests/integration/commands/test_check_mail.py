"""`check` connects and signs in to the mail server without sending mail."""

import json
import warnings
from pathlib import Path

import pytest

from tests.integration.commands.conftest import Ran, Run
from tests.integration.mail_servers import mail_server
from tests.integration.ports import free_port

FLEET = "environments: [dev]\ndashboards: {p: {environments: [dev]}}\nclusters: []\n"


@pytest.fixture
def fleet_file(tmp_path: Path) -> str:
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEET)
    return str(path)


def check(run: Run, fleet_file: str, url: str) -> Ran:
    mail = {"RELDASH_SMTP_URL": url, "RELDASH_MAIL_FROM": "reldash@example.com"} if url else {}
    return run("check", "--format", "json", RELDASH_FLEET=fleet_file, **mail)


def test_a_reachable_mail_server_passes(run: Run, fleet_file: str) -> None:
    with mail_server() as post:
        ran = check(run, fleet_file, post.url)
    assert ran.code == 0
    row = json.loads(ran.out)[-1]
    assert (row["what"], row["step"], row["ok"]) == ("mail server", "reachable", True)
    assert row["found"] == post.url
    assert post.taken == []


def test_a_refused_sign_in_is_reported_with_its_remedy(run: Run, fleet_file: str) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
        with mail_server(login=("u", "right")) as post:
            ran = check(run, fleet_file, f"smtp://u:wr0ng@127.0.0.1:{post.port}")
    assert ran.code == 1
    row = json.loads(ran.out)[-1]
    assert (row["step"], row["ok"]) == ("signed in", False)
    assert "refused the sign-in" in row["found"]
    assert "RELDASH_SMTP_URL" in row["mend"]
    assert "wr0ng" not in ran.out + ran.err


def test_an_unreachable_mail_server_is_reported(run: Run, fleet_file: str) -> None:
    ran = check(run, fleet_file, f"smtp://127.0.0.1:{free_port()}")
    assert ran.code == 1
    assert "Mail server not reachable" in json.loads(ran.out)[-1]["found"]


def test_an_unconfigured_mail_server_is_not_checked(run: Run, fleet_file: str) -> None:
    ran = check(run, fleet_file, "")
    assert ran.code == 0
    assert [row["what"] for row in json.loads(ran.out)] == ["fleet file", "database"]
