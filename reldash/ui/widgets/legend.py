"""The legend: each state and flag with its badge and meaning."""

import streamlit as st

from reldash.domain.drift.states import FLAG_WORDS, STATE_WORDS, Flag, State
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.state_badges import FIX_MEANING, render_fix, render_flag, render_state


def render_state_legend(*, scans: bool) -> None:
    """Draw the collapsed legend; constant HTML, so that it stays open across reruns."""
    st.html(_LEGEND_AND_FIX if scans else _LEGEND)


def _meaning(mark: Markup, meaning: str) -> Markup:
    return joined(element("dt", mark), element("dd", meaning))


def _legend(*more: Markup) -> Markup:
    return element(
        "details",
        element("summary", "Legend"),
        element(
            "dl",
            *(_meaning(render_state(s), STATE_WORDS[s]) for s in State),
            *(_meaning(render_flag(f), FLAG_WORDS[f]) for f in Flag),
            *more,
        ),
        class_="rd-meanings",
    )


_LEGEND = _legend()
_LEGEND_AND_FIX = _legend(_meaning(render_fix(), FIX_MEANING))
