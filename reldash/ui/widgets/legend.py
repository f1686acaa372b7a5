"""The legend: every state and flag with its look and its meaning."""

import streamlit as st

from reldash.domain.drift.states import FLAG_WORDS, STATE_WORDS, Flag, State
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.state_badges import FIX_MEANING, render_fix, render_flag, render_state


def render_state_legend(*, scans: bool) -> None:
    """What states and flags mean, folded away; its HTML never changes, so that it stays open."""
    st.html(_MEANINGS_AND_FIX if scans else _MEANINGS)


def _meaning(mark: Markup, meaning: str) -> Markup:
    return joined(element("dt", mark), element("dd", meaning))


def _meanings(*more: Markup) -> Markup:
    return element(
        "details",
        element("summary", "What these mean"),
        element(
            "dl",
            *(_meaning(render_state(s), STATE_WORDS[s]) for s in State),
            *(_meaning(render_flag(f), FLAG_WORDS[f]) for f in Flag),
            *more,
        ),
        class_="rd-meanings",
    )


_MEANINGS = _meanings()
_MEANINGS_AND_FIX = _meanings(_meaning(render_fix(), FIX_MEANING))
