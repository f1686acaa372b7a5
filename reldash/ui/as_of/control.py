"""Choice of the moment that a page shows.

The moment is in the URL as `at`, always exact and in UTC, so that a link keeps showing the same.
"""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

import streamlit as st

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.cell_text import iso
from reldash.domain.moments import MomentError, parse_moment
from reldash.services.context import get_context
from reldash.services.past.past_views import check_moment
from reldash.ui import gate
from reldash.ui.as_of.presets import list_presets
from reldash.ui.widgets import url_state
from reldash.ui.widgets.markup import plain
from reldash.ui.widgets.page_urls import AT
from reldash.ui.widgets.time_zone import viewer_zone, zone_name

NOW = "Now"


def read_moment(now: datetime) -> datetime | None:
    """The moment in the URL; None for now.

    Warns and falls back to now where that is no past moment, or older than the kept history.
    """
    text = url_state.get(AT)
    if not text:
        return None
    try:
        at = parse_moment(text)
        check_moment(get_context(), at, now)
    except (MomentError, ChoiceError) as error:
        st.warning(
            f"**{plain(error.title)}**  \n{plain(error.message)}. "
            "The page shows the current state.",
            icon=":material/history_toggle_off:",
        )
        return None
    return at


def render_time_control(as_of: datetime | None, now: datetime) -> None:
    """Draw the choice of the moment that a page shows."""
    pick_moment("As of", "reldash_as_of", as_of, now, lambda text: url_state.set_query({AT: text}))


def pick_moment(
    label: str, key: str, shown: datetime | None, now: datetime, choose: Callable[[str], None]
) -> None:
    """Draw a choice of moments: now, common presets, or any that the user types.

    Args:
        label: of the widget.
        key: of the widget.
        shown: the current choice; None for now.
        now: aware UTC.
        choose: called with the choice as URLs hold it: "" for now, "2026-11-20T17:00:00Z", or the
            typed text where that is no moment.
    """
    zone = viewer_zone()
    current = moment_words(shown)
    st.session_state[key] = current
    offered = [NOW, *(preset.label for preset in list_presets(now, zone))]
    st.selectbox(
        label,
        list(dict.fromkeys([*offered, current])),
        key=key,
        accept_new_options=True,
        filter_mode="contains",
        width=205,
        help=f"Or type a time in UTC: 2026-11-20 17:00. Presets use {zone_name(zone)} time.",
        on_change=gate.guarded(_pick),
        args=(key, choose),
    )


def moment_words(at: datetime | None) -> str:
    """A moment as the control shows it: "2026-11-20 17:00:00 UTC"; "Now" for None."""
    return NOW if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def resolve(chosen: str, now: datetime, zone: tzinfo | None) -> str:
    """A choice or typed text as URLs hold it; unchanged where it is no past moment."""
    if chosen in {"", NOW}:
        return ""
    at = dict(list_presets(now, zone)).get(chosen)
    if at is None:
        try:
            at = parse_moment(chosen.upper().removesuffix("UTC"), now=now)
        except MomentError:
            return chosen
    return iso(at)


def _pick(key: str, choose: Callable[[str], None]) -> None:
    choose(resolve(st.session_state[key] or "", datetime.now(UTC), viewer_zone()))
