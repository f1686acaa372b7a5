"""A visitor's step in signing in, and the last message."""

import time
from collections.abc import Callable
from enum import StrEnum

import streamlit as st

from reldash.auth import AccountError, NextStep, Outcome
from reldash.ui.widgets.flash_messages import outcome_text
from reldash.ui.widgets.markup import plain

_STATE = "reldash_progress"  # in the session state


class SignInStep(StrEnum):
    """The form that is shown; the first is the sign-in form."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    VERIFY = "verify"
    REQUEST_CODE = "request_code"
    ENTER_CODE = "enter_code"
    REQUEST_RESET = "request_reset"
    RESET = "reset"
    EXCHANGE = "exchange"


class SignInFlow:
    """A visitor's way through signing in.

    Attributes:
        email: the address that a code was sent to, as typed.
        sign_up: id of the sign-up under way.
        ticket: of a successful sign-in, to exchange for the cookie.
        ready_at: by time.monotonic(), when another email may be requested.
    """

    def __init__(self) -> None:
        self.step = SignInStep.SIGN_IN
        self.email = ""
        self.sign_up = ""
        self.ticket = ""
        self.ready_at = 0.0
        self._message = ("", "")
        self._failed = False

    def go(self, step: SignInStep) -> None:
        """Show another step."""
        self.step = step
        self._message = ("", "")

    def apply(self, outcome: Outcome, code_step: SignInStep) -> None:
        """Go where an outcome leads: `code_step` is where its code is typed."""
        self._message, self._failed = outcome_text(outcome), not outcome.ok
        if outcome.ticket:
            self.ticket, self.step = outcome.ticket, SignInStep.EXCHANGE
        elif outcome.step is NextStep.CODE:
            self.sign_up = outcome.sign_up or self.sign_up
            self.ready_at = time.monotonic() + outcome.wait.total_seconds()
            self.step = code_step

    def attempt(self, action: Callable[[], Outcome | None], code_step: SignInStep) -> None:
        """Run an action and go to the step that it leads to; show its error if it fails."""
        try:
            outcome = action()
            if outcome is not None:
                self.apply(outcome, code_step)
        except AccountError as error:
            self._message, self._failed = (error.title, error.message), True

    def render_message(self) -> None:
        """Draw the last message."""
        title, message = self._message
        if title:
            words = f"**{plain(title)}**  \n{plain(message)}"
            if self._failed:
                st.error(words, icon=":material/error:")
            else:
                st.info(words, icon=":material/mail:")


def get_flow() -> SignInFlow:
    """The flow of this session's visitor."""
    flow: SignInFlow = st.session_state.setdefault(_STATE, SignInFlow())
    return flow
