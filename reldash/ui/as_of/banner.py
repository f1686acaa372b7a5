"""Banner of a page that shows the past: the moment, and buttons to move in time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import streamlit as st

from reldash.domain.comparison.side_text import side_text
from reldash.domain.comparison.sides import Side
from reldash.domain.fleet.rules import Dashboard
from reldash.domain.history.as_of import NOT_KEPT
from reldash.domain.matrix.cell_text import iso
from reldash.domain.phrases import duration_words
from reldash.ui import gate
from reldash.ui.navigation import COMPARE
from reldash.ui.widgets import page_links, url_state
from reldash.ui.widgets.html_table import STYLE
from reldash.ui.widgets.markup import element, plain
from reldash.ui.widgets.page_urls import AT
from reldash.ui.widgets.relative_times import exact
from reldash.ui.widgets.time_zone import in_zone, viewer_zone

_STEPS = {
    "1 d earlier": timedelta(days=-1),
    "1 h earlier": timedelta(hours=-1),
    "1 h later": timedelta(hours=1),
    "1 d later": timedelta(days=1),
}

_SPANS = {
    "1 min": timedelta(minutes=1),
    "15 min": timedelta(minutes=15),
    "1 h": timedelta(hours=1),
    "1 d": timedelta(days=1),
}

USUAL_SPAN = "15 min"
_NOT_KEPT = element(
    "details",
    element("summary", "Limits of past data"),
    element("p", NOT_KEPT),
    class_="rd-definition",
)


def render_past_banner(
    as_of: datetime, now: datetime, notices: Sequence[str], board: Dashboard | None
) -> None:
    """Draw the banner: the moment, buttons to move in time, and limits of its data.

    Args:
        as_of: the moment (aware UTC).
        now: aware UTC.
        notices: limits of what is recorded of the moment, a sentence each.
        board: the dashboard of the page, whose last environment can be compared.
    """
    st.html(STYLE)
    there = in_zone(as_of, viewer_zone())
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="reldash_past"
    ):
        st.html(
            element(
                "p",
                element("strong", f"As of {as_of:%Y-%m-%d %H:%M:%S} UTC"),
                element("span", f"{duration_words(now - as_of)} ago", title=exact(as_of)),
                element("span", there, class_="rd-quiet") if there else None,
                class_="rd-past",
                role="status",
            ),
            width="content",
        )
        st.button(
            "Back to now",
            key="reldash_now",
            icon=":material/update:",
            on_click=gate.guarded(_go_to),
            args=(None,),
        )
        with st.container(horizontal=True, gap="small", width="content"):
            for label, step in _STEPS.items():
                st.button(
                    label,
                    key=f"reldash_step_{label}",
                    type="tertiary",
                    disabled=as_of + step >= now,
                    on_click=gate.guarded(_go_to),
                    args=(as_of + step,),
                )
        with st.popover("Before and after", icon=":material/compare_arrows:"):
            _render_before_and_after(as_of, now, board)
    limits = [notice for notice in notices if notice != NOT_KEPT]
    if limits:
        st.html(element("div", *(element("span", n) for n in limits), class_="rd-banner"))
    st.html(_NOT_KEPT)


def _render_before_and_after(as_of: datetime, now: datetime, board: Dashboard | None) -> None:
    """Draw buttons to go a while before or after the moment, and to compare both."""
    words = st.segmented_control(
        "Time before and after", list(_SPANS), default=USUAL_SPAN, required=True
    )
    span = _SPANS[words or USUAL_SPAN]
    before, after = as_of - span, min(as_of + span, now.replace(microsecond=0))
    with st.container(horizontal=True, gap="small"):
        for label, at in ((f"{words} before", before), (f"{words} after", after)):
            st.button(label, key=f"reldash_{label}", on_click=gate.guarded(_go_to), args=(at,))
    if board is not None:
        last = Side(environment=board.environments[-1].name, as_of=after)
        st.page_link(
            page_links.get_page(COMPARE),
            label=f"Compare {plain(last.environment)} before and after",
            icon=COMPARE.icon,
            query_params={
                "dashboard": board.key,
                "left": side_text(last),
                "right": side_text(replace(last, as_of=before)),
            },
        )


def _go_to(at: datetime | None) -> None:
    url_state.set_query({AT: iso(at)})
