"""Where a screen has no room for both, the details of a cell lie over the matrix."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, sign_in
from tests.browser.screen import cell_of, grid_of, query_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(quick: Served, open_kept_browser: Callable[..., BrowserContext]) -> Page:
    context = open_kept_browser(viewport={"width": 390, "height": 844})
    sign_in(context, quick)
    page = context.new_page()
    page.goto(f"{quick.address}/platform?text=card-vault")
    return settled(page)


@pytest.mark.parametrize("width", [390, 768, 1024])
def test_details_are_in_sight_once_a_cell_is_chosen(width: int, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    wait_for(lambda: is_laid_out(page))
    before = grid_of(page).bounding_box()
    cell_of(page, "card-vault", 0).click()
    heading = page.get_by_role("article").get_by_role("heading", name="card-vault in dev").first
    expect(heading).to_be_in_viewport()
    assert before is not None
    width_of = "grid => grid.getBoundingClientRect().width"
    wait_for(lambda: grid_of(page).evaluate(width_of) == before["width"])

    page.get_by_role("button", name="Close details").click()
    expect(heading).to_have_count(0)
    wait_for(lambda: query_of(page) == [("text", "card-vault")])


def is_laid_out(page: Page) -> bool:
    """Whether the grid's width is the same a few frames later."""
    before = grid_of(page).bounding_box()
    page.wait_for_timeout(100)
    return grid_of(page).bounding_box() == before
