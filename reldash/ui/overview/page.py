"""The overview, worth opening each morning: what changed, what is wrong, what waits."""

from pathlib import Path

import streamlit as st

from reldash.services.context import get_context
from reldash.services.reports import last_visit
from reldash.services.reports.overview import DashboardSummary
from reldash.ui import cached, gate
from reldash.ui.clusters.no_data import render_unread
from reldash.ui.data_warnings import render_unreached
from reldash.ui.overview.dashboard_summary import render_board
from reldash.ui.overview.recent_changes import render_news
from reldash.ui.overview.trend_charts import render_activity
from reldash.ui.page import Started
from reldash.ui.saved_views import render_list

_STYLE = Path(__file__).with_suffix(".css")
_MOST_BESIDE = 2  # dashboards next to each other


def render_overview(started: Started) -> None:
    """Draw the page below its header."""
    st.html(_STYLE)
    summaries = [cached.get_summary(key, started.tick) for key in started.rules.dashboards]
    if not any(summary.services for summary in summaries):
        render_unread()
        return
    render_unreached(cached.get_unreachable_registries(started.tick))
    activity = cached.get_activity(started.tick)
    since = last_visit.load_last_visit_at(get_context(), started.user)
    left, right = st.columns([3, 2], gap="large")
    with left:
        render_news(started, activity, since)
    with right:
        render_activity(started, activity)
        render_list(started)
    with st.container(key="reldash_boards"):
        _render_boards(started, summaries)
    # At the end: what was not drawn was not seen. A page that runs by itself is not looked at.
    if gate.is_asked():
        last_visit.save_visit(get_context(), started.user, activity.as_of)


def _render_boards(started: Started, summaries: list[DashboardSummary]) -> None:
    clusters = cached.get_clusters()
    beside = min(len(summaries), _MOST_BESIDE)
    for first in range(0, len(summaries), beside):
        row = summaries[first : first + beside]
        for column, summary in zip(st.columns(beside, gap="large"), row, strict=False):
            with column:
                render_board(started, summary, clusters)
