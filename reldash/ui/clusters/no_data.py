"""Empty state of a page without any cluster data, with the cause."""

from collections.abc import Sequence

import streamlit as st

from reldash.ui import cached
from reldash.ui.clusters.discovery import render_no_clusters
from reldash.ui.navigation import CLUSTERS
from reldash.ui.widgets import page_links
from reldash.ui.widgets.empty_states import render_empty_state


def render_no_data(names: Sequence[str] | None = None) -> None:
    """Draw why there is no data; `names` are the clusters in view, all of them if None."""
    reports = cached.get_clusters()
    mine = [report for report in reports if names is None or report.name in names]
    discovery = cached.get_discovery()
    if not reports and discovery is None:
        render_no_clusters(None)
        return
    if not reports:
        render_empty_state(
            "No cluster found yet",
            "The clusters page shows which regions are searched, and any errors.",
        )
    elif not mine:
        render_empty_state(
            "No cluster belongs to this dashboard",
            "Set this dashboard as “dashboard” of a cluster in the fleet file.",
        )
    elif all(report.title and not report.status.read_at for report in mine):
        render_empty_state(
            "No cluster could be read", "The clusters page shows each cause and how to fix it."
        )
    else:
        render_empty_state(
            "No data yet", "The first read takes a few seconds. This page updates by itself."
        )
    st.page_link(page_links.get_page(CLUSTERS), label="Open the clusters page")
