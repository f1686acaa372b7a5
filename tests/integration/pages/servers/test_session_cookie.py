"""The routes that set and take away a session's cookie, and whom a server answers at all."""

from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from reldash.auth import Accounts
from reldash.domain.accounts import SessionUser
from reldash.store import Store
from tests.integration.dashboards import Answer, Dashboard, dashboard
from tests.integration.sessions import COOKIE, HERE, PASSWORD, VIEWER, accounts_of

OURS = {"x-reldash": "1", "sec-fetch-site": "same-origin", "user-agent": "Firefox/140.0 Windows"}
VISITOR = "198.51.100.7"


@pytest.fixture
def accounts(collected: tuple[str, str], token: str) -> Iterator[Accounts]:  # noqa: ARG001 - so that there is a user
    with closing(Store.open(collected[0])) as store:
        yield accounts_of(store)


@pytest.fixture
def ticket(accounts: Accounts) -> str:
    return accounts.sign_in(VIEWER, PASSWORD, HERE).ticket


@pytest.fixture(scope="module")
def behind_proxy(
    collected: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """A server that people reach over https, through a proxy on this machine."""
    settings = {
        "RELDASH_BASE_URL": "https://dash.example.com",
        "RELDASH_TRUSTED_PROXIES": "127.0.0.0/8,::1",
    }
    with dashboard(*collected, tmp_path_factory.mktemp("proxied"), **settings) as found:
        yield found


def hand_in(server: Dashboard, ticket: str, **headers: str) -> Answer:
    """Post a ticket as the sign-in page does."""
    sent = OURS | {name.replace("_", "-"): value for name, value in headers.items()}
    return server.ask("/auth/ticket", method="POST", body=ticket, headers=sent)


def token_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition("=")[2].partition(";")[0]


def session_of(accounts: Accounts, token: str) -> tuple[SessionUser, str, str]:
    """Who a token is of, and the device and address that its session was opened with."""
    who = accounts.check_session(token)
    assert who is not None
    session = next(each for each in accounts.list_sessions(who) if each.id == who.session_id)
    return who, session.device, session.address


def test_a_ticket_becomes_a_cookie_that_no_script_reads(
    plain: Dashboard, ticket: str, accounts: Accounts
) -> None:
    answer = hand_in(plain, ticket)
    assert answer.status == 204
    assert answer.headers["cache-control"] == "no-store"
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert attributes == {"httponly", "samesite=lax", "path=/", "max-age=604800"}
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=")
    who, device, address = session_of(accounts, token_of(answer))
    assert (who.email, device, address) == (VIEWER, "Firefox on Windows", HERE)


def test_behind_https_the_cookie_is_bound_to_its_host(behind_proxy: Dashboard, ticket: str) -> None:
    cookie = hand_in(behind_proxy, ticket).headers["set-cookie"]
    assert cookie.startswith("__Host-reldash_session=")
    assert "; secure" in cookie.lower()
    assert "path=/" in cookie.lower()
    assert "domain" not in cookie.lower()


def test_a_ticket_is_good_once(plain: Dashboard, ticket: str) -> None:
    assert hand_in(plain, ticket).status == 204
    again = hand_in(plain, ticket)
    assert again.status == 403
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize(
    "body", ["", "no-such-ticket", "x" * 20_000, "ä" * 50, "\0", "' OR 1=1 --"]
)
def test_what_is_no_ticket_is_refused(body: str, plain: Dashboard) -> None:
    answer = hand_in(plain, body)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec-fetch-site": "same-origin"}, id="without our own header"),
        pytest.param({"x-reldash": "1", "sec-fetch-site": "cross-site"}, id="another site"),
        pytest.param({"x-reldash": "1", "sec-fetch-site": "same-site"}, id="a sibling"),
        pytest.param({"x-reldash": "1", "sec-fetch-site": "none"}, id="typed in"),
        pytest.param({"x-reldash": "1"}, id="no word of where it comes from"),
        pytest.param({"x-reldash": "1", "origin": "http://evil.example"}, id="another origin"),
        pytest.param({"x-reldash": "1", "origin": "null"}, id="an origin that is none"),
    ],
)
@pytest.mark.parametrize("path", ["/auth/ticket", "/auth/sign-out"])
def test_only_our_own_pages_may_ask(
    path: str,
    headers: dict[str, str],
    plain: Dashboard,
    ticket: str,
    accounts: Accounts,
    token: str,
) -> None:
    answer = plain.ask(path, token, method="POST", body=ticket, headers=headers)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    assert accounts.check_session(token) is not None


