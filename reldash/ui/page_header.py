"""Header of a page: title, age of the data, Refresh with progress, Clear cache.

One timed fragment a page also notices newer data. It runs every few seconds and reruns the page
only when the data has moved, so that nothing flickers while nothing changes.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from reldash.domain.phrases import counted, listed
from reldash.services.reports.clusters import ClusterReport
from reldash.services.view_cache import Tick
from reldash.ui import cached, gate
from reldash.ui.data_warnings import render_cluster_warning
from reldash.ui.widgets.markup import Markup, element, plain
from reldash.ui.widgets.relative_times import ago, exact

WATCH_SECONDS = 3.0
PROGRESS_SECONDS = 1.0
GIVE_UP_SECONDS = 180.0  # a cluster that nobody has tried to read by then has no collector

_REFRESH = "reldash_refresh"  # in the session state: a _Refresh, while one is under way
_WITH_PAGE = "reldash_with_page"  # set while the fragment runs as part of its page


@dataclass(slots=True)
class _Refresh:
    """A refresh under way; `at` is its start by time.monotonic(), `done` once all were read."""

    names: tuple[str, ...]
    at: float
    done: bool = False


def render_header(title: str, names: Sequence[str], tick: Tick) -> None:
    """Draw the title of a page, the age of its data, Refresh and Clear cache.

    Args:
        title: of the page.
        names: the clusters in view, whose age is shown and which a refresh reads.
        tick: version of the data that this run shows.
    """
    under_way = _REFRESH in st.session_state
    seconds = PROGRESS_SECONDS if under_way else WATCH_SECONDS
    st.session_state[_WITH_PAGE] = True
    st.fragment(_render, run_every=seconds)(title, tuple(names), tick, under_way)


def _render(title: str, names: tuple[str, ...], tick: Tick, under_way: bool) -> None:
    # Not as part of the page's own run: constantly moving data would never let that end.
    if not st.session_state.pop(_WITH_PAGE, False):
        gate.check_fragment()
        if cached.get_tick() != tick:
            gate.rerun_for_data()
    reports = [report for report in cached.get_clusters() if report.name in names]
    row = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
    )
    row.title(plain(title), anchor=False, width="content")
    with row.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", width="content"
    ):
        st.html(render_data_age(reports, datetime.now(UTC)), width="content")
        st.button(
            "Refresh",
            icon=":material/refresh:",
            key="reldash_refresh_button",
            disabled=_REFRESH in st.session_state,
            help="Read the clusters in view now",
            on_click=gate.guarded(_start_refresh),
            args=(names,),
        )
        st.button(
            "Clear cache",
            icon=":material/delete_sweep:",
            key="reldash_clear_button",
            type="tertiary",
            help="Reload all views from the database, for all users",
            on_click=gate.guarded(cached.clear_cache),
        )
    if (_REFRESH in st.session_state) != under_way:
        gate.rerun_for_data()  # so that this fragment runs at the other interval
    if under_way:
        _render_progress(reports)
    banner = render_cluster_warning(reports, datetime.now(UTC))
    if banner:
        st.html(banner)


def _start_refresh(names: tuple[str, ...]) -> None:
    cached.request_refresh(names)
    st.session_state[_REFRESH] = _Refresh(names, time.monotonic())


def _render_progress(reports: Sequence[ClusterReport]) -> None:
    """Draw the progress bar and each cluster's status; end the refresh one run after the last."""
    refresh: _Refresh = st.session_state[_REFRESH]
    mine = [report for report in reports if report.name in refresh.names]
    waiting = [report for report in mine if report.status.refreshing]
    if refresh.done or time.monotonic() - refresh.at > GIVE_UP_SECONDS:
        del st.session_state[_REFRESH]
        cached.renew_views()
        st.toast(_outcome(mine, waiting), icon=":material/refresh:")
        gate.rerun_for_data()
    refresh.done = not waiting
    count = len(mine) - len(waiting)
    share = count / len(mine) if mine else 1.0  # none before discovery
    st.progress(share, text=f"Reading clusters: {count} of {len(mine)} done")
    st.html(
        element(
            "div",
            *(_render_step(report) for report in mine),
            class_="rd-steps",
            role="list",
            aria_label="Progress by cluster",
        )
    )


def _render_step(report: ClusterReport) -> Markup:
    if report.status.refreshing:
        shape, word, kind = "◌", "reading", "waiting"
    elif report.status.error_title:
        shape, word, kind = "✕", report.status.error_title, "failed"
    else:
        shape, word, kind = "✓", "read", "done"
    mark = element("span", shape, aria_hidden="true")
    return element(
        "span", mark, f" {report.name} ", element("em", word), class_=f"rd-{kind}", role="listitem"
    )


def _outcome(mine: Sequence[ClusterReport], waiting: Sequence[ClusterReport]) -> str:
    failed = [report for report in mine if report.title and report not in waiting]
    words = [f"{counted(len(mine) - len(waiting) - len(failed), 'cluster')} read"]
    if failed:
        words.append(f"{len(failed)} failed: {listed([report.name for report in failed])}")
    if waiting:
        words.append(f"no answer yet from {listed([report.name for report in waiting])}")
    return plain("; ".join(words))


def render_data_age(reports: Sequence[ClusterReport], now: datetime) -> Markup:
    """How long ago the clusters in view were read, from the latest read to the oldest."""
    reads = sorted(report.status.read_at for report in reports if report.status.read_at)
    if not reads:
        return element("span", "Never read", class_="rd-age")
    oldest, latest = reads[0], reads[-1]
    words = ago(latest, now)
    if ago(oldest, now) != words:
        words = f"{words.removesuffix(' ago')} to {ago(oldest, now)}"
    title = f"Oldest: {exact(oldest)}; latest: {exact(latest)}"
    unread = len(reports) - len(reads)
    more = f"; {unread} of {counted(len(reports), 'cluster')} never read" if unread else ""
    return element("span", f"Data read {words}{more}", class_="rd-age", title=title)
