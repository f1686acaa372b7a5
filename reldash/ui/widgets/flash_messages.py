"""Flash messages: the outcome of an action, shown once after the rerun."""

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from reldash.auth import AccountError, Outcome
from reldash.domain.phrases import duration_words
from reldash.ui.widgets.markup import plain

_FLASH = "reldash_flash_"  # in the session state, followed by the place


def add(place: str, title: str, message: str = "", *, failed: bool = False) -> None:
    """Store a message for the next `render` of this place."""
    st.session_state[_FLASH + place] = (title, message, failed)


def render(place: str) -> None:
    """Show the message of this place, once."""
    flash: tuple[str, str, bool] | None = st.session_state.pop(_FLASH + place, None)
    if flash is None:
        return
    title, message, failed = flash
    words = f"**{plain(title)}**  \n{plain(message)}" if message else plain(title)
    if failed:
        st.error(words, icon=":material/error:")
    else:
        st.success(words, icon=":material/check:")


def attempt(place: str, action: Callable[[], Outcome | str]) -> Outcome | None:
    """Run an action that may fail, and flash its outcome.

    Args:
        place: where the message is shown.
        action: returns an outcome, or the message of its success.

    Returns the outcome; None where there is none, or where the action raised AccountError.
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
    """An outcome's title, and its message with the time to wait after a failure."""
    if outcome.ok or outcome.wait <= timedelta(0):
        return outcome.title, outcome.message
    wait = duration_words(max(outcome.wait, timedelta(seconds=1)))
    return outcome.title, f"{outcome.message} You can try again in {wait}."
