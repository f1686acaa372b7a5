"""The top of every page: its title, how old the data is, and the controls to renew it.

Each page begins with `start`, the one place where a session is let in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from reldash.domain.filters import FilterError
from reldash.domain.fleet import FleetRules
from reldash.errors import ReldashError
from reldash.ui import cached, freshness
from reldash.ui.cached import Tick
from reldash.ui.markup import element, plain
from reldash.ui.registry import PageInfo, list_pages

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Started:
    """What a page works with during one run.

    Attributes:
        tick: which data it shows; pass it to whatever is asked of `cached`.
        now: aware UTC, for ages.
    """

    info: PageInfo
    rules: FleetRules
    tick: Tick
    now: datetime


def start(key: str) -> Started:
    """Begin a page: `key` is its name in `pages/` (see `registry`)."""
    rules = cached.get_rules()
    info = next(page for page in list_pages(rules) if page.key == key)
    st.set_page_config(page_title=f"{info.title} · Release dashboard")
    cached.keep_fresh()
    tick = cached.get_tick()
    freshness.render_header(info.title, _clusters_of(info, rules), tick)
    return Started(info, rules, tick, datetime.now(UTC))


def render_error(error: ReldashError) -> None:
    """Say what went wrong in the place of a page, and try again until it is mended.

    A filter that asks for what does not exist is mended by whoever reads it, not by waiting.
    """
    st.error(f"**{plain(error.title)}**  \n{plain(error.message)}", icon=":material/error:")
    if not isinstance(error, FilterError):
        st.fragment(_retry, run_every=RETRY_SECONDS)()


def render_nothing(title: str, advice: str) -> None:
    """An empty state: what there is nothing of, and what to do about it."""
    st.html(
        element(
            "div",
            element("p", title, class_="rd-empty-title"),
            element("p", advice),
            class_="rd-empty",
        )
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
    st.rerun()
