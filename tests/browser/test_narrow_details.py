"""Where a screen has no room for both, the details of a cell lie over the matrix."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.screen import cell_of, grid_of, query_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 768, 1024])
def test_details_are_in_sight_once_a_cell_is_chosen(
    width: int, quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(
        open_session(
            f"{quick.address}/platform?text=card-vault", viewport={"width": width, "height": 844}
        )
    )
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
