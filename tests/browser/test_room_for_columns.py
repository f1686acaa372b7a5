"""Columns get the room that their cells need: all of the grid's, and none beyond it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from reldash.services.assets import load_assets
from tests.browser.conftest import Served
from tests.browser.screen import grid_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

REST = """grid => {
    const edges = [...grid.querySelectorAll(".rdg-column")]
        .map((head) => head.getBoundingClientRect().right);
    return Math.abs(grid.getBoundingClientRect().right - Math.max(...edges));
}"""
# Forty rows: one long version in the first column, distances in all of the second.
WIDTHS = """async (address) => {
    const { widthsOf } = await import(address);
    const rows = 40;
    const none = new Map();
    const cells = Array.from({ length: 2 * rows }, (_, cell) => cell);
    return widthsOf({
        dashboard: "made up", columns: [{ key: "short" }, { key: "long" }], width: 2,
        rows: cells.slice(rows), versions: ["1.4", "x".repeat(300)],
        version: cells.map((cell) => (cell === 0 ? 1 : 0)),
        states: [{ word: "behind" }], state: cells.map(() => 0), flags: [], fix: 0,
        marks: cells.map(() => 0), staleSince: none, mixed: none, candidate: none,
        lag: new Map(cells.filter((cell) => cell % 2)
            .map((cell) => [cell, { words: "2 minor", since: 1 }])),
    }, 380);
}"""


@pytest.fixture
def page(quick: Served, open_session: Callable[..., Page]) -> Page:
    """The platform's matrix on a screen that holds all of it."""
    return settled(
        open_session(f"{quick.address}/platform", viewport={"width": 1440, "height": 900})
    )


def test_columns_fill_the_grid(page: Page) -> None:
    grid = grid_of(page)
    wait_for(lambda: grid.evaluate(REST) <= 2)


def test_a_column_is_as_wide_as_most_of_its_cells_and_not_as_the_longest(
    quick: Served, page: Page
) -> None:
    short, long = page.evaluate(WIDTHS, f"{quick.address}/{load_assets().path}/widths.js")
    assert 100 < short < 160
    assert short + 60 < long < 380
