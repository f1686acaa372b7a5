"""The whole matrix can be used by keyboard alone, and keeps its place over reruns."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, sign_in
from tests.browser.screen import copied, focus_of, grid_of, query_of, rows_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser


def press(page: Page, keys: str) -> str:
    """Press keys one after the other; returns where the keyboard stands then."""
    for key in keys.split():
        page.keyboard.press(key)
    return focus_of(page)


@pytest.fixture(scope="module")
def opened(quick: Served, open_kept_browser: Callable[..., BrowserContext]) -> Page:
    """The platform's matrix."""
    context = open_kept_browser()
    sign_in(context, quick)
    page = context.new_page()
    page.goto(f"{quick.address}/platform")
    return settled(page)


@pytest.fixture
def page(opened: Page) -> Page:
    """The matrix with the keyboard on its first cell, reached by keys alone."""
    opened.get_by_role("searchbox").focus()
    grid_of(opened)
    opened.keyboard.press("ArrowDown")
    press(opened, "Control+Home ArrowRight")
    return opened


def test_an_arrow_key_leads_from_the_search_to_the_first_cell(opened: Page) -> None:
    opened.get_by_role("searchbox").focus()
    grid_of(opened)
    assert press(opened, "ArrowDown").endswith(" / dev")
    expect(opened.locator(":focus").locator("..")).to_have_attribute("aria-rowindex", "2")


def test_tab_leads_into_the_grid_once_and_out_of_it_again(page: Page) -> None:
    page.get_by_role("link", name="JSON").focus()
    first = press(page, "Tab")
    assert first.endswith(" / dev")
    assert press(page, "ArrowDown Shift+Tab Tab") != first  # where it was left
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('[role=grid]')")


def test_arrows_home_end_and_page_keys_lead_to_every_cell(page: Page) -> None:
    services = page.evaluate("fetch('export/matrix/platform.csv').then((a) => a.text())")
    names = [line.partition(",")[0] for line in services.splitlines()[1:]]
    assert focus_of(page) == f"{names[0]} / dev"
    assert press(page, "ArrowRight ArrowDown ArrowDown") == f"{names[2]} / lit"
    assert press(page, "End") == f"{names[2]} / prod"
    assert press(page, "Home") == f"{names[2]} / service"
    assert press(page, "ArrowLeft ArrowUp") == f"{names[1]} / service"
    assert press(page, "Control+End") == f"{names[-1]} / prod"
    assert press(page, "ArrowDown ArrowRight") == f"{names[-1]} / prod"
    assert press(page, "PageUp") in {f"{name} / prod" for name in names[-40:-5]}
    assert press(page, "Control+Home") == f"{names[0]} / service"
    assert press(page, "PageDown PageUp") == f"{names[0]} / service"
    in_sight = page.locator(":focus").evaluate(
        "cell => cell.closest('[role=grid]').getBoundingClientRect().top"
        " < cell.getBoundingClientRect().top"
    )
    assert in_sight


def test_enter_opens_details_and_escape_closes_them(page: Page) -> None:
    where = press(page, "ArrowDown ArrowRight Enter")
    service = where.partition(" / ")[0]
    expect(page.get_by_role("article")).to_contain_text(f"{service} in lit")
    settled(page)
    wait_for(lambda: focus_of(page) == where)  # by a rerun, beside a narrower grid
    page.keyboard.press("Escape")
    expect(page.get_by_role("article")).to_have_count(0)
    wait_for(lambda: focus_of(page) == where)


def test_heads_sort_by_enter(page: Page) -> None:
    assert press(page, "End ArrowUp") == "head / prod"
    head = grid_of(page).get_by_role("columnheader", name="prod")
    expect(head).to_have_attribute("aria-sort", "none")
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert focus_of(page) == "head / prod"
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    width = head.evaluate("node => node.offsetWidth")
    page.keyboard.press("Alt+ArrowRight")
    assert head.evaluate("node => node.offsetWidth") == width + 16
    wait_for(lambda: query_of(page) == [("sort", "version:prod")])


def test_a_range_is_copied_for_spreadsheets(page: Page) -> None:
    press(page, "Home Shift+ArrowDown Shift+ArrowRight Shift+ArrowRight")
    lines = copied(page).split("\n")
    shown = [row[:3] for row in rows_of(page)[:2]]
    assert len(lines) == 2
    for line, row in zip(lines, shown, strict=True):
        service, dev, lit = line.split("\t")
        assert service == row[0]
        assert row[1].startswith(dev.partition(", ")[0])
        assert row[2].startswith(lit.partition(", ")[0])
    selected = grid_of(page).locator(".rdg-body [aria-selected=true]")
    expect(selected).to_have_count(6)
    page.keyboard.press("Escape")
    expect(selected).to_have_count(1)


def test_the_focus_stays_where_it_is_while_newer_data_comes(page: Page) -> None:
    where = press(page, "ArrowDown ArrowDown ArrowRight")
    read = page.locator(".rd-age").get_attribute("title")
    wait_for(lambda: page.locator(".rd-age").get_attribute("title") != read)
    page.get_by_text("Sidecars").click()
    wait_for(lambda: ("sidecars", "true") in query_of(page))
    json = page.get_by_role("link", name="JSON")
    expect(json).to_have_attribute("href", re.compile("sidecars=true"))
    settled(page)
    json.focus()
    assert press(page, "Tab") == where


def test_size_and_position_are_in_aria_attributes(page: Page) -> None:
    grid = grid_of(page)
    total = len(page.evaluate("fetch('export/matrix/platform.csv').then(a => a.text())").split())
    assert int(grid.get_attribute("aria-rowcount") or 0) > 50 < total
    expect(grid).to_have_attribute("aria-colcount", "6")
    expect(grid).to_have_attribute("aria-label", "Versions by service and environment")
    press(page, "Control+End")
    row = page.locator(":focus").locator("..")
    expect(row).to_have_attribute("aria-rowindex", grid.get_attribute("aria-rowcount") or "")
