"""Accounts in a real browser, with mail over a real SMTP server."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest
from playwright.sync_api import BrowserContext, FloatRect, Locator, Page, expect

from reldash.auth import Accounts
from reldash.domain.accounts import COMMAND_LINE, Role
from reldash.store import Store
from tests.browser.conftest import Served, sign_in
from tests.browser.screen import query_of, settled
from tests.integration.sessions import ADMIN, COOKIE, PASSWORD, accounts_of, add_user, open_session
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

NEW_PASSWORD = "eleven blue ladders"
MARKUP = "<img src=x onerror=alert(1)> *b* [x](y) :red[z] $1$"
# Notes whether the sign-in card was drawn, for however short a time.
NOTE_CARD = """
window.sawCard = false;
new MutationObserver(() => {
  if (document.querySelector(".st-key-reldash_card")) window.sawCard = true;
}).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture
def accounts(slow: Served) -> Iterator[Accounts]:
    """The accounts of the server, in this process."""
    with closing(Store.open(slow.database_url)) as store:
        yield accounts_of(store)


@pytest.fixture
def visitor(open_browser: Callable[..., BrowserContext]) -> Page:
    """A page of a browser that is not signed in."""
    return open_browser().new_page()


def code_to(served: Served, address: str, subject: str) -> str:
    """The code of the newest mail of this subject to this address, once there is one."""

    def find() -> str | None:
        sent = zip(served.post.taken, served.post.recipients, strict=False)
        bodies = [
            mail.get_body(("plain",))
            for mail, to in sent
            if to == [address] and subject in mail["Subject"]
        ]
        if not bodies or bodies[-1] is None:
            return None
        found = re.search(r"^\s*(\d{3} ?\d{3})\s*$", bodies[-1].get_content(), re.MULTILINE)
        return found.group(1) if found else None

    return wait_for(find) or ""


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_role("textbox", name=label, exact=True).fill(text)


def type_credentials(page: Page, email: str, password: str) -> None:
    fill(page, "Email", email)
    fill(page, "Password", password)
    press(page, "Sign in")


def expect_card(page: Page, title: str = "Sign in") -> None:
    expect(page.locator(".st-key-reldash_card h3")).to_have_text(title)


def go_to_own(page: Page, name: str, title: str) -> None:
    """Choose a page under the user's own name."""
    page.get_by_test_id("stTopNavSection").filter(has_text=name).click()
    page.get_by_role("menuitem", name=title).click()


def test_signing_up_leads_to_the_requested_page_and_lasts(slow: Served, visitor: Page) -> None:
    visitor.goto(f"{slow.address}/platform?text=cart")
    expect_card(visitor)
    expect(visitor).to_have_title("Sign in · Release dashboard")
    press(visitor, "Create an account")
    expect_card(visitor, "Create an account")
    fill(visitor, "Name", "Nora New")
    fill(visitor, "Email", "nora@example.com")
    fill(visitor, "Password", PASSWORD)
    press(visitor, "Create account")
    expect_card(visitor, "Verify your address")
    fill(visitor, "Code from the email", "000000")
    press(visitor, "Verify")
    expect(visitor.get_by_text("Code not accepted")).to_be_visible()
    fill(visitor, "Code from the email", code_to(slow, "nora@example.com", "sign-up code"))
    press(visitor, "Verify")
    settled(visitor)
    expect(visitor.locator("h1")).to_have_text("Platform")
    wait_for(lambda: query_of(visitor) == [("text", "cart")])
    expect(visitor.get_by_role("searchbox")).to_have_value("cart")

    (cookie,) = [each for each in visitor.context.cookies() if each["name"] == COOKIE]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert COOKIE not in visitor.evaluate("document.cookie")
    visitor.add_init_script(NOTE_CARD)
    visitor.reload()
    settled(visitor)
    expect(visitor.locator("h1")).to_have_text("Platform")
    assert not visitor.evaluate("window.sawCard")

    go_to_own(visitor, "Nora New", "Sign out")
    expect_card(visitor)
    wait_for(lambda: COOKIE not in {each["name"] for each in visitor.context.cookies()})
    visitor.go_back()
    expect_card(visitor)


