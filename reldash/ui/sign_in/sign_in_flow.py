"""How far a visitor has come in signing in, and what was said to them last."""

import time
from collections.abc import Callable
from enum import StrEnum

import streamlit as st

from reldash.auth import AccountError, NextStep, Outcome
from reldash.ui.widgets.flash_messages import outcome_text
from reldash.ui.widgets.markup import plain

_STATE = "reldash_progress"  # in the session's state


class SignInStep(StrEnum):
    """What is shown; the first is the sign-in form."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    VERIFY = "verify"
    ASK_CODE = "ask_code"
    TYPE_CODE = "type_code"
    ASK_RESET = "ask_reset"
    RESET = "reset"
    TAKING = "taking"


class SignInFlow:
    """How far a visitor has come.

    Attributes:
        email: where a code went, as it was typed.
        sign_up: names the sign-up under way.
        ticket: of a sign-in that has succeeded.
        ready_at: by time.monotonic(), when another mail may be asked for.
    """

    def __init__(self) -> None:
        self.card = SignInStep.SIGN_IN
        self.email = ""
        self.sign_up = ""
        self.ticket = ""
        self.ready_at = 0.0
        self._said = ("", "")
        self._failed = False

    def go(self, card: SignInStep) -> None:
        """Show another card."""
        self.card = card
        self._said = ("", "")

    def take(self, outcome: Outcome, code_card: SignInStep) -> None:
        """Go where an outcome leads: `code_card` is where its code is typed."""
        self._said, self._failed = outcome_text(outcome), not outcome.ok
        if outcome.ticket:
            self.ticket, self.card = outcome.ticket, SignInStep.TAKING
        elif outcome.step is NextStep.CODE:
            self.sign_up = outcome.sign_up or self.sign_up
            self.ready_at = time.monotonic() + outcome.wait.total_seconds()
            self.card = code_card

    def attempt(self, action: Callable[[], Outcome | None], code_card: SignInStep) -> None:
        """Do something that may fail, and go where it leads; what was wrong is said."""
        try:
            outcome = action()
            if outcome is not None:
                self.take(outcome, code_card)
        except AccountError as error:
            self._said, self._failed = (error.title, error.message), True

    def render_message(self) -> None:
        """Show what was said last."""
        title, message = self._said
        if title:
            words = f"**{plain(title)}**  \n{plain(message)}"
            if self._failed:
                st.error(words, icon=":material/error:")
            else:
                st.info(words, icon=":material/mail:")


def get_flow() -> SignInFlow:
    """The progress of this session's visitor."""
    progress: SignInFlow = st.session_state.setdefault(_STATE, SignInFlow())
    return progress
