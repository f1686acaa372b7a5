"""The history page: changes, timeline of a service, promotions, lead times, pace and dwell."""

from collections.abc import Callable, Sequence
from datetime import datetime

import streamlit as st

from reldash.domain.history.metrics import dwells
from reldash.domain.matrix.cell_text import iso
from reldash.domain.matrix.filters import Filter
from reldash.domain.moments import MomentError
from reldash.domain.phrases import counted
from reldash.services.reports.history import History
from reldash.ui import cached
from reldash.ui.cached import HistoryQuery
from reldash.ui.history.changes import render_changes
from reldash.ui.history.frequencies import render_dwells, render_frequencies
from reldash.ui.history.lanes import make_lanes
from reldash.ui.history.period import USUAL, Period, choose_period, read_period
from reldash.ui.history.promotions import render_lead_times, render_promotions
from reldash.ui.history.timeline import render_timeline
from reldash.ui.page import PageRun
from reldash.ui.widgets import url_state
from reldash.ui.widgets.dashboard_select import DASHBOARD, choose_dashboard
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.html_table import STYLE
from reldash.ui.widgets.markup import Markup, element, plain
from reldash.ui.widgets.page_urls import export_url
from reldash.ui.widgets.show_more import render_show_more, shown

SERVICE, ENVIRONMENT, CLUSTER, CUSTOMER, VIEW = "service", "env", "cluster", "customer", "view"

CHANGES, PROMOTIONS, PACE = "changes", "promotions", "pace"
_VIEWS = {CHANGES: "Changes", PROMOTIONS: "Promotions and lead times", PACE: "Pace and dwell"}

ROWS_AT_ONCE = 100


def render_history(run: PageRun) -> None:
    """Draw the page below its header."""
    st.html(STYLE)
    query, period = _render_filters(run)
    found = cached.get_history(query, run.tick)
    if found.known_from_at is None:
        render_empty_state(
            "No history yet",
            "The first read of a cluster imports the revisions that its ReplicaSets still hold; "
            "every change after that is recorded.",
        )
        return
    if found.complete_from_at is not None and found.complete_from_at > found.since:
        st.html(
            element(
                "div",
                element("span", truncation_notice(found.complete_from_at)),
                class_="rd-banner",
            )
        )
    if query.service:
        lanes = make_lanes(found, query, run.rules, run.now)
        until = min(query.until, run.now)
        render_timeline(lanes, query.service, query.since, until)
    view = _choose_view()
    if view == PROMOTIONS:
        _render_promotions(run, query, found, period)
    elif view == PACE:
        _render_pace(run, query, found, period)
    else:
        _render_changes(run, query, found, period)


def truncation_notice(complete_from_at: datetime) -> str:
    """A notice that only the most recent rollouts of a long period are counted."""
    return (
        f"Too many rollouts for one page: only those since {complete_from_at:%Y-%m-%d %H:%M} UTC "
        "are counted. Choose a service to see all of its rollouts."
    )


def _render_filters(run: PageRun) -> tuple[HistoryQuery, Period]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        dashboard = choose_dashboard(run.rules)
        choices = cached.get_choices(dashboard, run.tick)
        service = url_state.choose(
            "Service",
            SERVICE,
            ["", *cached.get_services(dashboard, run.tick)],
            words={"": "All services"},
            width=230,
        )
        try:
            period = choose_period(run.now)
        except MomentError as error:
            period = read_period(USUAL, run.now)
            st.warning(
                f"**{plain(error.title)}**  \n{plain(error.message)}. "
                f"The page shows {period.words}.",
                icon=":material/help:",
            )
        with _popover():
            environments = url_state.choose_many("Environment", ENVIRONMENT, choices.environments)
            clusters = url_state.choose_many("Cluster", CLUSTER, choices.clusters)
            customers = url_state.choose_many("Customer", CUSTOMER, choices.customers)
    query = HistoryQuery(
        dashboard, service, environments, clusters, customers, period.since, period.until
    )
    return query, period


def _popover() -> st.delta_generator.DeltaGenerator:
    chosen = sum(bool(url_state.get(name)) for name in (ENVIRONMENT, CLUSTER, CUSTOMER))
    words = f"Filters ({chosen})" if chosen else "Filters"
    return st.popover(words, icon=":material/filter_list:", key="reldash_history_filters")


