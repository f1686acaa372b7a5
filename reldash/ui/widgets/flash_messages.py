"""What an action came to, shown once where it was asked for, after the page has run again."""

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from reldash.auth import AccountError, Outcome
from reldash.domain.phrases import duration_words
from reldash.ui.widgets.markup import plain

_FLASH = "reldash_flash_"  # in the session's state, with the place


def add(place: str, title: str, message: str = "", *, failed: bool = False) -> None:
    """Have it shown by the next `render` of this place."""
    st.session_state[_FLASH + place] = (title, message, failed)


def render(place: str) -> None:
    """Show what was message_shown last, once."""
    message_shown: tuple[str, str, bool] | None = st.session_state.pop(_FLASH + place, None)
    if message_shown is None:
        return
    title, message, failed = message_shown
    words = f"**{plain(title)}**  \n{plain(message)}" if message else plain(title)
    if failed:
        st.error(words, icon=":material/error:")
    else:
        st.success(words, icon=":material/check:")


def attempt(place: str, action: Callable[[], Outcome | str]) -> Outcome | None:
    """Do something that may fail, and say what it came to.

    Args:
        place: where to say it.
        action: returns an outcome, or words for its success.

    Returns the outcome; None where there is none, or it failed with AccountError.
    """
    try:
        done = action()
    except AccountError as error:
        add(place, error.title, error.message, failed=True)
        return None
    if isinstance(done, str):
        add(place, done)
        return None
    add(place, *outcome_text(done), failed=not done.ok)
    return done


def outcome_text(outcome: Outcome) -> tuple[str, str]:
    """The title of an outcome, and its message with how long to wait after a failure."""
    if outcome.ok or outcome.wait <= timedelta(0):
        return outcome.title, outcome.message
    wait = duration_words(max(outcome.wait, timedelta(seconds=1)))
    return outcome.title, f"{outcome.message} The next try counts in {wait}."
