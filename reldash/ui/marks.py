"""How states and flags look: a shape, a word and a colour, so that none is needed alone."""

import pandas as pd
from pandas.io.formats.style import Styler

from reldash.domain.cells import Matrix
from reldash.domain.states import Flag, State
from reldash.domain.tables import matrix_frame
from reldash.domain.texts import FIX_MARK, FIX_WORDS, STATE_MARKS
from reldash.ui.markup import Markup, element, joined

# Text colours as (light theme, dark theme), each at least 4.5:1 on its theme's background.
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

# Faint backgrounds for what drifts, so that it is seen while scrolling; the rest is quiet.
STATE_BACKGROUNDS: dict[State, tuple[str, str]] = {
    State.AHEAD: ("#f5effc", "#241d31"),
    State.DIVERGED: ("#fdefee", "#311c1b"),
    State.BEHIND: ("#fdf3e6", "#2d2214"),
}

FLAG_MARK = "⚑"
FIX_MEANING = "runs critical or high findings that an earlier environment no longer has"

# Colours cost about 2 ms a hundred cells; past this many the shapes and words have to do.
MOST_COLOURED_CELLS = 6000


def style_matrix(matrix: Matrix, *, dark: bool) -> Styler | pd.DataFrame:
    """The matrix for the screen: shape and words, coloured where it is not too large.

    Index and columns are those of `tables.matrix_frame`.
    """
    frame = matrix_frame(matrix, marks=True)
    if frame.size > MOST_COLOURED_CELLS:
        return frame
    styles = pd.DataFrame(
        [
            [css_of(matrix.cells[row.service, column.key].state, dark) for column in matrix.columns]
            for row in matrix.rows
        ],
        index=frame.index,
        columns=frame.columns,
    )
    return frame.style.apply(lambda _: styles, axis=None)


def css_of(state: State, dark: bool) -> str:
    """A state's colours as CSS declarations, for grids that do not know the theme."""
    theme = int(dark)
    css = f"color:{STATE_COLOURS[state][theme]}"
    background = STATE_BACKGROUNDS.get(state)
    return f"{css};background-color:{background[theme]}" if background else css


def words_of(name: State | Flag) -> str:
    """The name as people read it: "in step"."""
    return str(name).replace("_", " ")


def render_state(state: State) -> Markup:
    """A state in a line of text."""
    light, dark = STATE_COLOURS[state]
    return element(
        "span",
        element("span", STATE_MARKS[state], class_="rd-shape", aria_hidden="true"),
        joined(" ", words_of(state)),
        class_="rd-state",
        style=f"color:light-dark({light},{dark})",
    )


def render_flag(flag: Flag) -> Markup:
    """A flag in a line of text."""
    return element(
        "span",
        element("span", FLAG_MARK, class_="rd-shape", aria_hidden="true"),
        joined(" ", words_of(flag)),
        class_="rd-flag",
    )


def render_fix() -> Markup:
    """In a line of text, that an earlier environment runs fewer findings."""
    return element(
        "span",
        element("span", FIX_MARK, class_="rd-shape", aria_hidden="true"),
        joined(" ", FIX_WORDS),
        class_="rd-fix",
    )
