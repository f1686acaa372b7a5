"""Warnings above a page's content: clusters that are not current, unreachable registries."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from reldash.domain.phrases import counted
from reldash.services.reports.clusters import ClusterReport, Condition
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.relative_times import render_ago

MOST_NAMED = 6  # clusters or registries in a warning


_SHAPES = {
    Condition.NEVER: "○",
    Condition.STALE: "◌",
    Condition.FAILING: "✕",
    Condition.CURRENT: "✓",
}


def render_cluster_warning(reports: Sequence[ClusterReport], now: datetime) -> Markup | None:
    """The clusters in view that are not current, with cause and last read; None if all are."""
    behind = sorted(
        (report for report in reports if report.condition is not Condition.CURRENT),
        key=lambda report: list(Condition).index(report.condition),
    )
    if not behind:
        return None
    named = [_render_cluster(report, now) for report in behind[:MOST_NAMED]]
    rest = len(behind) - len(named)
    return element(
        "div",
        element("strong", f"{len(behind)} of {counted(len(reports), 'cluster')} not current"),
        *named,
        element("span", f"and {rest} more") if rest else None,
        class_="rd-banner",
        role="status",
    )


def render_registry_warning(sentences: Sequence[str]) -> None:
    """Draw a warning with each unreachable registry and since when, if any."""
    if not sentences:
        return
    rest = len(sentences) - MOST_NAMED
    st.html(
        element(
            "div",
            element("strong", "Registry data may be out of date"),
            *(
                element("span", element("span", "✕ ", aria_hidden="true"), sentence)
                for sentence in sentences[:MOST_NAMED]
            ),
            element("span", f"and {rest} more") if rest > 0 else None,
            class_="rd-banner",
            role="status",
        )
    )


def _render_cluster(report: ClusterReport, now: datetime) -> Markup:
    cause = f"{report.title}, " if report.title else ""
    return element(
        "span",
        element("span", _SHAPES[report.condition], aria_hidden="true"),
        joined(" ", element("b", report.name), f": {cause}{report.condition}"),
        joined(", last read ", render_ago(report.status.read_at, now))
        if report.status.read_at
        else None,
        title=report.message or None,
    )
