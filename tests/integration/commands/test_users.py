"""`reldash users`: create, list and change accounts from the command line."""

import io
import json
import os
import pty
import sys
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest
from pydantic import SecretStr

from reldash.auth import Accounts, NextStep
from reldash.auth.factory import open_accounts
from reldash.config import Settings
from reldash.config.environment import environment_with
from reldash.store import Store
from tests.integration.commands.conftest import Ran, Run
from tests.integration.mail_servers import Post, mail_server
from tests.integration.ports import free_port

PROJECT = Path(__file__).resolve().parents[3]
KEY = token_hex(32)
PASSWORD = "a strange enough sentence"
MAIL_FROM = "reldash@example.com"
Users = Callable[..., Ran]


@pytest.fixture
def users(run: Run, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Users:
    """Call it with arguments of `users`, the text on standard input, and settings."""
    monkeypatch.chdir(tmp_path)  # without a fleet file

    def run_users(*arguments: str, typed: str = "", **variables: str) -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        settings = {"DATABASE_URL": database_url, "RELDASH_SECRET_KEY": KEY} | variables
        return run("users", *arguments, **settings)

    return run_users


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return open_accounts(store, Settings(secret_key=SecretStr(KEY)))


def can_sign_in(accounts: Accounts, email: str, password: str = PASSWORD) -> bool:
    return accounts.sign_in(email, password, "192.0.2.1").step is NextStep.DONE


def states(users: Users) -> dict[str, tuple[str, str]]:
    """Role and state by address."""
    ran = users("list", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    return {row["email"]: (row["role"], row["state"]) for row in json.loads(ran.out)}


def test_the_first_admin_is_added_without_fleet_file_or_mail_server(
    users: Users, accounts: Accounts
) -> None:
    ran = users("add", "Boss@Example.com", "--admin", "--name", "The boss", typed=f"{PASSWORD}\n")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Added Boss@example.com as admin\n"
    assert states(users) == {"Boss@example.com": ("admin", "active")}
    assert can_sign_in(accounts, "boss@example.com")


def test_new_users_are_viewers_by_default(users: Users) -> None:
    users("add", "ann@example.com", typed=f"{PASSWORD}\n")
    assert states(users) == {"ann@example.com": ("viewer", "active")}


def test_the_list_is_printed_as_table_or_csv(users: Users) -> None:
    users("add", "ann@example.com", "--name", "=Ann", typed=f"{PASSWORD}\n")
    table, csv = users("list").out, users("list", "--format", "csv").out
    assert "created_at" in table
    assert "ann@example.com" in table
    assert csv.startswith("email,name,role,state,sessions,last_sign_in_at,created_at\n")
    assert "ann@example.com,'=Ann,viewer,active,0,," in csv


REFUSED = {
    "too short": ("short\n", "ann@example.com"),
    "none": ("", "ann@example.com"),
    "everybody's": ("password123\n", "ann@example.com"),
    "no address": (f"{PASSWORD}\n", "ann"),
}


@pytest.mark.parametrize(("typed", "email"), REFUSED.values(), ids=REFUSED)
def test_invalid_input_is_rejected_in_one_line(users: Users, typed: str, email: str) -> None:
    ran = users("add", email, typed=typed)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith("reldash: ")
    assert states(users) == {}


def test_adding_an_existing_account_does_not_change_it(users: Users, accounts: Accounts) -> None:
    users("add", "ann@example.com", typed=f"{PASSWORD}\n")
    ran = users("add", "ANN@example.com", "--admin", typed="another strange sentence\n")
    assert ran.code == 1
    assert "ann@example.com has an account" in ran.err.lower()
    assert states(users) == {"ann@example.com": ("viewer", "active")}
    assert can_sign_in(accounts, "ann@example.com")


def test_an_invitation_is_mailed_at_once(users: Users) -> None:
    with mail_server() as post:
        mail = {"RELDASH_SMTP_URL": post.url, "RELDASH_MAIL_FROM": MAIL_FROM}
        ran = users("add", "ann@example.com", "--invite", "--admin", **mail)
    assert (ran.code, ran.err) == (0, "Invited ann@example.com as admin\n")
    (message,) = post.taken
    assert (message["To"], message["Subject"]) == ("ann@example.com", "You are invited")
    assert states(users) == {"ann@example.com": ("admin", "invited")}


@pytest.mark.parametrize("way", ["down", "refusing"])
def test_an_invitation_is_kept_while_the_mail_server_fails(users: Users, way: str) -> None:
    with mail_server(Post({"MAIL": "451 4.3.0 later"})) as post:
        url = post.url if way == "refusing" else f"smtp://127.0.0.1:{free_port()}"
        mail = {"RELDASH_SMTP_URL": url, "RELDASH_MAIL_FROM": MAIL_FROM}
        ran = users("add", "ann@example.com", "--invite", **mail)
    assert ran.code == 0
    assert "a running server retries" in ran.err
    assert states(users) == {"ann@example.com": ("viewer", "invited")}


def test_inviting_needs_a_mail_server(users: Users) -> None:
    ran = users("add", "ann@example.com", "--invite")
    assert ran.code == 2
    assert "--invite needs RELDASH_SMTP_URL" in ran.err
    assert states(users) == {}


def test_an_account_is_disabled_and_enabled(users: Users, accounts: Accounts) -> None:
    users("add", "ann@example.com", typed=f"{PASSWORD}\n")
    assert users("disable", "ann@example.com").code == 0
    assert states(users) == {"ann@example.com": ("viewer", "disabled")}
    assert not can_sign_in(accounts, "ann@example.com")
    assert users("enable", "ann@example.com").code == 0
    assert can_sign_in(accounts, "ann@example.com")


def test_a_role_is_changed(users: Users) -> None:
    users("add", "ann@example.com", typed=f"{PASSWORD}\n")
    assert users("role", "ann@example.com", "admin").err == "ann@example.com is now admin\n"
    assert states(users) == {"ann@example.com": ("admin", "active")}


@pytest.mark.parametrize("arguments", [("disable",), ("role", "viewer")])
def test_the_last_admin_cannot_be_removed(users: Users, arguments: tuple[str, ...]) -> None:
    users("add", "boss@example.com", "--admin", typed=f"{PASSWORD}\n")
    command, *rest = arguments
    ran = users(command, "boss@example.com", *rest)
    assert ran.code == 1
    assert "Last administrator" in ran.err
    assert states(users) == {"boss@example.com": ("admin", "active")}


def test_setting_a_password_unlocks_the_account_and_ends_all_sessions(
    users: Users, accounts: Accounts
) -> None:
    users("add", "ann@example.com", typed=f"{PASSWORD}\n")
    ticket = accounts.sign_in("ann@example.com", PASSWORD, "192.0.2.1").ticket
    token = accounts.open_session(ticket, "Firefox", "192.0.2.1")
    assert token is not None
    for _ in range(30):  # locked
        accounts.sign_in("ann@example.com", "a wrong password", "192.0.2.1")
    assert users("password", "ann@example.com", typed="another strange sentence\n").code == 0
    assert accounts.check_session(token, activity=False) is None
    assert accounts.sign_in("ann@example.com", "another strange sentence", "198.51.100.9").ticket


@pytest.mark.parametrize("command", ["disable", "enable", "role", "password"])
def test_an_unknown_account_is_named(users: Users, command: str) -> None:
    rest = ["admin"] if command == "role" else []
    ran = users(command, "nobody@example.com", *rest, typed=f"{PASSWORD}\n")
    assert ran.code == 1
    assert "nobody@example.com: `reldash users list` shows all accounts" in ran.err


def test_commands_need_the_secret_key(users: Users) -> None:
    ran = users("list", RELDASH_SECRET_KEY="")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "RELDASH_SECRET_KEY: not set" in ran.err


def test_a_terminal_prompts_twice_for_the_password_without_echo(
    database_url: str, accounts: Accounts
) -> None:
    settings = {"DATABASE_URL": database_url, "RELDASH_SECRET_KEY": KEY}
    command = [sys.executable, "-m", "reldash", "users", "add", "ann@example.com"]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(PROJECT)
        os.execve(sys.executable, command, environment_with(settings))  # noqa: S606 - our own command
    seen = b""
    for prompt in (b"Password: ", b"confirmation: "):
        while not seen.endswith(prompt):
            seen += os.read(terminal, 1024)
        os.write(terminal, f"{PASSWORD}\n".encode())
    _, status = os.waitpid(child, 0)
    seen += os.read(terminal, 1024)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert PASSWORD.encode() not in seen
    assert can_sign_in(accounts, "ann@example.com")
