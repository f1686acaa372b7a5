"""Start of every page: session check, title, age of the data, refresh controls; error pages.

Each page begins with `start`, which lets nobody in without a session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from reldash.domain.accounts import SessionUser
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.rules import FleetRules
from reldash.errors import ReldashError
from reldash.services.context import get_context
from reldash.services.view_cache import Tick
from reldash.ui import cached, gate, page_header
from reldash.ui.as_of import banner, control
from reldash.ui.navigation import ADMIN, INBOX, PageInfo, list_own_pages, list_pages
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.markup import plain

RETRY_SECONDS = 5

_PAGE = "reldash_page"  # in the session state: the key of the page that was shown last


@dataclass(frozen=True, slots=True)
class PageRun:
    """One run of a page: the user, the data and the time that it shows.

    Attributes:
        user: the signed-in user.
        clusters: names of the clusters in view: those of a dashboard, else all.
        came_from: the page that this browser tab showed before; None where it was loaded by URL.
        tick: version of the data; pass it to the functions of `cached`.
        now: aware UTC, for ages.
        as_of: the past moment that the page shows (aware UTC); None for now.
    """

    info: PageInfo
    user: SessionUser
    clusters: Sequence[str]
    came_from: str | None
    rules: FleetRules
    tick: Tick
    now: datetime
    as_of: datetime | None = None


def start(key: str) -> PageRun:
    """Start a page; `key` is its name in `pages/` (see `navigation`).

    Ends the run for anybody who is not signed in or may not open this page, whatever `main` did.
    """
    user = gate.require()
    rules = cached.get_rules()
    pages = [*list_pages(rules), *list_own_pages(user)]
    info = next((page for page in pages if page.key == key), None)
    if info is None:
        _render_forbidden(key)
        st.stop()
    st.set_page_config(page_title=f"{info.title} · Release dashboard")
    tick, clusters = cached.get_tick(), _clusters_of(info, rules)
    now = datetime.now(UTC)
    as_of = control.read_moment(now) if info.has_past else None
    if as_of is not None:  # the past neither ages nor can it be read again
        st.title(plain(info.title), anchor=False)
        gate.render_session_watch()
        board = rules.dashboards.get(info.dashboard or "")
        banner.render_past_banner(as_of, now, cached.get_past_notices(as_of), board)
    elif info.reads_clusters:
        cached.keep_fresh()
        page_header.render_header(info.title, clusters, tick)
    else:
        st.title(plain(info.title), anchor=False)
        gate.render_session_watch()
    came_from = st.session_state.get(_PAGE)
    st.session_state[_PAGE] = key
    return PageRun(info, user, clusters, came_from, rules, tick, now, as_of)


def has_inbox() -> bool:
    """Whether emails are kept in an inbox page, as in the demo."""
    return get_context().settings.inbox is not None


def start_inbox() -> None:
    """Start the inbox, the demo's only page that needs no sign-in."""
    if not has_inbox():
        st.stop()
    st.set_page_config(page_title=f"{INBOX.title} · Release dashboard")


def render_error(error: ReldashError, *, details: bool) -> None:
    """Show an error in place of the page, and retry until it is gone.

    A choice that does not exist is not retried: only the user can correct it.

    Args:
        error: its message may name clusters or the database's address.
        details: whether to show the message; only to signed-in users.
    """
    message = plain(error.message) if details else "See the server's log for the cause."
    st.error(f"**{plain(error.title)}**  \n{message}", icon=":material/error:")
    if not isinstance(error, ChoiceError):
        st.fragment(_retry, run_every=RETRY_SECONDS)()


def render_failure() -> None:
    """Show that rendering a page failed unexpectedly, with a button to try again."""
    now = datetime.now(UTC)
    st.error(
        "**This page failed to load**  \nSee the server's log for the cause"
        f" ({now:%Y-%m-%d %H:%M:%S} UTC). Reading and recording continue.",
        icon=":material/error:",
    )
    st.button("Try again", icon=":material/refresh:", key="reldash_try_again")


def _render_forbidden(key: str) -> None:
    """Tell a user without the role that the page is for administrators."""
    if key == ADMIN.key:
        gate.render_session_watch()
        st.title(ADMIN.title, anchor=False)
        render_empty_state(
            "This page is for administrators",
            "Ask an administrator to make the change, or to give you the role.",
        )


def _clusters_of(info: PageInfo, rules: FleetRules) -> Sequence[str]:
    """The names of the clusters in view: those of a dashboard, or all."""
    return [
        cluster.name
        for cluster in rules.clusters
        if info.dashboard is None or info.dashboard in cluster.dashboards
    ]


def _retry() -> None:
    """Rerun the whole page as soon as the database answers."""
    st.caption("Retrying every few seconds.")
    is_first = st.session_state.setdefault("reldash_retry", True)
    if is_first:  # this run has only just failed
        st.session_state["reldash_retry"] = False
        return
    try:
        cached.get_tick()
    except ReldashError:
        return
    del st.session_state["reldash_retry"]
    gate.rerun_for_data()
