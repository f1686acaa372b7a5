"""Long tables in parts, with a button for the next part."""

import streamlit as st

from reldash.ui import gate

_KEY = "reldash_more_"  # in the session state: content and number of rows


def shown(name: str, content: str, at_once: int) -> int:
    """The number of rows to show.

    Args:
        name: of the table, unique on its page.
        content: identifies what it shows; other content starts at the first part again.
        at_once: rows of a part.
    """
    known, number = st.session_state.get(_KEY + name, ("", 0))
    return max(number, at_once) if known == content else at_once


def render_show_more(name: str, content: str, total: int, at_once: int) -> None:
    """Draw a button for the next part, if there is one; arguments as for `shown`."""
    number = shown(name, content, at_once)
    if number >= total:
        return
    st.button(
        f"Show {min(at_once, total - number)} more of {total}",
        key=f"reldash_more_button_{name}",
        icon=":material/expand_more:",
        on_click=gate.guarded(_show),
        args=(name, content, number + at_once),
    )


def _show(name: str, content: str, number: int) -> None:
    st.session_state[_KEY + name] = content, number
