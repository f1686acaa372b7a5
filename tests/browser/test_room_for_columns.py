"""Columns get the room that their cells need: all of the grid's, and none beyond it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Served
from tests.browser.screen import grid_of, settled

pytestmark = pytest.mark.browser

WIDTHS = """grid => Object.fromEntries([...grid.querySelectorAll(".rdg-column")]
    .map((head) => [head.querySelector("bdi").textContent, head.getBoundingClientRect().width]))"""
REST = """grid => {
    const edges = [...grid.querySelectorAll(".rdg-column")]
        .map((head) => head.getBoundingClientRect().right);
    return grid.querySelector(".rdg-scroll, .rdg-body").getBoundingClientRect().right
        - Math.max(...edges);
}"""


def test_columns_are_as_wide_as_what_they_say_and_fill_the_grid(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(
        open_session(f"{quick.address}/platform", viewport={"width": 1440, "height": 900})
    )
    grid = grid_of(page)
    widths: dict[str, float] = grid.evaluate(WIDTHS)
    assert max(widths.values()) - min(widths.values()) > 8  # even ones differ by a pixel at most
    assert abs(grid.evaluate(REST)) <= 2
