"""A session that has ended shows nothing new: within one run, and in every open page.

Two checks ensure it: the session guard closes a websocket at its next message, and each run,
fragment and callback checks the session itself. Each test holds with the other check disabled.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from reldash.auth import Accounts
from reldash.domain.accounts import COMMAND_LINE, Role, SessionUser
from reldash.store import Store
from tests.integration.dashboards import Dashboard
from tests.integration.sessions import HERE, PASSWORD, accounts_of, add_user, open_session
from tests.integration.tabs import Tab, tab

SHOWN = b"card-vault"  # a service on every page that these tests open

ENDS: dict[str, Callable[[Accounts, SessionUser], object]] = {
    "sign-out": lambda accounts, who: accounts.sign_out(who, HERE),
    "sign-out everywhere": lambda accounts, who: accounts.end_all(who, HERE),
    "a password change": lambda accounts, who: accounts.change_password(
        who, PASSWORD, "nine green kettles", HERE
    ),
    "disabling": lambda accounts, who: accounts.disable(COMMAND_LINE, who.user_id),
    "another role": lambda accounts, who: accounts.set_role(COMMAND_LINE, who.user_id, Role.ADMIN),
    "an administrator": lambda accounts, who: accounts.end_sessions(COMMAND_LINE, who.user_id),
}


@pytest.fixture
def accounts(collected: tuple[str, str]) -> Iterator[Accounts]:
    """The accounts of the servers' database, in another process than theirs."""
    with closing(Store.open(collected[0])) as store:
        yield accounts_of(store)


@pytest.fixture
def token(accounts: Accounts) -> str:
    """The token of a session of a new viewer."""
    email = f"{uuid.uuid4().hex}@example.com"
    add_user(accounts, email)
    return open_session(accounts, email)


@pytest.fixture
def end(accounts: Accounts, token: str) -> Callable[[str], None]:
    """Call it with one of `ENDS` to end the session of `token`."""

    def bring_about(how: str) -> None:
        who = accounts.check_session(token)
        assert who is not None
        ENDS[how](accounts, who)

    return bring_about


@pytest.fixture
def idle(
    accounts: Accounts, token: str, collected: tuple[str, str]
) -> Iterator[Callable[[], bool]]:
    """Call it to hear whether the session was used since it was called last."""
    who = accounts.check_session(token, activity=False)
    assert who is not None
    long_ago = "2 hours"
    with closing(psycopg2.connect(collected[0])) as connection:
        connection.autocommit = True
        cursor = connection.cursor()

        def ask() -> bool:
            cursor.execute(
                "SELECT last_seen_at < now() - interval '1 hour' FROM sessions WHERE id = %s",
                (who.session_id,),
            )
            (found,) = cursor.fetchone() or (False,)
            cursor.execute(
                "UPDATE sessions SET last_seen_at = now() - %s::interval WHERE id = %s",
                (long_ago, who.session_id),
            )
            return bool(found)

        ask()
        yield ask


@pytest.fixture(params=["plain", "no_session_guard"])
def served(request: pytest.FixtureRequest) -> Dashboard:
    found: Dashboard = request.getfixturevalue(request.param)
    return found


def shows(opened: Tab, page: str = "platform") -> bool:
    """Whether a page is shown, by what comes when it is run."""
    before = len(opened.received)
    opened.open(page)
    return SHOWN in opened.received[before:]


@pytest.mark.parametrize("how", ENDS)
def test_a_copied_cookie_dies_with_its_session_within_one_run(
    how: str, served: Dashboard, token: str, end: Callable[[str], None]
) -> None:
    with tab(served, token) as own, tab(served, token) as copied:
        assert shows(own)
        assert shows(copied)
        end(how)
        assert not shows(own)
        assert not shows(copied)
    with tab(served, token) as later:
        assert not shows(later)
        assert b"Sign in" in later.received


def test_a_page_left_open_shows_nothing_new_by_its_fragment(
    served: Dashboard, token: str, end: Callable[[str], None]
) -> None:
    with tab(served, token) as opened:
        assert shows(opened)
        (fragment,) = set(opened.fragments)
        opened.rerun_fragment(fragment)
        end("disabling")
        before = len(opened.received)
        opened.rerun_fragment(fragment)
        since = bytes(opened.received[before:])
        assert SHOWN not in since
        assert b"Data read" not in since


def test_the_door_closes_the_websocket_and_every_route(
    plain: Dashboard, token: str, end: Callable[[str], None]
) -> None:
    assert plain.ask("/export/inventory.csv", token).status == 200
    with tab(plain, token) as opened:
        assert shows(opened)
        end("disabling")
        assert not shows(opened)
        assert opened.is_closed
    assert plain.ask("/export/inventory.csv", token).status == 401


def test_what_a_page_does_by_itself_is_no_activity(
    plain: Dashboard, token: str, idle: Callable[[], bool]
) -> None:
    with tab(plain, token) as opened:
        opened.open("platform")
        assert not idle()
        for fragment in set(opened.fragments):
            opened.rerun_fragment(fragment)
        assert idle()
        opened.open("platform")
        assert not idle()
    with tab(plain, token, resume=opened.session_id) as back:  # after a lost connection
        assert idle()
        back.open("platform")
        assert idle()


@pytest.mark.parametrize("alive", [True, False])
def test_a_click_in_a_session_that_has_ended_does_nothing(
    alive: bool,
    no_session_guard: Dashboard,
    token: str,
    end: Callable[[str], None],
    collected: tuple[str, str],
) -> None:
    with tab(no_session_guard, token) as opened, closing(Store.open(collected[0])) as store:
        opened.open("platform")
        before = store.cache_key.load()
        if not alive:
            end("disabling")
        click = BackMsg()
        click.rerun_script.widget_states.widgets.add(
            id=button_of(opened, "Clear cache"), trigger_value=True
        )
        opened.run(click)
        assert (store.cache_key.load() > before) is alive


def test_signed_out_nobody_clears_what_all_share(
    plain: Dashboard,
) -> None:
    with tab(plain) as opened:
        opened.open()
        opened.run(BackMsg(clear_cache=True))
        assert opened.is_closed


def test_a_session_cannot_be_resumed_by_its_id(plain: Dashboard, token: str) -> None:
    with tab(plain, token) as own:
        own.open("platform")
        with tab(plain, resume=own.session_id) as other:
            assert not shows(other)
            assert other.session_id != own.session_id
        assert shows(own)


def test_resuming_a_foreign_session_shows_nothing_of_it(
    no_session_guard: Dashboard, token: str
) -> None:
    with tab(no_session_guard, token) as own:
        own.open("platform")
        taken = own.session_id
    with tab(no_session_guard, resume=taken) as other:
        assert not shows(other)
        assert other.session_id == taken  # Streamlit alone would have let them


def button_of(opened: Tab, label: str) -> str:
    """The id of a button that was drawn."""
    return next(
        message.delta.new_element.button.id
        for message in reversed(opened.messages)
        if message.delta.new_element.button.label == label
    )


GRID = b"reldash_matrix_grid"  # the component's name, which no style sheet speaks of


def test_what_is_chosen_in_the_grid_of_an_ended_session_brings_nothing(
    served: Dashboard, token: str, end: Callable[[str], None]
) -> None:
    with tab(served, token) as opened:
        opened.open("platform", "text=card-vault")
        assert SHOWN in opened.received
        assert GRID in opened.received
        end("disabling")
        before = len(opened.received)
        opened.open("platform", "state=ahead&service=card-vault&column=prod")
        since = bytes(opened.received[before:])
    assert SHOWN not in since
    assert GRID not in since
