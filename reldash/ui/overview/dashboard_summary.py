"""A dashboard on the overview: counts, problems, longest waiting, drift over time."""

from collections.abc import Sequence

import streamlit as st

from reldash.domain.drift.states import FLAG_WORDS, STATE_WORDS, Flag, State
from reldash.domain.matrix.cell_text import STATE_MARKS, lag_words, versions_text
from reldash.domain.matrix.cells import Cell
from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import counted, duration_words, listed
from reldash.services.reports.attention import Critical, Problem, ProblemKind, Waiting
from reldash.services.reports.clusters import ClusterReport, Condition
from reldash.services.reports.overview import DashboardSummary
from reldash.ui import cached
from reldash.ui.dashboard.grid import column_title
from reldash.ui.navigation import CLUSTERS, dashboard_page
from reldash.ui.overview.trend_charts import render_drift
from reldash.ui.page import PageRun
from reldash.ui.widgets import page_links
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.lists_of_links import LINK_WIDTH, render_cell_link, render_text, section
from reldash.ui.widgets.markup import Markup, element, joined, plain
from reldash.ui.widgets.state_badges import (
    FLAG_MARK,
    display_name,
    render_flag,
    render_last_state,
    render_state,
)

# Colours in Streamlit's markdown that match those of the states.
_COLOURS = {State.AHEAD: "violet", State.DIVERGED: "red", State.BEHIND: "orange"}


def render_dashboard_summary(
    run: PageRun, summary: DashboardSummary, clusters: Sequence[ClusterReport]
) -> None:
    """Draw one dashboard; `clusters` are all clusters of the fleet with their current status."""
    title = run.rules.dashboards[summary.dashboard].title
    page = page_links.get_page(dashboard_page(run.rules, summary.dashboard))
    st.header(plain(title), anchor=False)
    counts = summary.counts.states
    st.html(
        element(
            "p",
            f"{counted(summary.services, 'service')} in"
            f" {counted(len(summary.environments), 'environment')}. ",
            element("strong", _drift_words(summary)),
            element(
                "span",
                *(_count(s, counts[s], summary.counts.not_known) for s in State if counts[s]),
            ),
            class_="rd-glance",
        )
    )
    behind = [
        report
        for report in clusters
        if summary.dashboard in report.dashboards and report.condition is not Condition.CURRENT
    ]
    _render_problems(run, summary, behind)
    if summary.waiting.cells:
        _render_waiting(run, summary.dashboard, summary.waiting)
    render_drift(run, summary.dashboard)
    st.page_link(
        page,
        label=f"Show all differences in {plain(title)}",
        icon=":material/arrow_forward:",
        query_params=page_links.page_query(Filter(differs=True)),
    )


def _drift_words(summary: DashboardSummary) -> str:
    return summary.total[0].upper() + summary.total[1:]


def _count(state: State, count: int, not_known: int) -> Markup:
    shown = element("span", f" {_least(count, not_known, state)}", class_="rd-count")
    return joined(element("span", render_state(state), shown, class_="rd-counted"), " ")


def _render_problems(
    run: PageRun, summary: DashboardSummary, behind: Sequence[ClusterReport]
) -> None:
    with section(f"wrong_{summary.dashboard}", "Problems"):
        if not summary.problems and not behind and not summary.counts.not_known:
            render_empty_state(
                "No problems found", "All clusters are current, and no service needs action."
            )
        if behind:
            with st.container(horizontal=True, gap=None):
                st.page_link(
                    page_links.get_page(CLUSTERS),
                    label=f"{counted(len(behind), 'cluster')} not current",
                    icon="",
                    width=LINK_WIDTH,
                )
                render_text(listed([f"{each.name} ({each.condition})" for each in behind]))
        for wrong in summary.problems:
            _render_problem(run, summary, wrong)
        for words in cached.get_scan_notices(run.tick):
            st.html(element("p", f"✚ {words}.", class_="rd-quiet"))


def _render_problem(run: PageRun, summary: DashboardSummary, wrong: Problem) -> None:
    dashboard, not_known = summary.dashboard, summary.counts.not_known
    with st.container(horizontal=True, gap=None):
        st.page_link(
            page_links.get_page(dashboard_page(run.rules, dashboard)),
            label=_label(wrong.kind, _least(wrong.cells, not_known, wrong.kind)),
            icon="",
            query_params=page_links.page_query(wrong.chosen),
            help=plain(_meaning(wrong.kind)),
            width=LINK_WIDTH,
        )
        with st.container(horizontal=True, gap=None):
            for each in wrong.most_serious:
                title = column_title(each.column)
                render_cell_link(
                    run.rules, dashboard, each.service, each.column.key, title, width=None
                )


def _least(count: int, not_known: int, about: ProblemKind) -> str:
    """A number of cells: at least that many while others are not fully known."""
    return f"{'≥ ' if not_known and about is not State.UNKNOWN else ''}{count}"


def _label(about: ProblemKind, cells: str) -> str:
    """A label such as "▲ 3 ahead" in Streamlit's markdown."""
    if isinstance(about, State):
        colour = _COLOURS.get(about, "gray")
        return f":{colour}[{STATE_MARKS[about]}] {cells} {display_name(about)}"
    if isinstance(about, Flag):
        return f":yellow[{FLAG_MARK}] {cells} {display_name(about)}"
    return f":red[✚] {cells} {'runs' if cells == '1' else 'run'} critical findings"


def _meaning(about: ProblemKind) -> str:
    if isinstance(about, State):
        return STATE_WORDS[about]
    return FLAG_WORDS[about] if isinstance(about, Flag) else _CRITICAL


_CRITICAL = (
    f"runs an image in which the registry's scan found something {Critical.__name__.lower()}"
)


def _render_waiting(run: PageRun, dashboard: str, waiting: Waiting) -> None:
    with section(f"waiting_{dashboard}", "Waiting longest", f"of {waiting.cells}"):
        for each in waiting.longest:
            with st.container(horizontal=True, gap=None):
                title = column_title(each.column)
                render_cell_link(run.rules, dashboard, each.service, each.column.key, title)
                render_text(*_waits(each.cell), title=each.cell.reason)


def _waits(cell: Cell) -> tuple[Markup | str | None, ...]:
    """How long a cell has waited, its versions now and next, and the baseline."""
    lag = cell.lag
    dwell = duration_words(lag.dwell) if lag is not None and lag.dwell is not None else ""
    distance = lag_words(lag).partition(" behind")[0]
    return (
        element("span", dwell, class_="rd-count"),
        element("span", f" {versions_text(cell)} → ", class_="rd-quiet"),
        element("span", cell.baseline_version, class_="rd-version"),
        element("span", f" of {cell.baseline}, {distance} ", class_="rd-quiet"),
        render_last_state(cell),
        *(joined(" ", render_flag(flag)) for flag in cell.flags),
    )
