"""Recent changes on the overview: those since the user's last visit, then earlier ones."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from reldash.domain.history.changes import CHANGE_WORDS, ChangeKind
from reldash.domain.phrases import counted, listed
from reldash.services.context import get_context
from reldash.services.reports import last_visit
from reldash.services.reports.recent_changes import RecentChange, RecentChanges
from reldash.ui import gate
from reldash.ui.navigation import HISTORY
from reldash.ui.page import PageRun
from reldash.ui.widgets import page_links
from reldash.ui.widgets.change_badges import change_label
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.lists_of_links import render_cell_link, render_text, section
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.relative_times import ago, render_ago

MOST_NEW = 14
MOST_OLD = 5
MOST_ON_FIRST_VISIT = 14


def render_recent_changes(run: PageRun, activity: RecentChanges, since: datetime | None) -> None:
    """Draw the changes since the user's last visit, and a few earlier ones.

    Args:
        run: the page.
        activity: the recent changes.
        since: time of the last visit; None if there was none.
    """
    if not activity.changes:
        with section("news", "Recent changes", level="h2"):
            render_empty_state(
                "No changes yet", "The first change appears here after the next read."
            )
        return
    _render_since_last_visit(run, activity, since)
    st.page_link(
        page_links.get_page(HISTORY),
        label="Show all changes",
        icon=":material/arrow_forward:",
    )


def _render_since_last_visit(run: PageRun, activity: RecentChanges, since: datetime | None) -> None:
    if since is None:
        hint = "New since your last visit comes first"
        with section("news", "Recent changes", hint, level="h2"):
            _render_rows(run, activity.changes[:MOST_ON_FIRST_VISIT], new=False)
        return
    new = [each for each in activity.changes if each.at > since]
    old = activity.changes[len(new) :]
    title = f"Since your last visit, {ago(since, run.now)}"
    count = counted(len(new), "change") if new else "no changes seen"
    with section("news", title, count, level="h2"):
        _render_rows(run, new[:MOST_NEW], new=True)
        if len(new) > MOST_NEW:
            render_text(element("span", f"and {len(new) - MOST_NEW} more", class_="rd-quiet"))
        if new:
            st.button(
                "Mark all as seen",
                icon=":material/done_all:",
                type="tertiary",
                key="reldash_mark_seen",
                on_click=gate.guarded(_mark),
                args=(run, activity.as_of),
            )
    if old and len(new) < MOST_NEW:
        with section("old_news", "Earlier"):
            _render_rows(run, old[:MOST_OLD], new=False)


def _mark(run: PageRun, as_of: datetime) -> None:
    last_visit.mark_seen(get_context(), run.user, as_of)


def _render_rows(run: PageRun, news: Sequence[RecentChange], *, new: bool) -> None:
    for each in news:
        with st.container(horizontal=True, gap=None):
            render_cell_link(
                run.rules, each.dashboard, each.service, each.environment, each.environment
            )
            render_text(
                element("span", "● ", class_="rd-new", title="New since your last visit")
                if new
                else None,
                _render_versions(each),
                _render_kind(each.kind),
                element("span", _where(each), class_="rd-quiet"),
                element(
                    "span",
                    ", about " if each.approximate else ", ",
                    render_ago(each.at, run.now),
                    class_="rd-quiet",
                ),
            )


def _render_versions(news: RecentChange) -> Markup:
    """The versions before (faint) and after; of a removed service only the one before."""
    if not news.after:
        return element("span", news.before, class_="rd-version")
    after = element("span", news.after, class_="rd-version")
    if not news.before:
        return after
    return joined(element("span", f"{news.before} → ", class_="rd-quiet"), after)


def _render_kind(kind: ChangeKind) -> Markup | None:
    if kind is ChangeKind.CHANGED:
        return None
    return element("span", f" {change_label(kind)}", class_="rd-kind", title=CHANGE_WORDS[kind])


def _where(news: RecentChange) -> str:
    words = [counted(news.places, "deployment")] if news.places > 1 else []
    customers = [customer for customer in news.customers if customer]
    words += [f"of {listed(customers)}"] if customers else []
    words += [f"during {news.freeze}"] if news.freeze else []
    return f" {' '.join(words)}" if words else ""
