"""Columns get the room that their cells need: all of the grid's, and none beyond it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from reldash.services.grid_assets import load_assets
from tests.browser.conftest import Served, sign_in
from tests.browser.screen import grid_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

REST = """grid => {
    const edges = [...grid.querySelectorAll(".rdg-column")]
        .map((head) => head.getBoundingClientRect().right);
    return Math.abs(grid.getBoundingClientRect().right - Math.max(...edges));
}"""
# Forty rows: one long version in the first column, distances in all of the second.
MADE_UP = """
    const rows = 40;
    const none = new Map();
    const cells = Array.from({ length: 2 * rows }, (_, cell) => cell);
    const matrix = {
        dashboard: `made up ${words}`, columns: [{ key: "short" }, { key: "long" }], width: 2,
        rows: cells.slice(rows), versions: ["1.4", "x".repeat(300)],
        version: cells.map((cell) => (cell === 0 ? 1 : 0)),
        states: [{ word: "behind" }], state: cells.map(() => 0), flags: [], fix: 0,
        marks: cells.map(() => 0), stale: none, unread: none, mixed: none, candidate: none,
        lastState: () => ({ word: "behind" }),
        lag: new Map(cells.filter((cell) => cell % 2).map((cell) => [cell, { words, since: 1 }])),
    };
"""
WIDTHS = f"""async ([address, words]) => {{
    const {{ widthsOf }} = await import(`${{address}}/widths.js`);
    {MADE_UP}
    return widthsOf(matrix, 380);
}}"""
LAID_OUT = f"""async ([address, words, room]) => {{
    const {{ Layout }} = await import(`${{address}}/layout.js`);
    {MADE_UP}
    const layout = new Layout(matrix, 220 + room);
    return [layout.widthOf(0), layout.widthOf(1)];
}}"""


@pytest.fixture(scope="module")
def page(quick: Served, open_kept_browser: Callable[..., BrowserContext]) -> Page:
    """The platform's matrix on a screen that holds all of it; the tests only read it."""
    context = open_kept_browser(viewport={"width": 1440, "height": 900})
    sign_in(context, quick)
    page = context.new_page()
    page.goto(f"{quick.address}/platform")
    return settled(page)


def test_columns_fill_the_grid(page: Page) -> None:
    grid = grid_of(page)
    wait_for(lambda: grid.evaluate(REST) <= 2)


def test_a_column_is_as_wide_as_most_of_its_cells_and_not_as_the_longest(
    quick: Served, page: Page
) -> None:
    short, long = page.evaluate(WIDTHS, [modules(quick), "2 minor"])
    assert 100 < short < 160
    assert short + 60 < long < 380


def test_cells_that_say_much_take_the_room_that_is_left_before_it_is_shared(
    quick: Served, page: Page
) -> None:
    much = "4 minor, in many more places than just the one"
    short, long = page.evaluate(LAID_OUT, [modules(quick), much, 900])
    (_, needed) = page.evaluate(WIDTHS.replace("380", "640"), [modules(quick), much])
    assert 380 < needed <= long
    assert 160 < short <= 380
    short, long = page.evaluate(LAID_OUT, [modules(quick), much, 560])
    assert 380 < long < needed  # as much as there is
    assert short + long == 560


def test_columns_that_need_little_stay_together_on_wide_screens(quick: Served, page: Page) -> None:
    assert page.evaluate(LAID_OUT, [modules(quick), "2 minor", 3000]) == [380, 380]


def modules(served: Served) -> str:
    """The address of the grid's modules."""
    return f"{served.address}/{load_assets().path}"
