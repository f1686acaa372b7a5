"""The overview: each dashboard at a glance, what drifts, and what changed last."""

from datetime import datetime

import streamlit as st

from reldash.domain.filters import Filter
from reldash.domain.states import State
from reldash.domain.texts import lag_words, versions_text
from reldash.domain.words import counted, duration_words
from reldash.services.overview import BoardSummary, Concern
from reldash.ui import cached, links
from reldash.ui.ages import ago
from reldash.ui.freshness import render_unreached
from reldash.ui.marks import render_flag, render_state
from reldash.ui.markup import Markup, element, joined, plain
from reldash.ui.matrix_view import column_title
from reldash.ui.page import Started, render_nothing
from reldash.ui.registry import CLUSTERS, dashboard_page

MOST_CONCERNS = 12  # of a dashboard; its page has them all
MOST_CHANGES = 15


def render_overview(started: Started) -> None:
    """Draw the page below its header."""
    summaries = [cached.get_summary(key, started.tick) for key in started.rules.dashboards]
    if not any(summary.services for summary in summaries):
        render_nothing(
            "Nothing has been read yet",
            "The first read takes a few seconds; this page fills by itself.",
        )
        st.page_link(links.page_of(CLUSTERS), label="See how reading the clusters goes")
        return
    render_unreached(cached.get_unreached(started.tick))
    for column, summary in zip(st.columns(len(summaries), gap="large"), summaries, strict=True):
        with column:
            _render_board(started, summary)
    st.header("What changed last", anchor=False)
    _render_changes(started)


def _render_board(started: Started, summary: BoardSummary) -> None:
    page = links.page_of(dashboard_page(started.rules, summary.dashboard))
    title = started.rules.dashboards[summary.dashboard].title
    st.header(plain(title), anchor=False)
    counts = summary.counts.states
    st.html(
        element(
            "p",
            f"{counted(summary.services, 'service')} in"
            f" {counted(summary.environments, 'environment')}. ",
            element("strong", _drift_words(len(summary.concerns))),
            element("span", *(_count(s, counts[s]) for s in State if counts[s])),
            class_="rd-glance",
        )
    )
    if not summary.concerns:
        render_nothing("Nothing drifts", "Every service is where its environments want it.")
    with st.container(gap=None, key=f"reldash_concerns_{summary.dashboard}"):
        for concern in summary.concerns[:MOST_CONCERNS]:
            _render_concern(page, concern, started.now)
    drifting = Filter(differs=True)
    st.page_link(
        page,
        label=f"All that differs in {plain(title)}",
        icon=":material/arrow_forward:",
        query_params=links.page_query(drifting),
    )


def _drift_words(cells: int) -> str:
    return f"{counted(cells, 'cell')} {'drifts' if cells == 1 else 'drift'}"


def _count(state: State, count: int) -> Markup:
    shown = element("span", f" {count}", class_="rd-count")
    return joined(element("span", render_state(state), shown, class_="rd-counted"), " ")


def _render_concern(page: st.Page, concern: Concern, now: datetime) -> None:
    cell, column = concern.cell, concern.column
    versions = versions_text(cell)  # where places disagree, the drifting one need not come first
    here = f"Here for {duration_words(now - cell.since)}. " if cell.since else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.page_link(
            page,
            label=f"{plain(concern.service)} in {plain(column_title(column))}",
            icon="",
            query_params=links.page_query(
                Filter(text=concern.service), concern.service, column.key
            ),
            width=190,
        )
        st.html(
            element(
                "p",
                element("span", versions, class_="rd-version") if versions else None,
                " ",
                render_state(cell.state),
                *(joined(" ", render_flag(flag)) for flag in cell.flags),
                element("span", f" {lag_words(cell.lag)}", class_="rd-quiet"),
                class_="rd-concern",
                title=f"{here}{cell.reason}",
            ),
        )


def _render_changes(started: Started) -> None:
    changes = cached.get_changes(MOST_CHANGES, started.tick)
    if changes.empty:
        render_nothing(
            "No change has been seen yet", "The first one shows here within a read's time."
        )
        return
    changes.insert(0, "when", [ago(at, started.now) for at in changes["at"].dt.to_pydatetime()])
    approximate = changes.pop("source") == "revision"
    changes["when"] = changes["when"].where(~approximate, "about " + changes["when"])
    st.dataframe(
        changes,
        hide_index=True,
        column_order=["when", "environment", "workload", "from", "to", "cluster", "namespace"],
        height="content",
        alt="What changed last",
    )
