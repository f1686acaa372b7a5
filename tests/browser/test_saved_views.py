"""A saved view outlives the server, and its link opens exactly what was saved."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, serve, sign_in
from tests.browser.screen import query_of, rows_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

CHOSEN = [("by", "cluster"), ("env", "dev"), ("state", "leading"), ("text", "er")]
NAME = "My team's <b>view</b> & more"


@pytest.fixture
def start_another(slow: Served, tmp_path: Path) -> Iterator[Callable[[], Served]]:
    """Call it for a server that starts over the database of `slow`, as after a restart."""
    running: list[Iterator[Served]] = []

    def start() -> Served:
        running.append(serve(tmp_path, slow.fleet, slow.database_url, "1h", slow.post))
        return next(running[-1])

    yield start
    for one in running:
        next(one, None)


def test_a_saved_view_survives_a_restart_and_opens_what_was_saved(
    slow: Served,
    start_another: Callable[[], Served],
    open_browser: Callable[..., BrowserContext],
) -> None:
    context = open_browser()

    def visit(served: Served, path: str) -> Page:
        sign_in(context, served)
        page = context.new_page()
        page.goto(f"{served.address}/{path}")
        return settled(page)

    page = visit(slow, "platform?by=cluster&env=dev&state=leading&text=er")
    found = rows_of(page)
    assert found
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name for the current filters").fill(NAME)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name=NAME, exact=True)).to_be_visible()

    restarted = start_another()
    page = visit(restarted, "")
    page.get_by_role("link", name=NAME, exact=True).click()
    wait_for(lambda: query_of(page) == CHOSEN)
    wait_for(lambda: rows_of(settled(page)) == found)

    page = visit(restarted, "platform?env=dev")  # from the page itself, where widgets hold others
    page.get_by_role("button", name="Views").click()
    page.get_by_role("link", name=NAME, exact=True).click()
    wait_for(lambda: query_of(page) == CHOSEN)
    wait_for(lambda: rows_of(settled(page)) == found)
