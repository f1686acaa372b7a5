"""The sign-in form, and its check: streamlit-authenticator's, over our accounts.

Only its form and control flow are used. By itself it would read all users into a mapping, lock
accounts in one process only, set a cookie by script that outlives every change, and cut and strip
passwords.
"""

from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController
from streamlit_authenticator.models import AuthenticationModel

from reldash.auth import Accounts
from reldash.auth.outcomes import Outcome

_FIELDS = {
    "Form name": "Sign in",
    "Username": "Email",
    "Password": "Password",
    "Login": "Sign in",
}
# Left in the session state by the library. Nothing reads it: only the cookie counts.
_LEFT_BEHIND = ("name", "username", "email", "roles", "authentication_status", "logout")


class _Model(AuthenticationModel):  # type: ignore[misc]  # the library ships no types
    """Checks against the accounts; its mapping holds the one user who has just signed in."""

    def __init__(self, accounts: Accounts, address: str) -> None:
        super().__init__({"usernames": {}}, auto_hash=False)
        self.accounts, self.address = accounts, address
        self.outcome: Outcome | None = None

    def check_credentials(self, username: str, password: str) -> bool:
        """Whether the password is the user's; counted, delayed and locked in the database."""
        self.outcome = self.accounts.sign_in(username, password, self.address)
        if not self.outcome.ticket:
            return False
        self.credentials["usernames"] = {username: {"email": username, "name": username}}
        return True


class _Controller(AuthenticationController):  # type: ignore[misc]  # likewise
    """Passes the input to the model unchanged: the library would strip spaces from passwords."""

    def __init__(self, model: _Model) -> None:
        self.authentication_model = model

    def login(
        self, username: str | None = None, password: str | None = None, *_: Any, **__: Any
    ) -> bool | None:
        """True after a sign-in, False if it failed, None where nothing was submitted."""
        done: bool | None = self.authentication_model.login(username, password)
        return done


class _NoCookie:
    """Replaces the library's cookie, which any script could read and nobody could revoke."""

    def get_cookie(self) -> None:
        """Nobody is signed in by it."""

    def set_cookie(self) -> None:
        """The ticket of the outcome becomes the session's cookie, over our own route."""


class _Form(Authenticate):  # type: ignore[misc]  # likewise
    """The library's form; its own __init__ would make its cookie, which loads a component."""

    def __init__(self, model: _Model) -> None:
        self.path = None
        self.attrs = {"login_sleep_time": 0}  # seconds each signed-out run would wait
        self.cookie_controller = _NoCookie()
        self.authentication_controller = _Controller(model)


def render_form(accounts: Accounts, address: str) -> Outcome | None:
    """Draw the form; returns the outcome of a sign-in in this run, if there was one."""
    _forget()
    model = _Model(accounts, address)
    _Form(model).login(fields=_FIELDS, key="reldash_sign_in")
    _forget()
    return model.outcome


def _forget() -> None:
    for key in _LEFT_BEHIND:
        st.session_state.pop(key, None)
