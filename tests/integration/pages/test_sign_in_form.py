"""What the library of the sign-in form would do by itself, and does not do here."""

import time
from contextlib import closing
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_authenticator.utilities import Helpers
from streamlit_authenticator.views import authentication_view

from reldash.domain.accounts import COMMAND_LINE, Role
from reldash.store import Store
from reldash.ui import gate
from tests.integration.pages.screens import open_page
from tests.integration.sessions import PASSWORD, VIEWER, accounts_of

# Where the library keeps the answers to its puzzles, in the session's state.
KEPT_PUZZLES = ("login_captcha", "register_user_captcha", "forgot_password_captcha")
SPACED = "  seven slow lighthouses  "  # the library would cut it off at both ends

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def signed_out(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(gate, "read_token", lambda: None)
    return open_page("platform")


def sign_in(session: AppTest, email: str, password: str) -> None:
    session.text_input[0].set_value(email)
    session.text_input[1].set_value(password)
    next(button for button in session.button if button.label == "Sign in").click().run()
    assert not session.exception


def test_a_password_counts_with_its_spaces(collected: tuple[str, str], signed_out: AppTest) -> None:
    with closing(Store.open(collected[0])) as store:
        accounts = accounts_of(store)
        if accounts.find_user("sam@example.com") is None:
            accounts.add_user(COMMAND_LINE, "sam@example.com", Role.VIEWER, SPACED, "Sam")
    sign_in(signed_out, "sam@example.com", SPACED.strip())
    assert [error.value.splitlines()[0].strip() for error in signed_out.error] == [
        "**Not signed in**"
    ]
    again = open_page("platform")
    sign_in(again, "sam@example.com", SPACED)
    assert not again.error
    assert not again.text_input


def test_no_puzzle_of_four_digits_stands_in_for_a_limit(signed_out: AppTest) -> None:
    assert [each.label for each in signed_out.text_input] == ["Email", "Password"]
    sign_in(signed_out, VIEWER, "not the password")
    assert [each.label for each in signed_out.text_input] == ["Email", "Password"]
    assert not signed_out.get("imgs")
    assert not any(key in signed_out.session_state for key in KEPT_PUZZLES)


@pytest.mark.parametrize(
    "link", ["Create an account", "Sign in with an email code", "Forgot your password, or invited?"]
)
def test_no_card_asks_for_a_hint_to_a_password(link: str, signed_out: AppTest) -> None:
    next(button for button in signed_out.button if button.label == link).click().run()
    assert not [each.label for each in signed_out.text_input if "hint" in each.label.casefold()]


def test_nobody_waits_for_the_form_to_be_drawn(
    signed_out: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(
        authentication_view, "time", SimpleNamespace(sleep=waited.append, time=time.time)
    )
    signed_out.run()
    assert not sum(waited)


def test_users_are_written_to_no_file(signed_out: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    monkeypatch.setattr(Helpers, "update_config_file", lambda *given: written.append(given))
    sign_in(signed_out, VIEWER, PASSWORD)
    sign_in(open_page("platform"), VIEWER, "not the password")
    assert not written
