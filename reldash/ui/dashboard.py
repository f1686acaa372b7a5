"""The page of a dashboard: filters, legend, matrix, and the details of a chosen cell."""

import streamlit as st

from reldash.domain.cells import Matrix
from reldash.domain.filters import Filter
from reldash.domain.words import counted
from reldash.services.details import keys_of, longest_in_baseline
from reldash.services.overview import count_cells
from reldash.ui import cached, links
from reldash.ui.details import render_cell
from reldash.ui.filters import render_matrix_filters
from reldash.ui.freshness import render_unreached
from reldash.ui.image_facts import digests_of
from reldash.ui.legend import render_legend, render_meanings
from reldash.ui.markup import element
from reldash.ui.matrix_view import Chosen, column_title, forget_choice, render_matrix
from reldash.ui.page import Started, render_nothing


def render_dashboard(started: Started) -> None:
    """Draw the page of a dashboard below its header."""
    dashboard = started.info.dashboard or ""
    if dashboard not in started.rules.dashboards:
        render_nothing(
            f"This fleet has no dashboard “{dashboard}”",
            f"Add it under “dashboards” in the fleet file, with its environments, and name it as "
            f"the “dashboard” of its clusters. It has: {', '.join(started.rules.dashboards)}.",
        )
        return
    cached.look_at_dashboard(dashboard, started.tick)
    whole = cached.get_whole_matrix(dashboard, Filter(), started.tick)
    render_unreached(whole.unreached)
    scans = cached.asks_registries()
    chosen = render_matrix_filters(cached.get_choices(dashboard, started.tick), scans=scans)
    matrix = cached.get_matrix(dashboard, chosen, started.tick)
    render_legend(count_cells(matrix), scans=scans)
    with st.container(horizontal=True, gap="medium"):
        _render_caption(started, dashboard, matrix, chosen)
        render_meanings(scans=scans)
    _render_split(started, matrix, chosen)


def _render_caption(started: Started, dashboard: str, matrix: Matrix, chosen: Filter) -> None:
    """How many rows there are, and the same as files."""
    whole = cached.get_whole_matrix(dashboard, chosen, started.tick)
    noun = "row" if any(row.sidecar for row in matrix.rows) else "service"
    shown = counted(len(matrix.rows), noun)
    words = shown if len(matrix.rows) == len(whole.rows) else f"{shown} of {len(whole.rows)}"
    name = f"matrix/{dashboard}"
    st.html(
        element(
            "p",
            element("span", f"{words}, {counted(len(matrix.columns), 'column')}"),
            element("a", "CSV", href=links.export_url(name, "csv", chosen), download=""),
            element("a", "JSON", href=links.export_url(name, "json", chosen), download=""),
            class_="rd-caption",
        ),
        width="content",
    )


def _render_no_rows(started: Started, dashboard: str, chosen: Filter) -> None:
    if cached.get_whole_matrix(dashboard, chosen, started.tick).rows:
        render_nothing("Nothing matches these filters", "Clear a filter, or search for less.")
    elif chosen != Filter():
        render_nothing("No place is in view", "Clear the filters of clusters and namespaces.")
    else:
        render_nothing(
            "Nothing has been read yet",
            "The first read takes a few seconds. This page fills by itself; the clusters page "
            "says how reading goes.",
        )


def _render_split(started: Started, matrix: Matrix, chosen: Filter) -> None:
    """The matrix, with details beside it while a cell is chosen."""
    service, column = (st.query_params.get(key, "") for key in (links.SERVICE, links.COLUMN))
    # The same place in the tree with and without details, so that the grid stays as it is.
    sides = st.columns([3, 2] if service else [1], gap="medium")
    with sides[0]:
        clicked = _render_grid(started, matrix, chosen)
    if clicked is not None and clicked != (service, column):
        st.query_params.update({links.SERVICE: clicked.service, links.COLUMN: clicked.column})
        st.rerun()
    if service:
        with sides[1]:
            _render_details(started, matrix, Chosen(service, column), chosen)


def _render_grid(started: Started, matrix: Matrix, chosen: Filter) -> Chosen | None:
    """The matrix, or why there is none; returns the cell that was clicked."""
    if not matrix.rows or not matrix.columns:
        _render_no_rows(started, matrix.dashboard, chosen)
        return None
    dark = st.context.theme.type == "dark"
    frame = cached.get_styled(matrix.dashboard, chosen, started.tick, dark=dark)
    return render_matrix(matrix, frame)


def _render_details(started: Started, matrix: Matrix, at: Chosen, chosen: Filter) -> None:
    whole = cached.get_whole_matrix(matrix.dashboard, chosen, started.tick)
    cell = whole.cells.get((at.service, at.column))
    st.button(
        "Close details",
        key="reldash_close",
        icon=":material/close:",
        type="tertiary",
        on_click=_close,
    )
    if cell is None:
        render_nothing(f"{at.service} is no longer in {at.column}", "Choose another cell.")
        return
    head = next(column for column in whole.columns if column.key == at.column)
    cached.look_at(digests_of(cell.places))
    facts = cached.get_facts(started.tick)
    pieces = render_cell(
        at.service,
        column_title(head),
        cell,
        facts,
        started.now,
        links=started.rules.links,
        compared_with=longest_in_baseline(whole, at.service, cell),
        recent=cached.get_recent(keys_of(cell.places), started.tick),
    )
    with st.container(gap="xsmall", key="reldash_details"):
        for piece in pieces:
            st.html(piece)


def _close() -> None:
    # Both at once: each change of the query is a step of the browser's history.
    st.query_params.update({links.SERVICE: (), links.COLUMN: ()})
    forget_choice()
