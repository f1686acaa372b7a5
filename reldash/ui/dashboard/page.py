"""The dashboard page: filters, the matrix, and the details of the open cell."""

from dataclasses import replace
from functools import partial

import streamlit as st

from reldash.domain.drift.place_details import digests_of
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.services.reports.cell_details import (
    RecentRollout,
    keys_of,
    longest_in_baseline,
    transform_known_at,
)
from reldash.services.reports.tag_reading import explain_cell
from reldash.ui import cached
from reldash.ui.as_of.control import render_time_control
from reldash.ui.clusters.no_data import render_no_data
from reldash.ui.dashboard.details import render_cell
from reldash.ui.dashboard.grid import CellAddress, column_title, render_matrix
from reldash.ui.data_warnings import render_registry_warning
from reldash.ui.navigation import HISTORY
from reldash.ui.page import PageRun
from reldash.ui.saved_views import render_views_button
from reldash.ui.widgets import page_links
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.filters import render_matrix_filters, with_grid_filters
from reldash.ui.widgets.legend import render_state_legend
from reldash.ui.widgets.page_urls import COLUMN, SERVICE


def render_dashboard(run: PageRun) -> None:
    """Draw the page of a dashboard below its header."""
    dashboard = run.info.dashboard or ""
    if dashboard not in run.rules.dashboards:
        render_empty_state(
            f"This fleet has no dashboard “{dashboard}”",
            f"Add it under “dashboards” in the fleet file, with its environments, and name it as "
            f"the “dashboard” of its clusters. It has: {', '.join(run.rules.dashboards)}.",
        )
        return
    if run.as_of is None:  # registry data is current, never of the past
        cached.request_dashboard_facts(dashboard, run.tick)
        render_registry_warning(cached.get_whole_matrix(dashboard, Filter(), run.tick).unreached)
    render_more = partial(_render_controls, run, dashboard)
    page = replace(
        render_matrix_filters(cached.get_choices(dashboard, run.tick), render_more),
        as_of=run.as_of,
    )
    chosen = with_grid_filters(page)
    matrix = cached.get_whole_matrix(dashboard, page, run.tick)
    _render_split(run, matrix, page, chosen)
    render_state_legend(scans=cached.has_registries())


def _render_controls(run: PageRun, dashboard: str) -> None:
    render_time_control(run.as_of, run.now)
    render_views_button(run, dashboard)


def _render_empty_matrix(run: PageRun, page: Filter) -> None:
    if page == Filter(as_of=page.as_of) and page.as_of is not None:
        render_empty_state("No data for this moment", "Choose a later moment.")
    elif page != Filter():
        render_empty_state(
            "No deployment in view", "Clear the filters for clusters and namespaces."
        )
    else:
        render_no_data(run.clusters)


def _render_split(run: PageRun, matrix: Matrix, page: Filter, chosen: Filter) -> None:
    """Draw the matrix, with details beside it while a cell is open."""
    opened = CellAddress(*(st.query_params.get(key, "") for key in (SERVICE, COLUMN)))
    # The grid keeps its position in the element tree with and without details, and so its state.
    sides = st.columns([3, 2] if opened.service else [1], gap="medium")
    with sides[0]:
        if matrix.rows and matrix.columns:
            payload = cached.get_payload(matrix.dashboard, page, run.tick)
            scans = "" if run.as_of else ". ".join(cached.get_scan_notices(run.tick))
            render_matrix(matrix, payload, page, chosen, opened, scans)
        else:
            _render_empty_matrix(run, page)
    if opened.service:
        with sides[1], st.container(key="reldash_side"):
            _render_details(run, matrix, opened)


def _render_details(run: PageRun, whole: Matrix, at: CellAddress) -> None:
    cell = whole.cells.get((at.service, at.column))
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.button(
            "Close details",
            key="reldash_close",
            icon=":material/close:",
            type="tertiary",
            on_click=_close,
        )
        st.page_link(
            page_links.get_page(HISTORY),
            label="History",
            query_params={"dashboard": whole.dashboard, "service": at.service},
        )
    if cell is None:
        verb = "is no longer" if run.as_of is None else "was not"
        render_empty_state(f"{at.service} {verb} in {at.column}", "Choose another cell.")
        return
    head = next(column for column in whole.columns if column.key == at.column)
    facts = None
    if run.as_of is None:
        cached.request_findings(digests_of(cell.places))
        facts = cached.get_facts(run.tick)
    pieces = render_cell(
        at.service,
        column_title(head),
        cell,
        facts,
        run.as_of or run.now,  # ages are those at the moment shown
        links=run.rules.links,
        compared_with=longest_in_baseline(whole, at.service, cell),
        recent=_recent(run, cell),
        readings=explain_cell(run.rules, whole, at.service, cell),
    )
    with st.container(gap="xsmall", key="reldash_details"):
        for piece in pieces:
            st.html(piece)


def _recent(run: PageRun, cell: Cell) -> tuple[RecentRollout, ...]:
    """The last rollouts in a cell, up to the moment shown."""
    found = cached.get_recent_rollouts(keys_of(cell.places), run.tick)
    if run.as_of is not None:
        return transform_known_at(found, run.as_of)
    return tuple(one for one in found if one.started_at <= run.now)


def _close() -> None:
    # Both keys at once, since each change is a step of the browser's history.
    st.query_params.update({SERVICE: (), COLUMN: ()})