def test_signing_in_says_one_thing_for_every_failure(
    slow: Served, visitor: Page, accounts: Accounts
) -> None:
    add_user(accounts, "sid@example.com")
    visitor.goto(f"{slow.address}/inventory")
    said = visitor.get_by_test_id("stAlert")
    type_credentials(visitor, "sid@example.com", "not the password")
    expect(said).to_contain_text("Not signed in")
    wrong = said.inner_text()
    type_credentials(visitor, "nobody@example.com", PASSWORD)
    expect(visitor.get_by_role("textbox", name="Email")).to_have_value("nobody@example.com")
    wait_until_drawn(visitor)
    expect(said).to_have_text(wrong, use_inner_text=True)
    type_credentials(visitor, "  SID@example.com", PASSWORD)
    settled(visitor)
    expect(visitor.locator("h1")).to_have_text("Inventory")


def wait_until_drawn(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def test_a_forgotten_password_is_chosen_anew_by_a_code(
    slow: Served, visitor: Page, accounts: Accounts
) -> None:
    add_user(accounts, "rita@example.com")
    visitor.goto(f"{slow.address}/clusters")
    press(visitor, "Forgot your password, or invited?")
    expect_card(visitor, "Choose a password")
    fill(visitor, "Email", "rita@example.com")
    press(visitor, "Send code")
    code = code_to(slow, "rita@example.com", "password reset code")
    fill(visitor, "Code from the email", code)
    fill(visitor, "New password", "short")
    press(visitor, "Set password")
    expect(visitor.get_by_text("Password too short")).to_be_visible()
    fill(visitor, "New password", f" {NEW_PASSWORD} ")  # spaces belong to it
    press(visitor, "Set password")
    settled(visitor)
    expect(visitor.locator("h1")).to_have_text("Clusters")
    assert not accounts.sign_in("rita@example.com", NEW_PASSWORD, "192.0.2.1").ok
    assert accounts.sign_in("rita@example.com", f" {NEW_PASSWORD} ", "192.0.2.1").ok


def test_a_code_signs_in_where_the_password_is_locked(
    slow: Served, visitor: Page, accounts: Accounts
) -> None:
    add_user(accounts, "lou@example.com")
    accounts.sign_in("lou@example.com", "not the password", "192.0.2.1")
    with closing(psycopg2.connect(slow.database_url)) as connection, connection:
        connection.cursor().execute(
            "UPDATE attempts SET free_at = now() + interval '1 day'"
            " WHERE scope = 'password' AND key = 'lou@example.com'"
        )
    visitor.goto(f"{slow.address}/clusters")
    type_credentials(visitor, "lou@example.com", PASSWORD)
    expect(visitor.get_by_text("Not signed in")).to_be_visible()
    press(visitor, "Sign in with an email code")
    expect_card(visitor, "Sign in with an email code")
    fill(visitor, "Email", "lou@example.com")
    press(visitor, "Send code")
    fill(visitor, "Code from the email", code_to(slow, "lou@example.com", "sign-in code"))
    press(visitor, "Sign in")
    settled(visitor)


def test_a_mail_server_that_is_down_is_reported_and_nothing_is_lost(
    slow: Served, visitor: Page
) -> None:
    visitor.goto(slow.address)
    slow.post.answers["MAIL"] = "451 not now"
    try:
        press(visitor, "Create an account")
        expect_card(visitor, "Create an account")
        fill(visitor, "Name", "Dan")
        fill(visitor, "Email", "dan@example.com")
        fill(visitor, "Password", PASSWORD)
        press(visitor, "Create account")
        expect(visitor.get_by_text("The mail server is unreachable")).to_be_visible()
    finally:
        del slow.post.answers["MAIL"]
    fill(visitor, "Code from the email", code_to(slow, "dan@example.com", "sign-up code"))
    expect(visitor.get_by_text("The mail server is unreachable")).to_have_count(0)
    press(visitor, "Verify")
    settled(visitor)


@pytest.fixture
def own(
    slow: Served, open_browser: Callable[..., BrowserContext], accounts: Accounts
) -> Callable[..., Page]:
    """Call it with an address to have a new user of it, and a page of their browser."""

    def open_one(email: str, role: Role = Role.VIEWER) -> Page:
        if accounts.find_user(email) is None:
            add_user(accounts, email, role)
        context = open_browser()
        sign_in(context, slow, open_session(accounts, email))
        return context.new_page()

    return open_one


def test_changing_the_password_keeps_this_browser_and_no_other(
    slow: Served, own: Callable[..., Page]
) -> None:
    here, there = own("pia@example.com"), own("pia@example.com")
    for page in (here, there):
        page.goto(f"{slow.address}/account")
        expect(page.locator("h1")).to_have_text("Account")
    here.get_by_text("Change password").first.click()
    fill(here, "Current password", "not the password")
    fill(here, "New password", NEW_PASSWORD)
    press(here, "Change password")
    expect(here.get_by_text("Current password wrong")).to_be_visible()
    here.get_by_text("Change password").first.click()
    fill(here, "Current password", PASSWORD)
    fill(here, "New password", NEW_PASSWORD)
    press(here, "Change password")
    expect_card(there)
    expect(here.locator("h1")).to_have_text("Account")
    expect(here.locator(".st-key-reldash_sessions .rd-entry")).to_have_count(1)


def test_changing_the_address_wants_a_code_from_the_new_one(
    slow: Served, own: Callable[..., Page], accounts: Accounts
) -> None:
    page = own("old@example.com")
    page.goto(f"{slow.address}/account")
    page.get_by_text("Change email address").click()
    fill(page, "New email address", "new@example.com")
    fill(page, "Current password", PASSWORD)
    press(page, "Send code to it")
    fill(page, "Code from the email", code_to(slow, "new@example.com", "new email address"))
    press(page, "Change address")
    expect(page.locator(".rd-facts")).to_contain_text("new@example.com")
    assert accounts.find_user("old@example.com") is None


def test_an_api_token_is_shown_once(
    slow: Served, own: Callable[..., Page], accounts: Accounts
) -> None:
    page = own("tom@example.com")
    page.goto(f"{slow.address}/account")
    page.get_by_text("New API token").click()
    fill(page, "Purpose", MARKUP)
    press(page, "Create token")
    token = page.get_by_test_id("stCode").inner_text().strip()
    found = accounts.check_token(token)
    assert found is not None
    assert found.email == "tom@example.com"
    press(page, "Hide the token")
    expect(page.get_by_test_id("stCode")).to_have_count(0)
    expect(page.locator(".st-key-reldash_tokens .rd-entry b")).to_have_text(MARKUP)
    press(page, "Revoke")
    expect(page.get_by_text("Token revoked")).to_be_visible()
    assert accounts.check_token(token) is None


def test_a_session_of_another_browser_is_ended_from_here(
    slow: Served, own: Callable[..., Page]
) -> None:
    here, there = own("eve@example.com"), own("eve@example.com")
    there.goto(f"{slow.address}/clusters")
    settled(there)
    here.goto(f"{slow.address}/account")
    here.locator(".st-key-reldash_sessions").get_by_role("button", disabled=False).click()
    expect_card(there)
    expect(here.get_by_text("Session ended")).to_be_visible()


def test_a_disabled_user_is_signed_out_at_once(
    slow: Served, own: Callable[..., Page], accounts: Accounts
) -> None:
    page = own("kim@example.com")
    page.goto(f"{slow.address}/platform?text=cart")
    settled(page)
    user = accounts.find_user("kim@example.com")
    assert user is not None
    accounts.disable(COMMAND_LINE, user.id)
    expect_card(page)
    expect(page.get_by_role("grid")).to_have_count(0)
    expect(page.get_by_text("Inventory")).to_have_count(0)
    expect(page).to_have_url(f"{slow.address}/platform?text=cart")


def test_an_administrator_invites_promotes_and_disables(
    slow: Served, own: Callable[..., Page], accounts: Accounts, visitor: Page
) -> None:
    page = own(ADMIN, Role.ADMIN)
    page.goto(f"{slow.address}/admin")
    press(page, "Invite")
    fill(page, "Email", "ines@example.com")
    fill(page, "Name, if known", MARKUP)
    press(page, "Send invitation")
    expect(page.get_by_text("Invited ines@example.com")).to_be_visible()
    wait_for(lambda: ["ines@example.com"] in slow.post.recipients)

    visitor.goto(slow.address)
    press(visitor, "Forgot your password, or invited?")
    expect_card(visitor, "Choose a password")
    fill(visitor, "Email", "ines@example.com")
    press(visitor, "Send code")
    fill(visitor, "Code from the email", code_to(slow, "ines@example.com", "password reset code"))
    fill(visitor, "New password", NEW_PASSWORD)
    press(visitor, "Set password")
    settled(visitor)

    choose_user(page, "ines@example.com")
    expect(page.locator(".st-key-reldash_user")).to_contain_text(MARKUP)
    press(page, "Make admin")
    expect(page.get_by_text("ines@example.com is admin now")).to_be_visible()
    expect_card(visitor)  # another role, another session
    press(page, "Disable")  # who was chosen still is
    expect(page.get_by_text("ines@example.com is disabled")).to_be_visible()
    found = accounts.find_user("ines@example.com")
    assert found is not None
    assert found.disabled_at is not None


def box_at_rest(drawn: Locator) -> FloatRect | None:
    """Where something is, if it is still there a few frames later."""
    before = drawn.bounding_box()
    drawn.page.wait_for_timeout(100)
    return before if drawn.bounding_box() == before else None


def choose_user(page: Page, email: str) -> None:
    """Click the box at the head of a user's row."""
    page.keyboard.press("Escape")  # closes what lies over it
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    wait_until_drawn(page)
    grid = page.get_by_test_id("stDataFrame")
    rows = grid.locator("tbody tr")
    wait_for(lambda: any(email in row for row in rows.all_inner_texts()))
    number = next(i for i, row in enumerate(rows.all_inner_texts()) if email in row)
    box = wait_for(lambda: box_at_rest(grid.locator("canvas").first))
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 31 * (number + 1.5))
    expect(page.locator(".st-key-reldash_user")).to_contain_text(email)


