"""Colours can be read in both themes (WCAG 2.2, 1.4.3: 4.5 to 1 for text)."""

import re
import tomllib
from pathlib import Path

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cell_text import STATE_MARKS
from reldash.ui.widgets.state_badges import (
    STATE_BACKGROUNDS,
    STATE_COLOURS,
    render_flag,
    render_state,
)

PROJECT = Path(__file__).resolve().parents[3]
THEMES = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]
STYLES = (
    PROJECT / "reldash" / "ui" / "style.css",
    PROJECT / "reldash" / "ui" / "widgets" / "html_table.css",
    PROJECT / "reldash" / "ui" / "matrix_grid" / "assets" / "grid.css",
)
STYLE = "\n".join(path.read_text() for path in STYLES)
PAIR = r"light-dark\((#\w+), (#\w+)\)"
COLOUR = re.compile(rf"(?<!-)color: {PAIR}(?:; background: {PAIR})?")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", State)
def test_a_state_can_be_read_on_the_page_and_on_its_own_background(
    state: State, theme: str
) -> None:
    number = ("light", "dark").index(theme)
    text = STATE_COLOURS[state][number]
    page = THEMES[theme]["backgroundColor"]
    own = STATE_BACKGROUNDS.get(state, (page, page))[number]
    assert contrast(text, page) >= 4.5
    assert contrast(text, own) >= 4.5
    assert text in render_state(state)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("key", ["textColor", "linkColor", "dataframeHeaderTextColor"])
def test_a_theme_can_be_read(key: str, theme: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[key], colours["backgroundColor"]) >= 4.5
    assert contrast(colours[key], colours["secondaryBackgroundColor"]) >= 4.5


@pytest.mark.parametrize("colours", COLOUR.findall(STYLE))
def test_what_style_sheets_colour_can_be_read(colours: tuple[str, str, str, str]) -> None:
    for theme, colour, own in zip(("light", "dark"), colours[:2], colours[2:], strict=True):
        assert contrast(colour, own or THEMES[theme]["backgroundColor"]) >= 4.5


def test_no_state_is_told_by_its_colour_alone() -> None:
    assert len(set(STATE_MARKS.values())) == len(State)
    for state in State:
        assert STATE_MARKS[state] in render_state(state)
        assert state.replace("_", " ") in render_state(state)
    for flag in Flag:
        assert flag.replace("_", " ") in render_flag(flag)
