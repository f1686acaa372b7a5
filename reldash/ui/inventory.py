"""The inventory: every container by cluster and namespace."""

from dataclasses import replace
from functools import partial

import streamlit as st

from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import counted
from reldash.services.reports.inventory import OF_REGISTRIES
from reldash.services.reports.overview import Choices
from reldash.ui import cached
from reldash.ui.as_of.control import render_time_control
from reldash.ui.clusters.no_data import render_unread
from reldash.ui.data_warnings import render_unreached
from reldash.ui.page import Started
from reldash.ui.saved_views import render_control
from reldash.ui.widgets import page_links
from reldash.ui.widgets.empty_states import render_nothing
from reldash.ui.widgets.filters import render_inventory_filters
from reldash.ui.widgets.markup import element
from reldash.ui.widgets.time_columns import with_exact

ROW_HEIGHT = 31
MOST_ROWS_SHOWN = 22
TIMES = ("since", "first pushed", "observed at")


def render_inventory(started: Started) -> None:
    """Draw the page below its header."""
    scans = cached.has_registries()
    if started.as_of is None:
        render_unreached(cached.get_unreachable_registries(started.tick))
    chosen = replace(
        render_inventory_filters(_choices(started), partial(_render_beside, started), scans=scans),
        as_of=started.as_of,
    )
    frame = cached.get_inventory(chosen, started.tick)
    st.html(
        element(
            "p",
            element("span", counted(len(frame), "container")),
            element(
                "a", "CSV", href=page_links.export_url("inventory", "csv", chosen), download=""
            ),
            class_="rd-caption",
        )
    )
    if frame.empty:
        if chosen == Filter():
            render_unread()
        elif chosen == Filter(as_of=started.as_of):
            render_nothing("Nothing is known of that moment", "Choose a later one.")
        else:
            render_nothing("Nothing matches these filters", "Clear a filter, or search for less.")
        return
    hidden = {"as of"} if scans else {"as of", *OF_REGISTRIES}
    shown, columns = with_exact(frame, [name for name in TIMES if name not in hidden])
    st.dataframe(
        shown,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), MOST_ROWS_SHOWN) + 1) + 3,
        row_height=ROW_HEIGHT,
        placeholder="",
        column_order=[name for name in shown.columns if name not in hidden],
        column_config={
            **columns,
            "size": st.column_config.NumberColumn(format="bytes", help="Compressed"),
        },
        lazy=True,  # rows travel as they are looked at: a fleet has a hundred thousand
        alt="Inventory of containers",
    )


def _render_beside(started: Started) -> None:
    render_time_control(started.as_of, started.now)
    render_control(started, None)


def _choices(started: Started) -> Choices:
    """What all dashboards together offer, each value once."""
    found = [cached.get_choices(key, started.tick) for key in started.rules.dashboards]
    return Choices(
        environments=tuple(e.name for e in started.rules.environments),
        clusters=tuple(cluster.name for cluster in started.rules.clusters),
        namespaces=tuple(sorted({n for c in found for n in c.namespaces})),
        customers=tuple(dict.fromkeys(n for c in found for n in c.customers)),
        owners=tuple(sorted({n for c in found for n in c.owners})),
    )
