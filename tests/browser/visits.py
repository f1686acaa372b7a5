"""The pages that `test_every_page.py` examines, each loaded once for all of its tests."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request

from reldash.ui.navigation import PAGES_FOLDER
from tests.browser.axe import WIDE, ready

TITLES = {
    "overview": "Overview",
    "platform": "Platform",
    "customer_solutions": "Customer Solutions",
    "inventory": "Inventory",
    "compare": "Compare",
    "history": "History",
    "images": "Images",
    "clusters": "Clusters",
}
PAGES = {
    path.stem: path.stem.removeprefix("overview")
    for path in sorted(PAGES_FOLDER.glob("*.py"))
    if path.stem != "inbox"  # the demo's own; `test_empty_pages.py` has it
}
OTHER_ADDRESSES = {
    "a cell's details": "platform?text=card-vault&service=card-vault&column=prod",
    "the audit log": "admin?show=Audit+log",
    "a service over time": "history?service=card-vault&period=90d",
    "promotions": "history?view=promotions&period=90d",
    "pace and dwell": "history?view=pace",
    "images that were found": "images?q=card-vault&q=nothing-like-it",
    "a dashboard of the past": "platform?at=2026-01-05T17:00:00Z",
    "the inventory of the past": "inventory?at=2026-01-05T17:00:00Z",
    "nothing that matches": "inventory?text=nothing-is-called-so",
}
ADDRESSES = PAGES | OTHER_ADDRESSES

# Parts of a page that are seen only once they are opened: the labels to click, in this order.
OPENED = {
    "platform": ["Filters"],
    "inventory": ["Filters"],
    "account": ["Change name", "Change password", "New API token"],
    "a service over time": ["Show as table", "Filters"],
    "promotions": ["Definitions"],
    "pace and dwell": ["Definitions"],
    "a dashboard of the past": ["Before and after"],
    "the inventory of the past": ["Limits of past data"],
    "admin": ["Invite"],
    "clusters": ["ada"],
}


@dataclass(slots=True)
class Visit:
    """A page that stays open, with what it has done since it was opened.

    Attributes:
        name: a key of `ADDRESSES`.
        errors: messages of the browser's console.
        foreign: addresses of other hosts that were requested.
    """

    name: str
    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


class Visitor:
    """One tab, in which page after page is visited and watched.

    A new tab would start a process and compile Streamlit's scripts for each of them.

    Args:
        page: an empty page.
        host: the address of the server; every other host is foreign.
    """

    def __init__(self, page: Page, host: str) -> None:
        self._host = host
        self._visit = Visit("", page)
        page.on("console", self._note_error)
        page.on("request", self._note_request)

    def visit(self, name: str, path: str) -> Visit:
        """Open a page, and wait until it has drawn all there is."""
        page = self._visit.page
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        self._visit = Visit(name, page)
        ready(page, f"{self._host}/{path}")
        return self._visit

    def _note_error(self, message: ConsoleMessage) -> None:
        # Streamlit looks for its own base path below a page's address, and finds none there.
        if message.type == "error" and "404" not in message.text:
            self._visit.errors.append(message.text)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self._host, "data:", "blob:")):
            self._visit.foreign.append(request.url)
