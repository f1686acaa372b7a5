"""Filter widgets of dashboards and the inventory.

Each is bound to the URL under the filter's own query key, so that a view is a link. Options are
plain values: the URL holds exactly what a widget shows.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from reldash.domain.matrix.cells import Axis
from reldash.domain.matrix.filters import Filter
from reldash.services.reports.overview import Choices

PROMOTION = "promotion"  # the default baseline; never in the URL
NEWEST = "newest"

_PLACES = ("env", "cluster", "ns", "customer", "owner")
_OF_GRID = ("text", "state", "flag", "differs", "critical", "sort", "dir")
_CLEARED: dict[str, object] = {
    "text": "",
    **{key: [] for key in _PLACES},
    "critical": False,
    "sidecars": False,
}


def render_matrix_filters(choices: Choices, render_more: Callable[[], None]) -> Filter:
    """Draw the filters of a matrix that change what is built, in one line; the grid has the rest.

    Rarely used ones are behind one button. `render_more` draws further controls in the line.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        axis = Axis(
            st.selectbox(
                "Columns by", [str(axis) for axis in Axis], key="by", bind="query-params", width=150
            )
        )
        baseline = st.selectbox(
            "Compare with",
            _with_query_values("baseline", [PROMOTION, NEWEST, *choices.environments]),
            key="baseline",
            bind="query-params",
            width=150,
            help="promotion: each environment with the one it is promoted from",
        )
        sidecars = _sidecars()
        with _popover(_PLACES):
            places = _render_places(choices)
        render_more()
        _render_clear()
    return Filter(
        environments=places[0],
        clusters=places[1],
        namespaces=places[2],
        customers=places[3],
        owners=places[4],
        sidecars=sidecars,
        axis=axis,
        baseline="" if baseline == PROMOTION else baseline,
    )


def with_grid_filters(page: Filter) -> Filter:
    """A page's filter combined with the grid's own filters, which only the URL holds.

    Raises:
        ChoiceError: the URL has an unknown state, flag or sort order.
    """
    query = [(key, value) for key in _OF_GRID for value in st.query_params.get_all(key)]
    chosen = Filter.from_query(query)
    return replace(
        page,
        text=chosen.text,
        states=chosen.states,
        flags=chosen.flags,
        differs=chosen.differs,
        critical=chosen.critical,
        sort=chosen.sort,
        descending=chosen.descending,
    )


def render_inventory_filters(
    choices: Choices, render_more: Callable[[], None], *, scans: bool
) -> Filter:
    """Draw the filters of the inventory; `scans` is whether registries report scan findings."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = _text("Image, version, workload, any word")
        critical = _critical(scans=scans)
        sidecars = _sidecars()
        with _popover(_PLACES):
            places = _render_places(choices)
        render_more()
        _render_clear()
    return Filter(
        text=text,
        environments=places[0],
        clusters=places[1],
        namespaces=places[2],
        customers=places[3],
        owners=places[4],
        critical=critical,
        sidecars=sidecars,
    )


def _text(placeholder: str) -> str:
    return (
        st.text_input(
            "Search",
            key="text",
            bind="query-params",
            live=True,
            type="search",
            placeholder=placeholder,
            width=280,
        )
        or ""
    )


def _critical(*, scans: bool) -> bool:
    """Draw the toggle; also without registries if it is in the URL, so that it can be undone."""
    is_in_query = "critical" in st.query_params or bool(st.session_state.get("critical"))
    return (scans or is_in_query) and st.toggle(
        "Critical findings",
        key="critical",
        bind="query-params",
        help="Show only containers with a critical finding in the registry's scan",
    )


def _sidecars() -> bool:
    return st.toggle(
        "Sidecars",
        key="sidecars",
        bind="query-params",
        help="Show sidecars and init containers too; they never count as drift",
    )


def _render_places(choices: Choices) -> tuple[tuple[str, ...], ...]:
    """Draw the scope filters; returns environments, clusters, namespaces, customers, owners."""
    return (
        _choose("Environment", "env", choices.environments),
        _choose("Cluster", "cluster", choices.clusters),
        _choose("Namespace", "ns", choices.namespaces, patterns=True),
        _choose("Customer", "customer", choices.customers),
        _choose("Owner", "owner", choices.owners),
    )


def _choose(
    label: str, key: str, known: Sequence[str], *, patterns: bool = False
) -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            label,
            _with_query_values(key, known),
            key=key,
            bind="query-params",
            placeholder="Any, or a pattern such as lit-*" if patterns else "Any",
            accept_new_options=patterns,
            filter_mode="contains",
        )
    )


def _with_query_values(key: str, known: Sequence[str]) -> list[str]:
    """The options plus the values in the URL: a link keeps values that no longer exist."""
    held = st.session_state.get(key) or []
    current = [*st.query_params.get_all(key), *([held] if isinstance(held, str) else held)]
    return list(dict.fromkeys([*known, *(value for value in current if value)]))


def _popover(keys: Sequence[str]) -> DeltaGenerator:
    """The button for rarely used filters, with the number of active ones."""
    chosen = sum(bool(st.session_state.get(key) or st.query_params.get_all(key)) for key in keys)
    return st.popover(
        f"Filters ({chosen})" if chosen else "Filters",
        icon=":material/filter_list:",
        key="reldash_filters",
    )


def _render_clear() -> None:
    widgets = [key for key in _CLEARED if st.session_state.get(key)]
    in_grid = [key for key in _OF_GRID if key in st.query_params and key not in st.session_state]
    st.button(
        "Clear filters",
        key="reldash_clear_filters",
        type="tertiary",
        icon=":material/close:",
        disabled=not widgets and not in_grid,
        on_click=_clear,
        args=(widgets, in_grid),
    )


def _clear(widgets: Sequence[str], in_grid: Sequence[str]) -> None:
    for key in widgets:
        st.session_state[key] = _CLEARED[key]
    if in_grid:
        st.query_params.update(dict.fromkeys(in_grid, ()))
