"""The top of every page: its title, how old the data is, and the controls to renew it.

Each page begins with `start`, the one place where a session is let in.
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

_PAGE = "reldash_page"  # in the session's state: the key of the page that was shown last


@dataclass(frozen=True, slots=True)
class PageRun:
    """What a page works with during one run.

    Attributes:
        user: who is signed in.
        clusters: the names of those in view: of a dashboard its own, else all.
        came_from: the page that this browser tab showed before; None where it was loaded by a URL.
        tick: which data it shows; pass it to whatever is asked of `cached`.
        now: aware UTC, for ages.
        as_of: the past moment that it shows (aware UTC); None for now.
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
    """Begin a page: `key` is its name in `pages/` (see `registry`).

    Nobody gets further who is not signed in, or may not open this page: the run ends here,
    whatever `main` has let through.
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
    if as_of is not None:  # nothing there grows older, and nothing can be read again
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
    """Whether mails are kept to be read on a page: in the demo."""
    return get_context().settings.inbox is not None


def start_inbox() -> None:
    """Begin the inbox, the one page that is open to everybody, and is there in the demo only."""
    if not has_inbox():
        st.stop()
    st.set_page_config(page_title=f"{INBOX.title} · Release dashboard")


def render_error(error: ReldashError, *, details: bool) -> None:
    """Say what went wrong in the place of a page, and try again until it is mended.

    A filter that asks for what does not exist is mended by whoever reads it, not by waiting.

    Args:
        error: its message may name clusters, or where the database is.
        details: whether to show the message: only to who is signed in.
    """
    message = plain(error.message) if details else "The reason is in the server's log."
    st.error(f"**{plain(error.title)}**  \n{message}", icon=":material/error:")
    if not isinstance(error, ChoiceError):
        st.fragment(_retry, run_every=RETRY_SECONDS)()


def render_failure() -> None:
    """Say that drawing a page failed in a way that nobody foresaw, and offer to try again."""
    now = datetime.now(UTC)
    st.error(
        "**This page could not be drawn**  \nThe reason is in the server's log"
        f" ({now:%Y-%m-%d %H:%M:%S} UTC). What is read and recorded goes on as before.",
        icon=":material/error:",
    )
    st.button("Try again", icon=":material/refresh:", key="reldash_try_again")


def _render_forbidden(key: str) -> None:
    """Say whose the page is, to somebody who may not open it; nothing where there is none."""
    if key == ADMIN.key:
        gate.render_session_watch()
        st.title(ADMIN.title, anchor=False)
        render_empty_state(
            "This page is for administrators",
            "Ask one of them for what you need here, or to become one.",
        )


def _clusters_of(info: PageInfo, rules: FleetRules) -> Sequence[str]:
    """The clusters in view: those of a dashboard, or all."""
    return [
        cluster.name
        for cluster in rules.clusters
        if info.dashboard is None or info.dashboard in cluster.dashboards
    ]


def _retry() -> None:
    """Run the whole page again as soon as the database answers."""
    st.caption("Trying again every few seconds.")
    first = st.session_state.setdefault("reldash_retry", True)
    if first:  # this run has only just failed
        st.session_state["reldash_retry"] = False
        return
    try:
        cached.get_tick()
    except ReldashError:
        return
    del st.session_state["reldash_retry"]
    gate.rerun_for_data()
