"""The inventory page: all containers by cluster and namespace."""

from dataclasses import replace
from functools import partial

import streamlit as st

from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import counted
from reldash.services.context import get_context
from reldash.services.reports.inventory import OF_REGISTRIES, load_not_known
from reldash.services.reports.overview import Choices
from reldash.ui import cached
from reldash.ui.as_of.control import render_time_control
from reldash.ui.clusters.no_data import render_no_data
from reldash.ui.data_warnings import render_registry_warning
from reldash.ui.page import PageRun
from reldash.ui.saved_views import render_views_button
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.filters import render_inventory_filters
from reldash.ui.widgets.markup import element
from reldash.ui.widgets.page_urls import export_url
from reldash.ui.widgets.time_columns import add_exact_times

ROW_HEIGHT = 31
MOST_ROWS_SHOWN = 22
TIMES = ("since", "first pushed", "observed at")


def render_inventory(run: PageRun) -> None:
    """Draw the page below its header."""
    scans = cached.has_registries()
    if run.as_of is None:
        render_registry_warning(cached.get_unreachable_registries(run.tick))
    chosen = replace(
        render_inventory_filters(_choices(run), partial(_render_views_buttons, run), scans=scans),
        as_of=run.as_of,
    )
    frame = cached.get_inventory(chosen, run.tick)
    st.html(
        element(
            "p",
            element("span", counted(len(frame), "container")),
            *(element("span", words) for words in _scan_notices(run, chosen)),
            element(
                "a", "CSV", href=export_url("inventory", "csv", chosen.to_query()), download=""
            ),
            class_="rd-caption",
        )
    )
    if frame.empty:
        if chosen == Filter():
            render_no_data()
        elif chosen == Filter(as_of=run.as_of):
            render_empty_state("No data for this moment", "Choose a later moment.")
        else:
            missing = load_not_known(get_context(), chosen, run.now)
            render_empty_state(
                "No match in what is known" if missing else "No match",
                ". ".join([*missing, "Clear a filter, or try a shorter search."]),
            )
        return
    hidden = {"as of"} if scans else {"as of", *OF_REGISTRIES}
    shown, columns = add_exact_times(frame, [name for name in TIMES if name not in hidden])
    st.dataframe(
        shown,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), MOST_ROWS_SHOWN) + 1) + 3,
        row_height=ROW_HEIGHT,
        placeholder="",
        column_order=[name for name in shown.columns if name not in hidden],
        column_config={
            **columns,
            "size": st.column_config.NumberColumn(
                format="bytes", help="Compressed size in the registry"
            ),
        },
        lazy=True,  # rows load as the user scrolls: a fleet has a hundred thousand
        alt="Inventory of containers",
    )


def _scan_notices(run: PageRun, chosen: Filter) -> tuple[str, ...]:
    """Of how many images scans are known, where the list is of those with critical findings."""
    return cached.get_scan_notices(run.tick) if chosen.critical and run.as_of is None else ()


def _render_views_buttons(run: PageRun) -> None:
    render_time_control(run.as_of, run.now)
    render_views_button(run, None)


def _choices(run: PageRun) -> Choices:
    """The filter options of all dashboards together, each value once."""
    found = [cached.get_choices(key, run.tick) for key in run.rules.dashboards]
    return Choices(
        environments=tuple(e.name for e in run.rules.environments),
        clusters=tuple(cluster.name for cluster in run.rules.clusters),
        namespaces=tuple(sorted({n for c in found for n in c.namespaces})),
        customers=tuple(dict.fromkeys(n for c in found for n in c.customers)),
        owners=tuple(sorted({n for c in found for n in c.owners})),
    )
