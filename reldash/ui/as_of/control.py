"""Looking at another time: the choice of a moment, and the banner that says that one does.

The moment is in the URL as `at`, always exact and in UTC: what a link shows does not move.
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
    """The moment that the URL asks for; None for now.

    What is no moment of the past, or lies longer ago than history is kept, is said, and the page
    goes on at now.
    """
    text = url_state.get(AT)
    if not text:
        return None
    try:
        at = parse_moment(text)
        check_moment(get_context(), at, now)
    except (MomentError, ChoiceError) as error:
        st.warning(
            f"**{plain(error.title)}**  \n{plain(error.message)}. This is how it is now.",
            icon=":material/history_toggle_off:",
        )
        return None
    return at


def render_time_control(as_of: datetime | None, now: datetime) -> None:
    """Draw the choice of the moment that a page shows."""
    pick_moment("As of", "reldash_as_of", as_of, now, lambda text: url_state.set_query({AT: text}))


def pick_moment(
    label: str, key: str, shown: datetime | None, now: datetime, ask: Callable[[str], None]
) -> None:
    """Draw a choice of moments: now, some that people often ask for, or any that is typed.

    Args:
        label: what stands above.
        key: of the widget.
        shown: the moment that is chosen; None for now.
        now: aware UTC.
        ask: called with what was chosen as URLs hold it: "" for now, "2026-11-20T17:00:00Z", or
            what was typed where that is no moment.
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
        help=f"Or type a time in UTC: 2026-11-20 17:00. Hours of days are in {zone_name(zone)}.",
        on_change=gate.guarded(_pick),
        args=(key, ask),
    )


def moment_words(at: datetime | None) -> str:
    """A moment as choices show it: "2026-11-20 17:00:00 UTC"."""
    return NOW if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def resolve(chosen: str, now: datetime, zone: tzinfo | None) -> str:
    """What was chosen or typed as URLs hold it; as it is where it is no moment of the past."""
    if chosen in {"", NOW}:
        return ""
    at = dict(list_presets(now, zone)).get(chosen)
    if at is None:
        try:
            at = parse_moment(chosen.upper().removesuffix("UTC"), now=now)
        except MomentError:
            return chosen
    return iso(at)


def _pick(key: str, ask: Callable[[str], None]) -> None:
    ask(resolve(st.session_state[key] or "", datetime.now(UTC), viewer_zone()))
