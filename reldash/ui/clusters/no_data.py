"""What stands in the place of a page of which nothing has been read, and why that is."""

from collections.abc import Sequence

import streamlit as st

from reldash.ui import cached
from reldash.ui.clusters.discovery import render_no_clusters
from reldash.ui.navigation import CLUSTERS
from reldash.ui.widgets import page_links
from reldash.ui.widgets.empty_states import render_empty_state


def render_no_data(names: Sequence[str] | None = None) -> None:
    """Say why there is nothing to show; `names` are the clusters in view, all of them if None."""
    reports = cached.get_clusters()
    mine = [report for report in reports if names is None or report.name in names]
    discovery = cached.get_discovery()
    if not reports and discovery is None:
        render_no_clusters(None)
        return
    if not reports:
        render_empty_state(
            "No cluster has been found yet",
            "The page of clusters says where they are looked for, and what is missing.",
        )
    elif not mine:
        render_empty_state(
            "No cluster belongs to this dashboard",
            "Name it as the “dashboard” of a cluster in the fleet file.",
        )
    elif all(report.title and not report.status.read_at for report in mine):
        render_empty_state(
            "No cluster could be read", "Each says on the page of clusters why, and what mends it."
        )
    else:
        render_empty_state(
            "Nothing has been read yet", "The first read takes seconds. This page fills by itself."
        )
    st.page_link(page_links.get_page(CLUSTERS), label="See how reading the clusters goes")
