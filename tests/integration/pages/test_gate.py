"""The gate and the guards in one process, without a websocket."""

from contextlib import closing

import pytest

from reldash.errors import StoreError
from reldash.services.context import Context
from reldash.store import Store
from reldash.ui import gate
from tests.integration.pages.screens import html_of, open_page
from tests.integration.sessions import VIEWER, accounts_of, open_session

pytestmark = pytest.mark.usefixtures("context")


def sign_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "read_token", lambda: None)


def test_state_that_another_session_left_is_cleared(
    collected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_page("account")
    session.session_state["reldash_new_token"] = "rd_shown-once"
    assert "rd_shown-once" in [code.value for code in session.run().code]
    with closing(Store.open(collected[0])) as store:
        other = open_session(accounts_of(store), VIEWER)
    monkeypatch.setattr(gate, "read_token", lambda: other)
    session.run()
    assert not session.exception
    assert not session.code
    assert "reldash_new_token" not in session.session_state


def test_signed_out_nothing_of_a_session_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    session = open_page("platform")
    assert session.get("bidi_component")
    sign_out(monkeypatch)
    session.run()
    assert not session.get("bidi_component")
    assert not session.exception
    assert [each.label for each in session.text_input] == ["Email", "Password"]


def test_the_library_leaves_no_word_of_who_is_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_out(monkeypatch)
    session = open_page("platform")
    for forged in ("authentication_status", "username", "name", "roles"):
        session.session_state[forged] = "admin"
    session.run()
    assert [each.label for each in session.text_input] == ["Email", "Password"]
    assert "authentication_status" not in session.session_state


def test_signed_out_no_component_of_the_library_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_out(monkeypatch)
    session = open_page("platform")
    assert not session.get("component_instance")
    assert not session.get("bidi_component")


def test_an_unreachable_database_lets_nobody_in_and_reveals_nothing(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise StoreError("Database away", "postgres@secret-host:5432/reldash: refused")

    monkeypatch.setattr(context.store, "accounts", fail)
    session = open_page("platform")
    assert not session.exception
    assert session.error[0].value.startswith("**Database away**")
    assert "secret-host" not in session.error[0].value
    assert not session.get("bidi_component")


def test_a_link_to_sign_out_asks_for_confirmation() -> None:
    session = open_page("sign_out")
    assert [button.label for button in session.button] == ["Sign out"]
    assert gate.read_token() is not None
    assert gate.accounts().check_session(gate.read_token() or "") is not None
    session.button(key="reldash_out").click().run()
    assert gate.accounts().check_session(gate.read_token() or "") is None
    assert "Signing out" in html_of(session)
