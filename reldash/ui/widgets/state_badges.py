"""Badges of states and flags: shape, label and colour, so that none of them is needed alone."""

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cell_text import FIX_MARK, FIX_WORDS, STATE_MARKS, last_state_words
from reldash.domain.matrix.cells import Cell
from reldash.ui.widgets.markup import Markup, element, joined

# Text colours as (light theme, dark theme), contrast at least 4.5:1 on the theme's background.
STATE_COLOURS: dict[State, tuple[str, str]] = {
    State.AHEAD: ("#6b3fa0", "#c3a6f0"),
    State.DIVERGED: ("#b3261e", "#f4948b"),
    State.BEHIND: ("#9a4a00", "#eba45a"),
    State.UNKNOWN: ("#5a666d", "#a9b5bc"),
    State.ABSENT: ("#6a757b", "#94a1a8"),
    State.WAITING: ("#1d5f8a", "#84c2e8"),
    State.LEADING: ("#3a464d", "#c3cdd2"),
    State.IN_STEP: ("#2c6e49", "#7cc59b"),
}

# Faint backgrounds for states that drift, so that they are seen while scrolling.
STATE_BACKGROUNDS: dict[State, tuple[str, str]] = {
    State.AHEAD: ("#f5effc", "#241d31"),
    State.DIVERGED: ("#fdefee", "#311c1b"),
    State.BEHIND: ("#fdf3e6", "#2d2214"),
}

FLAG_MARK = "⚑"
FIX_MEANING = "runs critical or high findings that an earlier environment no longer has"


def display_name(name: State | Flag) -> str:
    """The label of a state or flag, such as "in step"."""
    return str(name).replace("_", " ")


def render_state(state: State) -> Markup:
    """The badge of a state."""
    light, dark = STATE_COLOURS[state]
    return element(
        "span",
        element("span", STATE_MARKS[state], class_="rd-shape", aria_hidden="true"),
        joined(" ", display_name(state)),
        class_="rd-state",
        style=f"color:light-dark({light},{dark})",
    )


def render_last_state(cell: Cell) -> Markup:
    """The badge of a cell's last state: without colour where it does not count as that."""
    if cell.last_known is None and not cell.is_stale:
        return render_state(cell.state)
    light, dark = STATE_COLOURS[State.UNKNOWN if cell.last_known else cell.state]
    return element(
        "span",
        element("span", STATE_MARKS[cell.last_state], class_="rd-shape", aria_hidden="true"),
        joined(" ", last_state_words(cell)),
        class_="rd-state",
        style=f"color:light-dark({light},{dark})",
    )


def render_flag(flag: Flag) -> Markup:
    """The badge of a flag."""
    return element(
        "span",
        element("span", FLAG_MARK, class_="rd-shape", aria_hidden="true"),
        joined(" ", display_name(flag)),
        class_="rd-flag",
    )


def render_fix() -> Markup:
    """The badge of a cell whose findings an earlier environment no longer has."""
    return element(
        "span",
        element("span", FIX_MARK, class_="rd-shape", aria_hidden="true"),
        joined(" ", FIX_WORDS),
        class_="rd-fix",
    )
