"""The overview page: recent changes, problems, longest waiting, trends."""

from pathlib import Path

import streamlit as st

from reldash.services.context import get_context
from reldash.services.reports import last_visit
from reldash.services.reports.overview import DashboardSummary
from reldash.ui import cached, gate
from reldash.ui.clusters.no_data import render_no_data
from reldash.ui.data_warnings import render_registry_warning
from reldash.ui.overview.dashboard_summary import render_dashboard_summary
from reldash.ui.overview.recent_changes import render_recent_changes
from reldash.ui.overview.trend_charts import render_activity
from reldash.ui.page import PageRun
from reldash.ui.saved_views import render_saved_views

_STYLE = Path(__file__).with_suffix(".css")
_MOST_BESIDE = 2  # dashboards side by side


def render_overview(run: PageRun) -> None:
    """Draw the page below its header."""
    st.html(_STYLE)
    summaries = [cached.get_summary(key, run.tick) for key in run.rules.dashboards]
    if not any(summary.services for summary in summaries):
        render_no_data()
        return
    render_registry_warning(cached.get_unreachable_registries(run.tick))
    activity = cached.get_activity(run.tick)
    since = last_visit.load_last_visit_at(get_context(), run.user)
    left, right = st.columns([3, 2], gap="large")
    with left:
        render_recent_changes(run, activity, since)
    with right:
        render_activity(run, activity)
        render_saved_views(run)
    with st.container(key="reldash_boards"):
        _render_dashboards(run, summaries)
    # At the end, after everything is drawn, and only if the user opened the page: an automatic
    # rerun is no visit.
    if gate.is_user_action():
        last_visit.save_visit(get_context(), run.user, activity.as_of)


def _render_dashboards(run: PageRun, summaries: list[DashboardSummary]) -> None:
    clusters = cached.get_clusters()
    beside = min(len(summaries), _MOST_BESIDE)
    for first in range(0, len(summaries), beside):
        row = summaries[first : first + beside]
        for column, summary in zip(st.columns(beside, gap="large"), row, strict=False):
            with column:
                render_dashboard_summary(run, summary, clusters)
