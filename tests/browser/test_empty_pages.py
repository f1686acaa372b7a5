"""Where there is nothing yet, pages say so, and have no fault of accessibility either."""

import mailbox
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reldash.domain.accounts import Role
from tests.browser.axe import judge, ready
from tests.integration.dashboards import dashboard
from tests.integration.sessions import ADMIN, COOKIE, new_session

pytestmark = pytest.mark.browser

FLEET = """
environments: [dev, prod]
dashboards: {platform: {title: Platform, environments: [dev, prod]}}
clusters: []
"""
EMPTY = [
    "",
    "platform",
    "customer_solutions",
    "inventory",
    "compare",
    "history",
    "images",
    "clusters",
]


@dataclass(frozen=True, slots=True)
class Bare:
    """A server of a fleet without clusters, and the token of a session there."""

    address: str
    token: str


@pytest.fixture(scope="module")
def bare(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bare]:
    folder = tmp_path_factory.mktemp("bare")
    database, fleet, inbox = new_database(), folder / "fleet.yaml", folder / "inbox"
    fleet.write_text(FLEET)
    mail = EmailMessage()
    mail["To"], mail["Subject"] = "vera@example.com", "Your code: 123456"
    mail.set_content("Your code is 123456.")
    mailbox.Maildir(inbox).add(mail)
    token = new_session(database, ADMIN, Role.ADMIN)
    with dashboard(database, str(fleet), folder, RELDASH_INBOX=str(inbox)) as served:
        yield Bare(served.address, token)


@pytest.fixture(scope="module")
def page(bare: Bare, open_kept_browser: Callable[..., BrowserContext]) -> Page:
    context = open_kept_browser()
    context.add_cookies(
        [{"name": COOKIE, "value": bare.token, "url": bare.address, "httpOnly": True}]
    )
    return context.new_page()


@pytest.mark.parametrize("path", EMPTY)
def test_an_empty_page_says_so_and_has_no_fault(path: str, page: Page, bare: Bare) -> None:
    ready(page, f"{bare.address}/{path}")
    expect(page.locator(".rd-empty-title").first).to_be_visible()
    judge(page)


def test_the_inbox_has_no_fault(page: Page, bare: Bare) -> None:
    ready(page, f"{bare.address}/inbox")
    expect(page.locator(".rd-mail")).to_contain_text("Your code: 123456")
    judge(page)
