"""Dashboard selection on pages that cover all dashboards."""

import streamlit as st

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.rules import FleetRules
from reldash.ui.widgets import url_state
from reldash.ui.widgets.markup import plain

DASHBOARD = "dashboard"  # in the URL


def choose_dashboard(rules: FleetRules) -> str:
    """The dashboard that the URL names, or the first with a warning if there is no such one."""
    boards = rules.dashboards
    first = next(iter(boards))
    named = url_state.get(DASHBOARD)
    if named:
        try:
            rules.dashboard(named)
        except ChoiceError as error:
            st.warning(
                f"**{error.title}**  \n{plain(error.message)}. "
                f"The page shows {plain(boards[first].title)}.",
                icon=":material/help:",
            )
            return first
    if len(boards) == 1:
        return first
    return url_state.choose(
        "Dashboard",
        DASHBOARD,
        list(boards),
        default=first,
        words={key: board.title for key, board in boards.items()},
        width=190,
    )
