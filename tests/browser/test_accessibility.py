"""No page has a fault of accessibility, dark or light, on a desk or in a hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reldash.domain.accounts import Role
from reldash.ui.navigation import PAGES_FOLDER
from tests.browser.axe import NARROW, faults_of, judge, ready
from tests.browser.conftest import Served, sign_in
from tests.integration.sessions import ADMIN, new_session
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

PAGES = sorted(path.stem for path in PAGES_FOLDER.glob("*.py") if path.stem != "inbox")
# What is only seen once it is opened: a page's query, and what is clicked then.
OPENED = {
    "a cell's details": ("platform?text=card-vault&service=card-vault&column=prod", []),
    "filters": ("platform", ["Filters"]),
    "filters of the inventory": ("inventory", ["Filters"]),
    "forms of the account": ("account", ["Change name", "Change password", "New API token"]),
    "the audit log": ("admin?show=Audit+log", []),
    "a service over time": (
        "history?service=card-vault&period=90d",
        ["Show as table", "Filters"],
    ),
    "promotions": ("history?view=promotions&period=90d", ["Definitions"]),
    "pace and dwell": ("history?view=pace", ["Definitions"]),
    "images that were found": ("images?q=card-vault&q=nothing-like-it", []),
    "a dashboard of the past": ("platform?at=2026-01-05T17:00:00Z", ["Before and after"]),
    "the inventory of the past": ("inventory?at=2026-01-05T17:00:00Z", ["Limits of past data"]),
    "an invitation": ("admin", ["Invite"]),
    "nothing that matches": ("inventory?text=nothing-is-called-so", []),
    "the pages under one's name": ("clusters", ["ada"]),
}
CARDS = [
    "",
    "Create an account",
    "Sign in with a code by mail",
    "Forgot the password, or invited?",
]


@pytest.fixture(scope="module")
def admin_token(quick: Served) -> str:
    """The token of an administrator's session: no page is shut to it."""
    return new_session(quick.database_url, ADMIN, Role.ADMIN)


@pytest.fixture
def page(quick: Served, admin_token: str, open_browser: Callable[..., BrowserContext]) -> Page:
    context = open_browser(color_scheme="light")
    sign_in(context, quick, admin_token)
    return context.new_page()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault(name: str, page: Page, quick: Served) -> None:
    ready(page, f"{quick.address}/{name.removeprefix('overview')}")
    judge(page)


@pytest.mark.parametrize("what", OPENED)
def test_what_is_opened_has_no_fault(what: str, page: Page, quick: Served) -> None:
    path, clicked = OPENED[what]
    ready(page, f"{quick.address}/{path}")
    for label in clicked:
        page.locator("button, summary").filter(has_text=label).first.click()
    judge(page)


def test_the_pages_in_a_telephones_sidebar_have_no_fault(page: Page, quick: Served) -> None:
    ready(page, f"{quick.address}/clusters")
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="Expand sidebar").click()
    expect(page.get_by_role("link", name="Inventory")).to_be_in_viewport()
    wait_for(lambda: not faults_of(page))  # it slides in


def test_the_keyboard_is_not_led_into_a_folded_sidebar(page: Page, quick: Served) -> None:
    page.set_viewport_size(NARROW)
    ready(page, f"{quick.address}/clusters")
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getBoundingClientRect().x") >= 0


@pytest.mark.parametrize("card", CARDS)
def test_a_card_before_sign_in_has_no_fault(
    card: str, quick: Served, open_browser: Callable[..., BrowserContext]
) -> None:
    page = open_browser(color_scheme="light").new_page()
    ready(page, quick.address)
    if card:
        page.get_by_role("button", name=card).click()
        expect(page.get_by_role("button", name="Back to sign-in")).to_be_visible()
    judge(page)
