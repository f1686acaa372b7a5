"""A saved view outlives the server, and its link opens exactly what was saved."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reldash.demo import DemoFleet
from tests.browser.conftest import Served, serve, sign_in
from tests.browser.screen import query_of, rows_of, settled
from tests.integration.mail_servers import mail_server
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

CHOSEN = [("by", "cluster"), ("env", "dev"), ("state", "leading"), ("text", "er")]
NAME = "My team's <b>view</b> & more"


@pytest.fixture
def start(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Callable[[], Served]]:
    """Call it to start a server over one and the same database; the one before it is ended."""
    url = new_database()
    running: list[Iterator[Served]] = []
    with (
        DemoFleet.start(tmp_path, seed=7, speed=0, clusters=("platform-dev",)) as fleet,
        mail_server() as post,
    ):

        def begin() -> Served:
            end()
            running.append(serve(tmp_path, fleet, url, "1h", post))
            return next(running[-1])

        def end() -> None:
            for one in running:
                next(one, None)
            running.clear()

        yield begin
        end()


def test_a_saved_view_survives_a_restart_and_opens_what_was_saved(
    start: Callable[[], Served], open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser()

    def visit(served: Served, path: str) -> Page:
        sign_in(context, served)
        page = context.new_page()
        page.goto(f"{served.address}/{path}")
        return settled(page)

    page = visit(start(), "platform?by=cluster&env=dev&state=leading&text=er")
    found = rows_of(page)
    assert found
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name for the current filters").fill(NAME)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name=NAME, exact=True)).to_be_visible()
    page.close()

    served = start()
    page = visit(served, "")
    page.get_by_role("link", name=NAME, exact=True).click()
    wait_for(lambda: query_of(page) == CHOSEN)
    wait_for(lambda: rows_of(settled(page)) == found)

    page = visit(served, "platform?env=dev")  # from the page itself, where widgets hold others
    page.get_by_role("button", name="Views").click()
    page.get_by_role("link", name=NAME, exact=True).click()
    wait_for(lambda: query_of(page) == CHOSEN)
    wait_for(lambda: rows_of(settled(page)) == found)