def _choose_view() -> str:
    chosen = url_state.choose_one("View", VIEW, _VIEWS, default=CHANGES)
    return chosen if chosen in _VIEWS else CHANGES


def _render_changes(run: PageRun, query: HistoryQuery, found: History, period: Period) -> None:
    changes = found.changes
    words = f"{counted(len(changes), 'change')} in {period.words}"
    if found.more:
        words = f"The last {words}; choose a shorter period or a filter to see earlier ones"
    if any(change.approximate for change in changes):
        words += ". “About”: estimated, from before recording began"
    pairs = _pairs(query, period)
    st.html(_render_caption(words, pairs))
    if not changes:
        render_empty_state(
            f"No changes seen in {period.words}", "Choose a longer period, or clear a filter."
        )
        return
    number = shown("changes", str(pairs), ROWS_AT_ONCE)
    st.html(render_changes(changes[:number], run.rules, query.dashboard, run.now))
    render_show_more("changes", str(pairs), len(changes), ROWS_AT_ONCE)


def _pairs(query: HistoryQuery, period: Period) -> list[tuple[str, str]]:
    """The query as parameters of the export."""
    return [
        (DASHBOARD, query.dashboard),
        (SERVICE, query.service),
        *((ENVIRONMENT, name) for name in query.environments),
        *((CLUSTER, name) for name in query.clusters),
        *((CUSTOMER, name) for name in query.customers),
        ("since", iso(query.since)),
        ("until", "" if period.goes_on else iso(query.until)),
    ]


def _render_caption(words: str, pairs: Sequence[tuple[str, str]]) -> Markup:
    return element(
        "p",
        element("span", words),
        element("a", "CSV", href=export_url("history", "csv", pairs), download=""),
        class_="rd-caption",
    )


def _render_file(words: str, export: str, pairs: Sequence[tuple[str, str]]) -> Markup:
    """A link to download the table above."""
    link = element("a", words, href=export_url(export, "csv", pairs), download="")
    return element("p", link, class_="rd-caption")


def _render_promotions(run: PageRun, query: HistoryQuery, found: History, period: Period) -> None:
    promotions = found.promotions
    if not promotions and not found.lead_times:
        render_empty_state(
            f"No promotions seen in {period.words}",
            "A promotion is a version's first rollout in a later environment that became ready.",
        )
        return
    places = _places(run, query)
    steps = sorted(
        found.lead_times,
        key=lambda step: (places(step.to_environment), places(step.from_environment)),
    )
    st.html(render_lead_times(steps))
    st.html(
        _render_file("Lead times as CSV", "history", [*_pairs(query, period), (VIEW, "lead-times")])
    )
    words = f"{counted(len(promotions), 'promotion')} in {period.words}"
    if query.clusters:
        words += ", of all clusters: promotions are counted by environment"
    st.html(_render_caption(words, [*_pairs(query, period), (VIEW, PROMOTIONS)]))
    what = repr(query)
    number = shown("promotions", what, ROWS_AT_ONCE)
    st.html(render_promotions(promotions[:number], query.dashboard, run.now))
    render_show_more("promotions", what, len(promotions), ROWS_AT_ONCE)


def _places(run: PageRun, query: HistoryQuery) -> Callable[[str], int]:
    """A sort key: the position of an environment in its dashboard."""
    environments = run.rules.dashboards[query.dashboard].environments
    known = {environment.name: number for number, environment in enumerate(environments)}
    return lambda name: known.get(name, len(known))


def _render_pace(run: PageRun, query: HistoryQuery, found: History, period: Period) -> None:
    places = _places(run, query)
    found_in_order = sorted(found.frequencies, key=lambda one: places(one.environment))
    st.html(render_frequencies(found_in_order, run.now))
    st.html(
        _render_file("Rollouts as CSV", "history", [*_pairs(query, period), (VIEW, "rollouts")])
    )
    matrix = cached.get_whole_matrix(query.dashboard, Filter(), run.tick)
    waiting = dwells(matrix, service=query.service, environments=query.environments)
    if waiting:
        st.html(render_dwells(waiting, run.rules, query.dashboard))
        st.html(_render_file("Dwell as CSV", "dwell", _pairs(query, period)))
    else:
        render_empty_state("Nothing waiting", "No service is known to wait for a newer version.")
