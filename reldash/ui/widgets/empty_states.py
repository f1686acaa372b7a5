"""Empty states: nothing to show, and how to change that."""

import streamlit as st

from reldash.ui.widgets.markup import element


def render_empty_state(title: str, advice: str) -> None:
    """An empty state: what there is nothing of, and what to do about it."""
    st.html(
        element(
            "div",
            element("p", title, class_="rd-empty-title"),
            element("p", advice),
            class_="rd-empty",
        )
    )
