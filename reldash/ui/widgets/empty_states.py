"""Empty states: why there is nothing to show, and what to do."""

import streamlit as st

from reldash.ui.widgets.markup import element


def render_empty_state(title: str, advice: str) -> None:
    """Draw an empty state.

    Args:
        title: the cause.
        advice: what to do about it.
    """
    st.html(
        element(
            "div",
            element("p", title, class_="rd-empty-title"),
            element("p", advice),
            class_="rd-empty",
        )
    )
