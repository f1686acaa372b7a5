"""The clusters page: status and last good read of each cluster, and how to fix failures."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from reldash.domain.phrases import counted, listed
from reldash.domain.tables.csv_text import times
from reldash.domain.workloads.reads import ClusterStatus, Unread
from reldash.services.reports.clusters import ClusterReport, Condition
from reldash.ui import cached
from reldash.ui.clusters.discovery import render_discovery, render_no_clusters
from reldash.ui.page import PageRun
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.relative_times import render_ago
from reldash.ui.widgets.time_columns import add_exact_times

MARKS = {
    Condition.NEVER: "○ never read",
    Condition.STALE: "◌ stale",
    Condition.FAILING: "✕ failing",
    Condition.CURRENT: "✓ current",
}
MOST_PARTS = 20  # unread parts and bad objects listed of a cluster


def render_clusters(run: PageRun) -> None:
    """Draw the page below its header."""
    reports, discovery = cached.get_clusters(), cached.get_discovery()
    if reports:
        _render_reports(reports, run.now)
    else:
        render_no_clusters(discovery)
    if discovery is not None:
        render_discovery(discovery, run.now)


def _render_reports(reports: Sequence[ClusterReport], now: datetime) -> None:
    frame, columns = add_exact_times(_frame(reports), ["last good read"])
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        placeholder="",
        column_config={**columns, "seconds": st.column_config.NumberColumn(format="%.2f")},
        alt="Clusters and their status",
    )
    insecure = [report.name for report in reports if report.allows_insecure]
    if insecure:
        st.html(element("p", insecure_words(insecure)))
    for report in reports:
        problem = _render_problem(report, now)
        if problem is not None:
            st.html(problem)


def _frame(reports: Sequence[ClusterReport]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cluster": [r.name for r in reports],
            "condition": [MARKS[r.condition] for r in reports],
            "not read": [unread_words(r.status.unread) for r in reports],
            "last good read": times([r.status.read_at for r in reports]),
            "seconds": pd.array([r.status.duration for r in reports], dtype="Float64"),
            "workloads": _known(
                [r.status.workloads if r.status.read_at else None for r in reports]
            ),
            "containers": _known(
                [r.status.containers if r.status.read_at else None for r in reports]
            ),
            "pods": _known([r.status.pods if _has_read_pods(r.status) else None for r in reports]),
            "Kubernetes": [r.status.kubernetes_version for r in reports],
            "environments": [", ".join(r.environments) for r in reports],
            "dashboards": [", ".join(r.dashboards) for r in reports],
            "invalid objects": _known(
                [len(r.status.bad) if r.status.read_at else None for r in reports]
            ),
        }
    )


def unread_words(parts: Sequence[Unread]) -> str:
    """Parts that a good read did not list, such as "Pods, Jobs in 2 namespaces"; "" if none."""
    namespaces: dict[str, set[str | None]] = {}
    words = []
    for part in parts:
        if part.is_by_choice:
            words.append(f"namespaces besides {listed(part.besides)}")
        else:
            namespaces.setdefault(part.kind, set()).add(part.namespace)
    words += (
        f"{kind}s" if None in found else f"{kind}s in {counted(len(found), 'namespace')}"
        for kind, found in namespaces.items()
    )
    return ", ".join(words)


def insecure_words(clusters: Sequence[str]) -> str:
    """A line about clusters with `allow_insecure`."""
    return (
        f"Insecure access is allowed for {listed(clusters)} (allow_insecure in the fleet file):"
        " encryption or the server's certificate may be missing, and what is shown of"
        f" {'it' if len(clusters) == 1 else 'them'} may be forged."
    )


def _known(numbers: Sequence[int | None]) -> pd.arrays.IntegerArray:
    """Whole numbers; a never-read value is missing, not zero."""
    return pd.array(list(numbers), dtype="Int64")


def _has_read_pods(status: ClusterStatus) -> bool:
    everywhere = (part.kind == "Pod" and part.namespace is None for part in status.unread)
    return status.read_at is not None and not any(everywhere)


def _render_problem(report: ClusterReport, now: datetime) -> Markup | None:
    """A cluster's problem, its cause and how to fix it; None if there is none."""
    status = report.status
    refused = [part for part in status.unread if not part.is_by_choice]
    if not (report.title or refused or status.bad):
        return None
    parts = [
        joined(
            element("b", f"{part.kind}s in {part.namespace or 'the whole cluster'}"),
            f": {part.title}, {part.message}",
        )
        for part in refused
    ]
    bad = [
        joined(element("b", f"{b.kind} {b.namespace}/{b.name}"), f": {b.reason}")
        for b in status.bad
    ]
    return element(
        "section",
        element("h2", report.name, element("span", f" {report.condition}", class_="rd-quiet")),
        element("p", element("b", report.title), f": {report.message}") if report.title else None,
        element("p", element("b", "How to fix"), f": {report.remedy}") if report.remedy else None,
        element(
            "p",
            f"Failed {counted(status.failures, 'time')} in a row, last attempt ",
            render_ago(status.attempted_at, now),
            "; last good read ",
            render_ago(status.read_at, now),
            class_="rd-quiet",
        )
        if report.title
        else None,
        _render_parts("Could not be read", parts),
        _render_parts("Invalid objects, left out", bad),
        class_="rd-problem",
    )


def _render_parts(title: str, parts: Sequence[Markup]) -> Markup | None:
    if not parts:
        return None
    rest = len(parts) - MOST_PARTS
    return joined(
        element("p", title),
        element(
            "ul",
            *(element("li", part) for part in parts[:MOST_PARTS]),
            element("li", f"and {rest} more") if rest > 0 else None,
        ),
    )
