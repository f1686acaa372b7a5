"""Newer data in an open grid: it appears, nothing jumps, and the keyboard stays where it is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.releases import release, shows
from tests.browser.screen import cell_of, copied, focus_of, grid_of, query_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

# Where the grid and its page are scrolled to, and what of it is selected.
PLACE = """() => {
    const grid = document.querySelector("[role=grid]");
    const cells = [...grid.querySelectorAll(".rdg-body [aria-selected=true]")];
    return {
        top: grid.scrollTop,
        left: grid.scrollLeft,
        selected: cells.map((cell) => [
            cell.closest("[role=row]").querySelector(".rdg-name").textContent,
            cell.getAttribute("aria-colindex"),
        ]).sort(),
    };
}"""


@pytest.fixture
def page(quick: Served, open_session: Callable[..., Page]) -> Page:
    """The platform's matrix on a screen that does not hold all of it."""
    opened = settled(
        open_session(f"{quick.address}/platform", viewport={"width": 1100, "height": 800})
    )
    grid_of(opened)
    return opened


def test_a_new_version_appears_on_an_open_page(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?text=cart"))
    page.evaluate("window.untouched = true")
    version = release(quick.fleet, "cart")
    wait_for(lambda: shows(page, version), 30)
    assert page.evaluate("window.untouched")  # nobody reloaded it


def test_what_is_scrolled_selected_and_open_stays_while_versions_change(
    quick: Served, page: Page
) -> None:
    page.set_viewport_size({"width": 900, "height": 800})
    cell_of(page, "card-vault", 1).click()
    expect(page.get_by_role("article")).to_contain_text("card-vault in lit")
    settled(page)
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    grid_of(page).evaluate("grid => grid.scrollTo(60, 40)")
    wait_for(lambda: len(page.evaluate(PLACE)["selected"]) == 4)
    before, focus = page.evaluate(PLACE), focus_of(page)
    assert before["top"] == 40
    assert before["left"] == 60
    page.evaluate("window.focused = document.activeElement")
    version = release(quick.fleet, "cart")
    expect(cell_of(page, "cart", 0)).to_contain_text(version, timeout=30_000)
    settled(page)
    wait_for(lambda: page.evaluate(PLACE) == before)
    assert focus_of(page) == focus
    assert page.evaluate("window.focused === document.activeElement")
    expect(page.get_by_role("article")).to_contain_text("card-vault in lit")


def test_a_range_is_drawn_by_the_mouse_and_copied(page: Page) -> None:
    first, last = cell_of(page, "card-vault", 0), cell_of(page, "cart", 1)
    first.hover()
    page.mouse.down()
    last.hover()
    page.mouse.up()
    lines = copied(page).split("\n")
    between = len(page.evaluate(PLACE)["selected"])
    assert between == 2 * len(lines)
    for line, cells in ((lines[0], first), (lines[-1], cell_of(page, "cart", 0))):
        version = line.split("\t")[0]
        expect(cells).to_contain_text(version.partition(", ")[0])
    assert query_of(page) == []  # a range opens nothing
    expect(page.get_by_role("article")).to_have_count(0)


def test_back_and_forward_lead_between_pages_and_what_was_chosen_there(page: Page) -> None:
    page.goto(f"{page.url}?text=card&sort=concern")
    cell_of(settled(page), "card-vault", 1).click()
    expect(page.get_by_role("article")).to_contain_text("card-vault in lit")
    settled(page)
    wait_for(lambda: ("column", "lit") in query_of(page))
    opened = query_of(page)
    for name in ("Inventory", "Clusters"):  # the first has a widget of the same key
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_have_text(name)
        settled(page)
    for name in ("Inventory", "Platform"):
        page.go_back()
        expect(page.locator("h1")).to_have_text(name)
        settled(page)
    wait_for(lambda: query_of(page) == opened)
    expect(page.get_by_role("searchbox")).to_have_value("card")
    expect(page.get_by_role("article")).to_contain_text("card-vault in lit")
    expect(page.locator(".rdg-opened")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("article")).to_have_count(0)
    page.go_forward()
    expect(page.get_by_role("article")).to_contain_text("card-vault in lit")
    page.go_forward()
    expect(page.locator("h1")).to_have_text("Inventory")
    wait_for(lambda: query_of(page) == [])
