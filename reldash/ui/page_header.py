"""How old the data is, asking for newer, and noticing that newer has come.

One fragment a page does all three: it runs every few seconds by itself, and reruns the page only
when the data has moved, so that a quiet fleet means a quiet page.
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
GIVE_UP_SECONDS = 180.0  # a cluster that has not been tried by then has no collector


_ASKED = "reldash_refresh"  # in the session's state: an _Asked, while a refresh is on
_WITH_PAGE = "reldash_with_page"  # set while the fragment runs as a part of its page


@dataclass(slots=True)
class _Asked:
    """A refresh that somebody asked for; `at` is time.monotonic(), `done` once all were read."""

    names: tuple[str, ...]
    at: float
    done: bool = False


def render_header(title: str, names: Sequence[str], tick: Tick) -> None:
    """The title of a page beside the age of its data, with refresh and clear-cache.

    Args:
        title: of the page.
        names: the clusters in view: what the age speaks of, and what a refresh asks for.
        tick: which data this run shows.
    """
    under_way = _ASKED in st.session_state
    seconds = PROGRESS_SECONDS if under_way else WATCH_SECONDS
    st.session_state[_WITH_PAGE] = True
    st.fragment(_render, run_every=seconds)(title, tuple(names), tick, under_way)


def _render(title: str, names: tuple[str, ...], tick: Tick, under_way: bool) -> None:
    # Not as a part of the page's own run: data that always moves would never let it end.
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
            disabled=_ASKED in st.session_state,
            help="Ask for the clusters in view to be read now",
            on_click=gate.guarded(_ask),
            args=(names,),
        )
        st.button(
            "Clear cache",
            icon=":material/delete_sweep:",
            key="reldash_clear_button",
            type="tertiary",
            help="Make every view anew from the database, for everybody",
            on_click=gate.guarded(cached.clear_cache),
        )
    if (_ASKED in st.session_state) != under_way:
        gate.rerun_for_data()  # so that this fragment runs at the pace of what is going on
    if under_way:
        _render_progress(reports)
    banner = render_cluster_warning(reports, datetime.now(UTC))
    if banner:
        st.html(banner)


def _ask(names: tuple[str, ...]) -> None:
    cached.request_refresh(names)
    st.session_state[_ASKED] = _Asked(names, time.monotonic())


def _render_progress(reports: Sequence[ClusterReport]) -> None:
    """A bar and a mark for each cluster that was asked for; the run after the last one ends it."""
    asked: _Asked = st.session_state[_ASKED]
    mine = [report for report in reports if report.name in asked.names]
    waiting = [report for report in mine if report.status.refreshing]
    if asked.done or time.monotonic() - asked.at > GIVE_UP_SECONDS:
        del st.session_state[_ASKED]
        cached.renew_views()
        st.toast(_outcome(mine, waiting), icon=":material/refresh:")
        gate.rerun_for_data()
    asked.done = not waiting
    count = len(mine) - len(waiting)
    share = count / len(mine) if mine else 1.0  # before discovery has found any
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
    """How long ago the clusters in view were read: the span from the latest to the oldest."""
    reads = sorted(report.status.read_at for report in reports if report.status.read_at)
    if not reads:
        return element("span", "Not read yet", class_="rd-age")
    oldest, latest = reads[0], reads[-1]
    words = ago(latest, now)
    if ago(oldest, now) != words:
        words = f"{words.removesuffix(' ago')} to {ago(oldest, now)}"
    title = f"oldest: {exact(oldest)}; latest: {exact(latest)}"
    unread = len(reports) - len(reads)
    more = f"; {unread} of {len(reports)} not yet" if unread else ""
    return element("span", f"Data read {words}{more}", class_="rd-age", title=title)
