"""Long tables, a part at a time: the rest comes when it is asked for."""

import streamlit as st

from reldash.ui import gate

_KEY = "reldash_more_"  # in the session's state: what is shown, and how much of it


def shown(name: str, what: str, at_once: int) -> int:
    """How many rows are to be shown.

    Args:
        name: of the table, unique on its page.
        what: what it shows: of anything else, only the first part is shown again.
        at_once: rows of a part.
    """
    known, number = st.session_state.get(_KEY + name, ("", 0))
    return max(number, at_once) if known == what else at_once


def render_show_more(name: str, what: str, total: int, at_once: int) -> None:
    """Draw a button for the next part, where there is one; arguments as of `shown`."""
    number = shown(name, what, at_once)
    if number >= total:
        return
    st.button(
        f"Show {min(at_once, total - number)} more of {total}",
        key=f"reldash_more_button_{name}",
        icon=":material/expand_more:",
        on_click=gate.guarded(_show),
        args=(name, what, number + at_once),
    )


def _show(name: str, what: str, number: int) -> None:
    st.session_state[_KEY + name] = what, number
