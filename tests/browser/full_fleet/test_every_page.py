"""Every page, loaded once and examined in both themes and at every width.

The tests of a page run in the order of this file and share one visit: Streamlit follows theme and
width without being loaded again.
"""

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reldash.domain.accounts import Role
from tests.browser.axe import BACKGROUNDS, LOOKS, NARROW, WIDE, faults_of, judge, ready
from tests.browser.conftest import Served, sign_in
from tests.browser.layout import OVERLAPPING, RIGHT_EDGES, STICKING_OUT
from tests.browser.screen import settled
from tests.browser.visits import ADDRESSES, OPENED, PAGES, TITLES, Visit, Visitor
from tests.integration.sessions import ADMIN, new_session
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

HEIGHTS = {390: 844, 768: 1024, 1440: 900, 2560: 1440, 3840: 2160}
CARDS = [
    "",
    "Create an account",
    "Sign in with an email code",
    "Forgot your password, or invited?",
]


@pytest.fixture(scope="module")
def admin_token(quick: Served) -> str:
    """The token of an administrator's session: no page is shut to it."""
    return new_session(quick.database_url, ADMIN, Role.ADMIN)


@pytest.fixture(scope="module")
def visitor(
    quick: Served, admin_token: str, open_kept_browser: Callable[..., BrowserContext]
) -> Visitor:
    """A tab in which the administrator is signed in."""
    context = open_kept_browser()
    sign_in(context, quick, admin_token)
    return Visitor(context.new_page(), quick.address)


@pytest.fixture(scope="module", params=ADDRESSES)
def visit(request: pytest.FixtureRequest, visitor: Visitor) -> Visit:
    return visitor.visit(request.param, ADDRESSES[request.param])


def show(page: Page, theme: str, size: object) -> None:
    """Switch theme and size of an open page, and wait until the theme is drawn."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[theme])


def test_a_page_is_drawn_in_both_themes(visit: Visit) -> None:
    page = visit.page
    if visit.name in TITLES:
        settled(page)
        expect(page.locator("h1")).to_have_text(TITLES[visit.name])
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    for theme in ("dark", "light"):
        show(page, theme, WIDE)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_page_fits_every_width(visit: Visit) -> None:
    page = visit.page
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        for fault in (STICKING_OUT, OVERLAPPING):
            with suppress(AssertionError):  # what is laid out by script follows a moment later
                wait_for(lambda fault=fault: not page.evaluate(fault), 10)  # type: ignore[misc]
            assert not page.evaluate(fault), width


def test_a_page_and_what_opens_on_it_have_no_fault_of_accessibility(visit: Visit) -> None:
    page, labels = visit.page, OPENED.get(visit.name, [])
    if visit.name in PAGES or not labels:
        judge(page)
    show(page, "light", WIDE)
    for label in labels:
        page.locator("button, summary").filter(has_text=label).first.click()
    if labels:
        judge(page)


def test_a_page_fits_with_everything_unfolded(visit: Visit) -> None:
    page = visit.page
    page.keyboard.press("Escape")  # closes what an earlier test has opened over the page
    show(page, "light", WIDE)
    for folded in page.locator("details:not([open]) > summary").element_handles():
        folded.click()
    for theme, size, _ in LOOKS:
        show(page, theme, size)
        wait_for(lambda size=size: max(page.evaluate(RIGHT_EDGES)) <= size["width"])  # type: ignore[misc]


def test_a_page_logs_no_error_and_contacts_no_other_host(visit: Visit) -> None:
    assert not visit.errors
    assert not visit.foreign


@pytest.fixture(scope="module")
def telephone(
    quick: Served, admin_token: str, open_kept_browser: Callable[..., BrowserContext]
) -> Page:
    """The clusters page, loaded on a telephone."""
    context = open_kept_browser(viewport=NARROW)
    sign_in(context, quick, admin_token)
    page = context.new_page()
    ready(page, f"{quick.address}/clusters")
    return page


def test_the_keyboard_is_not_led_into_a_folded_sidebar(telephone: Page) -> None:
    expect(telephone.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    for _ in range(12):
        telephone.keyboard.press("Tab")
        assert telephone.evaluate("document.activeElement.getBoundingClientRect().x") >= 0


def test_the_pages_in_a_telephones_sidebar_have_no_fault(telephone: Page) -> None:
    telephone.get_by_role("button", name="Expand sidebar").click()
    expect(telephone.get_by_role("link", name="Inventory")).to_be_in_viewport()
    wait_for(lambda: not faults_of(telephone))  # it slides in


@pytest.fixture(scope="module")
def signed_out(quick: Served, open_kept_browser: Callable[..., BrowserContext]) -> Visit:
    """The page before sign-in."""
    return Visitor(open_kept_browser().new_page(), quick.address).visit("sign-in", "")


@pytest.mark.parametrize("card", CARDS)
def test_a_card_before_sign_in_fits_and_has_no_fault(card: str, signed_out: Visit) -> None:
    page = signed_out.page
    back = page.get_by_role("button", name="Back to sign-in")
    if back.count():
        back.click()
    if card:
        page.get_by_role("button", name=card).click()
        expect(back).to_be_visible()
    else:
        expect(page.locator(".st-key-reldash_card h3")).to_have_text("Sign in")
    judge(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    for theme, size, _ in LOOKS:
        show(page, theme, size)
        wait_for(lambda size=size: max(page.evaluate(RIGHT_EDGES)) <= size["width"])  # type: ignore[misc]
    assert not signed_out.errors
    assert not signed_out.foreign


def test_a_page_that_is_opened_in_the_dark_theme_is_drawn_in_it(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform", color_scheme="dark"))
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS["dark"])


def test_names_from_clusters_are_never_formatting(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    name = "*bold* [x](y) :material/home: <b>b</b>"
    page = settled(
        open_session(f"{quick.address}/platform?owner={name}&service={name}&column=prod")
    )
    expect(page.locator(".rd-empty-title").last).to_have_text(f"{name} is no longer in prod")
