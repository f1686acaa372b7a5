"""Who chooses faster than the server answers loses none of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute

from tests.browser.conftest import Served
from tests.browser.screen import query_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

Message = str | bytes


class Line:
    """The websocket of a page, which can be made to hold what the server says."""

    def __init__(self, page: Page) -> None:
        self._held: list[Message] = []
        self._holds = False
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        self._browser = browser
        server = browser.connect_to_server()
        server.on_message(lambda message: self._pass(message))

    def _pass(self, message: Message) -> None:
        if self._holds:
            self._held.append(message)
        else:
            self._browser.send(message)

    def hold(self) -> None:
        self._holds = True

    def hears(self) -> bool:
        """Whether the server has said something since it is held."""
        return bool(self._held)

    def release(self) -> None:
        self._holds = False
        while self._held:
            self._browser.send(self._held.pop(0))


def test_an_answer_to_the_grid_keeps_what_a_widget_chose_meanwhile(
    slow: Served, open_session: Callable[..., Page]
) -> None:
    page = open_session("about:blank")
    line = Line(page)
    page.goto(f"{slow.address}/platform")
    settled(page)
    line.hold()
    page.get_by_role("button", name="in step").click()
    wait_for(lambda: query_of(page) == [("state", "in_step")])
    while not line.hears():
        page.wait_for_timeout(50)
    page.get_by_text("Sidecars", exact=True).click()
    wait_for(lambda: query_of(page) == [("sidecars", "true"), ("state", "in_step")])
    line.release()
    settled(page)
    page.reload()
    settled(page)
    assert query_of(page) == [("sidecars", "true"), ("state", "in_step")]
