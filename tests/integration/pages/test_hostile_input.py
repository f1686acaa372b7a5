"""Whatever is typed before sign-in and on the account page is taken or refused in words."""

import pytest
from streamlit.testing.v1 import AppTest

from reldash.ui import gate
from tests.integration.pages.screens import html_of, open_page

HOSTILE = {
    "nothing": "",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "formatting": "**x** [y](javascript:alert(1)) :red[z] $1$ `c`",
    "SQL": "'; DROP TABLE users; --",
    "NUL": "a\0b@example.com",
    "control characters": "\x07\x1b[31m\r\n.",
    "right to left": "\u202eannA\u202c@example.com",
    "half a character": "\ud800@example.com".encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    ),
    "look-alike": "\u0430nn@example.com",
    "long": "x" * 250_000,  # a megabyte and a half where a page has six fields
    "long address": "x" * 300 + "@example.com",
}

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def signed_out(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(gate, "read_token", lambda: None)
    return open_page("platform")


def submit(session: AppTest, label: str, typed: str = "") -> None:
    """Type it into every field, and press a button; the page is still there after that."""
    for box in session.text_input:
        box.set_value(typed)
    next(button for button in session.button if button.label == label).click().run()
    assert not session.exception
    assert [box.label for box in session.text_input]


@pytest.mark.parametrize("typed", [*HOSTILE, "x" * 500_000], ids=[*HOSTILE, "a megabyte"])
def test_the_sign_in_form_takes_anything(typed: str, signed_out: AppTest) -> None:
    found = HOSTILE.get(typed, typed)
    submit(signed_out, "Sign in", found)
    assert len(signed_out.error) == bool(found)
    if found:
        assert signed_out.error[0].value.startswith("**Not signed in**")


@pytest.mark.parametrize(
    ("link", "button"),
    [
        ("Create an account", "Create account"),
        ("Sign in with an email code", "Send code"),
        ("Forgot your password, or invited?", "Send code"),
    ],
)
def test_other_forms_refuse_it_in_words(link: str, button: str, signed_out: AppTest) -> None:
    submit(signed_out, link)
    for name, typed in HOSTILE.items():
        submit(signed_out, button, typed)
        assert len(signed_out.error) == 1, name
        assert "alert(1)" not in signed_out.error[0].value, name
        assert "script" not in html_of(signed_out), name


@pytest.mark.parametrize(
    "button", ["Change name", "Send code to it", "Change password", "Create token"]
)
def test_the_account_page_takes_or_refuses_it(button: str) -> None:
    session = open_page("account")
    for name, typed in HOSTILE.items():
        submit(session, button, typed)
        assert len([*session.error, *session.success]) == 1, name
        assert "<script" not in html_of(session), name
        assert "<img" not in html_of(session), name
