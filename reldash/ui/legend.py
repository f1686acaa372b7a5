"""The legend: every state and flag with its look, its meaning, and how often it is on show."""

import streamlit as st

from reldash.domain.states import FLAG_WORDS, STATE_WORDS, Flag, State
from reldash.services.overview import Counts
from reldash.ui.marks import FIX_MEANING, render_fix, render_flag, render_state
from reldash.ui.markup import Markup, element, joined


def render_legend(counts: Counts, *, scans: bool) -> None:
    """Draw the legend; names that nothing on show has are faint.

    `scans` is whether registries are asked for scans, so that their mark may occur.
    """
    st.html(
        element(
            "div",
            element(
                "ul",
                *(_entry(render_state(s), STATE_WORDS[s], counts.states[s]) for s in State),
                aria_label="States, and how many cells are in each",
            ),
            element(
                "ul",
                *(_entry(render_flag(f), FLAG_WORDS[f], counts.flags[f]) for f in Flag),
                _entry(render_fix(), FIX_MEANING, counts.fixes) if scans else None,
                aria_label="Flags, and how many cells have each",
            ),
            class_="rd-legend",
        )
    )


def render_meanings(*, scans: bool) -> None:
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


def _entry(mark: Markup, meaning: str, count: int) -> Markup:
    return element(
        "li",
        mark,
        element("span", str(count), class_="rd-count"),
        title=meaning,
        class_=None if count else "rd-none",
    )