def test_the_last_administrator_stays(
    slow: Served, own: Callable[..., Page], accounts: Accounts
) -> None:
    for user in accounts.list_users():
        if user.role is Role.ADMIN and user.email != ADMIN and user.disabled_at is None:
            accounts.disable(COMMAND_LINE, user.id)
    page = own(ADMIN, Role.ADMIN)
    page.goto(f"{slow.address}/admin")
    choose_user(page, ADMIN)
    press(page, "Disable")
    expect(page.get_by_test_id("stAlert")).to_contain_text("administrator")
    found = accounts.find_user(ADMIN)
    assert found is not None
    assert found.is_active


def test_the_audit_log_is_filtered_and_exported(slow: Served, own: Callable[..., Page]) -> None:
    page = own(ADMIN, Role.ADMIN)
    page.goto(f"{slow.address}/admin?show=Audit+log&action=signed+in")
    link = page.get_by_role("link", name="CSV")
    expect(link).to_have_attribute("href", "export/audit.csv?action=signed+in")
    with page.expect_download() as download:
        link.click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "at,who,what,whom,from,detail"
    assert len(lines) > 1
    assert all(",signed in," in line for line in lines[1:])
    assert page.request.get(f"{slow.address}/export/audit.csv").status == 200


def test_a_viewer_has_no_way_to_the_users(slow: Served, own: Callable[..., Page]) -> None:
    page = own("vic@example.com")
    assert page.request.get(f"{slow.address}/export/audit.csv").status == 403
    page.goto(f"{slow.address}/admin")
    expect(page.get_by_text("This page is for administrators")).to_be_visible()
    expect(page.get_by_text(ADMIN)).to_have_count(0)
