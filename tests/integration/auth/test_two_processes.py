"""Two server processes on one database: changes in one apply to the other at once."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reldash.auth import Accounts
from reldash.domain.accounts import COMMAND_LINE, MailKind
from tests.integration.auth.account_helpers import (
    ANN,
    BROWSER,
    HERE,
    OTHER_PASSWORD,
    PASSWORD,
    add_user,
    session_user,
    sign_in,
    take_mail,
)
from tests.integration.auth.conftest import SECRET_KEY

PROJECT = Path(__file__).parents[3]

# Reads method calls line by line, makes them on its own Accounts, prints the results.
SERVER = """
import json, sys
from reldash.auth import AccountError, AccountRules, Accounts, Outcome
from reldash.store import Store

store = Store.open(sys.argv[1])
accounts = Accounts(store, AccountRules(bytes.fromhex(sys.argv[2])))
for line in sys.stdin:
    method, *arguments = json.loads(line)
    try:
        result = getattr(accounts, method)(*arguments)
    except AccountError as error:
        result = error.title
    if isinstance(result, Outcome):
        result = {"ok": result.ok, "ticket": result.ticket, "sign_up": result.sign_up}
    elif result is not None and not isinstance(result, (str, bool)):
        result = result.email
    print(json.dumps(result), flush=True)
store.close()
"""


class Server:
    """Another process with its own Accounts."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-c", SERVER, url, SECRET_KEY.hex()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )

    def call(self, method: str, *arguments: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([method, *arguments]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def servers(database_url: str) -> Iterator[tuple[Server, Server]]:
    both = Server(database_url), Server(database_url)
    yield both
    for server in both:
        server.process.communicate()


def test_an_account_created_on_one_server_works_on_the_other(
    servers: tuple[Server, Server], accounts: Accounts
) -> None:
    one, other = servers
    begun = one.call("sign_up", ANN, "Ann", PASSWORD, HERE)
    code = take_mail(accounts, MailKind.SIGN_UP).code
    assert other.call("verify", begun["sign_up"], code, HERE)["ok"]
    ticket = one.call("sign_in", ANN, PASSWORD, HERE)["ticket"]
    token = other.call("open_session", ticket, BROWSER, HERE)
    assert one.call("open_session", ticket, BROWSER, HERE) is None
    assert one.call("check_session", token) == ANN
    accounts.sign_out(session_user(accounts, token), HERE)
    assert [server.call("check_session", token) for server in servers] == [None, None]


def test_changes_of_an_account_apply_on_both_servers(
    servers: tuple[Server, Server], accounts: Accounts
) -> None:
    one, other = servers
    user = add_user(accounts)
    token = sign_in(accounts)
    assert [server.call("check_session", token) for server in servers] == [ANN, ANN]
    accounts.disable(COMMAND_LINE, user.id)
    assert [server.call("check_session", token) for server in servers] == [None, None]
    assert not one.call("sign_in", ANN, PASSWORD, HERE)["ok"]
    accounts.enable(COMMAND_LINE, user.id)
    assert other.call("sign_in", ANN, PASSWORD, HERE)["ok"]
    one.call("request_reset", ANN, HERE)
    code = take_mail(accounts, MailKind.RESET).code
    assert one.call("reset", ANN, code, OTHER_PASSWORD, HERE)["ok"]
    assert not other.call("reset", ANN, code, PASSWORD, HERE)["ok"]
    assert not other.call("sign_in", ANN, PASSWORD, HERE)["ok"]
    assert other.call("sign_in", ANN, OTHER_PASSWORD, HERE)["ok"]


def test_wrong_passwords_on_both_servers_are_counted_together(
    servers: tuple[Server, Server], accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    for number in range(10):
        servers[number % 2].call("sign_in", ANN, OTHER_PASSWORD, f"10.0.0.{number}")
    assert not servers[1].call("sign_in", ANN, PASSWORD, HERE)["ok"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit WHERE action = 'sign-in failed'")
        (compared,) = cursor.fetchone()
    assert compared <= 6


def test_concurrent_sign_ups_on_both_servers_create_one_account(
    servers: tuple[Server, Server], accounts: Accounts, connection: Any
) -> None:
    begun: dict[Server, Any] = {}
    done: dict[Server, Any] = {}

    def on_both(call: Any) -> None:
        threads = [threading.Thread(target=call, args=(server,)) for server in servers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def begin(server: Server) -> None:
        begun[server] = server.call("sign_up", ANN, "Ann", PASSWORD, HERE)

    def verify(server: Server) -> None:
        done[server] = server.call("verify", begun[server]["sign_up"], code, HERE)

    on_both(begin)
    code = take_mail(accounts, MailKind.SIGN_UP).code
    on_both(verify)
    assert sorted(outcome["ok"] for outcome in done.values()) == [False, True]
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM users")
        assert cursor.fetchall() == [(ANN,)]