def test_where_browsers_say_no_site_the_origin_will_do(plain: Dashboard, ticket: str) -> None:
    headers = {"x-reldash": "1", "origin": plain.address}
    assert plain.ask("/auth/ticket", method="POST", body=ticket, headers=headers).status == 204


def test_signing_out_ends_the_session_and_takes_the_cookie(
    plain: Dashboard, token: str, accounts: Accounts
) -> None:
    answer = plain.ask("/auth/sign-out", token, method="POST", body="", headers=OURS)
    assert answer.status == 204
    assert answer.headers["set-cookie"].startswith(f'{COOKIE}="";')
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert accounts.check_session(token) is None
    assert plain.ask("/auth/sign-out", token, method="POST", body="", headers=OURS).status == 204


def test_what_happens_on_one_server_holds_on_the_other_at_once(
    plain: Dashboard, without: Callable[..., Dashboard], ticket: str
) -> None:
    second = without()
    token = token_of(hand_in(plain, ticket))
    assert second.ask("/export/inventory.csv", token).status == 200
    second.ask("/auth/sign-out", token, method="POST", body="", headers=OURS)
    assert plain.ask("/export/inventory.csv", token).status == 401


def test_an_address_in_a_header_is_not_believed(
    plain: Dashboard, ticket: str, accounts: Accounts
) -> None:
    """Not even of this machine's own processes, whom uvicorn would believe by itself."""
    token = token_of(hand_in(plain, ticket, x_forwarded_for=VISITOR))
    assert session_of(accounts, token)[2] in {HERE, "::1"}


def test_a_trusted_proxy_is_believed(
    behind_proxy: Dashboard, ticket: str, accounts: Accounts
) -> None:
    token = token_of(hand_in(behind_proxy, ticket, x_forwarded_for=f"192.0.2.66, {VISITOR}"))
    assert session_of(accounts, token)[2] == VISITOR


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io"])
@pytest.mark.parametrize("path", ["/", "/platform", "/export/inventory.csv", "/static/index.js"])
def test_another_host_is_not_answered_for(
    host: str, path: str, plain: Dashboard, token: str
) -> None:
    answer = plain.ask(path, token, headers={"host": host})
    assert answer.status == 421
    assert answer.headers["content-security-policy"]


def test_the_host_that_people_know_is_answered_for(behind_proxy: Dashboard) -> None:
    assert behind_proxy.ask("/", headers={"host": "dash.example.com"}).status == 200


def test_probes_may_come_by_any_name(plain: Dashboard) -> None:
    assert plain.ask("/healthz", headers={"host": "10.1.2.3:8501"}).status == 200


@pytest.mark.parametrize(
    ("origin", "opens"),
    [
        ("OWN", True),
        (None, True),
        ("http://evil.example", False),
        ("http://localhost:1", False),
        ("null", False),
    ],
)
def test_a_websocket_is_opened_by_our_own_pages_only(
    origin: str | None, opens: bool, plain: Dashboard, token: str
) -> None:
    headers = {"Cookie": f"{COOKIE}={token}"}
    if origin is not None:
        headers["Origin"] = plain.address if origin == "OWN" else origin
    address = f"{plain.address.replace('http', 'ws', 1)}/_stcore/stream"
    expected = nullcontext() if opens else pytest.raises(InvalidStatus)
    with expected, connect(address, additional_headers=headers):
        pass
