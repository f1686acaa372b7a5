"""The grid is never calm by mistake: a search without a match, and a cell with little room."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.screen import settled

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("platform", r"No match in what is known: \d+ cells not fully known"),
        ("customer_solutions", "No match"),
    ],
)
def test_a_search_without_a_match_is_not_calm_while_a_cluster_was_not_read(
    path: str, title: str, quick: Served, open_session: Callable[..., Page]
) -> None:
    page = open_session(f"{quick.address}/{path}?text=no-such-service")
    settled(page)
    expect(page.locator(".rd-empty-title")).to_have_text(re.compile(f"^{title}$"))
    expect(page.get_by_role("status").first).not_to_contain_text("drift")


def test_the_state_of_a_mixed_cell_is_not_what_is_cut_off(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = open_session(
        f"{quick.address}/platform?text=carrier-gateway", viewport={"width": 1440, "height": 700}
    )
    settled(page)
    cell = page.locator(".rdg-cell", has_text="5.1.3")
    expect(cell.locator(".rdg-more")).to_contain_text("prod-us (5.2.0 prod-eu)")
    state = cell.locator(".rdg-state")
    expect(state).to_have_text("behind")
    assert state.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
