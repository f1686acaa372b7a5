"""Sign-in by a real provider of OpenID Connect, in a real browser."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext, Cookie, Page, Route, expect

from reldash.store import Store
from tests.browser.screen import query_of
from tests.integration.dashboards import Dashboard, dashboard
from tests.integration.openid_provider import CLIENT, SECRET, Provider, openid_provider
from tests.integration.sessions import COOKIE, accounts_of
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

ORGANISATION = "Sign in with your organisation"
FLEET = """
environments: [dev]
dashboards: {platform: {title: Platform, environments: [dev]}}
clusters: []
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with openid_provider() as found:
        yield found


@pytest.fixture(scope="module")
def database(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture(scope="module")
def served(
    provider: Provider, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    folder = tmp_path_factory.mktemp("openid")
    fleet = folder / "fleet.yaml"
    fleet.write_text(FLEET)
    settings = {
        "RELDASH_OIDC_ISSUER": provider.issuer,
        "RELDASH_OIDC_CLIENT_ID": CLIENT,
        "RELDASH_OIDC_CLIENT_SECRET": SECRET,
        "RELDASH_OIDC_ROLES_CLAIM": "realm_access.roles",
        "RELDASH_OIDC_ADMIN_ROLES": "sre",
        "RELDASH_PASSWORD_SIGN_IN": "off",
        "RELDASH_SIGNUP_DOMAINS": "example.com",
    }
    with dashboard(database, str(fleet), folder, **settings) as found:
        yield found


@pytest.fixture
def page(served: Dashboard, open_browser: Callable[..., BrowserContext]) -> Page:
    found = open_browser().new_page()
    found.goto(f"{served.address}/platform?text=cart")
    return found


def claims_of(name: str, **others: object) -> dict[str, object]:
    email = f"{name}@example.com"
    return {"sub": name, "email": email, "email_verified": True, "name": name} | others


def streamlits(page: Page) -> list[str]:
    names = [cookie["name"] for cookie in page.context.cookies()]
    return [name for name in names if name.startswith("_streamlit_user")]


def test_a_user_of_the_provider_is_signed_in_on_the_requested_page(
    page: Page, provider: Provider, database: str
) -> None:
    provider.claims = claims_of("olga")
    expect(page.get_by_role("textbox")).to_have_count(0)  # passwords are switched off
    page.get_by_role("button", name=ORGANISATION).click()
    expect(page.locator("h1")).to_have_text("Platform")
    wait_for(lambda: query_of(page) == [("text", "cart")])
    assert [cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE]
    wait_for(lambda: not streamlits(page))
    with closing(Store.open(database)) as store:
        user = accounts_of(store).find_user("olga@example.com")
        assert user is not None
        assert user.verified_at is not None


def test_a_role_of_the_provider_makes_an_administrator(
    page: Page, provider: Provider, served: Dashboard
) -> None:
    provider.claims = claims_of("sam", realm_access={"roles": ["sre", "other"]})
    page.get_by_role("button", name=ORGANISATION).click()
    expect(page.locator("h1")).to_have_text("Platform")
    page.goto(f"{served.address}/admin")
    expect(page.locator("h1")).to_have_text("Users")


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (claims_of("uma", email_verified=False), "Address not verified"),
        (claims_of("eli", email="eli@elsewhere.example"), "Email domain not allowed"),
    ],
)
def test_a_refused_sign_in_says_why(
    claims: dict[str, object], words: str, page: Page, provider: Provider
) -> None:
    provider.claims = claims
    page.get_by_role("button", name=ORGANISATION).click()
    expect(page.get_by_test_id("stAlert")).to_contain_text(words)
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE]


def test_the_cookie_that_streamlit_keeps_works_once(
    page: Page, provider: Provider, open_browser: Callable[..., BrowserContext], served: Dashboard
) -> None:
    """Copied before our route takes it away: the request to it is held meanwhile."""
    provider.claims = claims_of("cora")
    copied: list[Cookie] = []

    def copy(route: Route) -> None:
        kept = page.context.cookies(served.address)
        copied.extend(cookie for cookie in kept if cookie["name"].startswith("_streamlit_"))
        route.continue_()

    page.route("**/auth/ticket", copy)
    page.get_by_role("button", name=ORGANISATION).click()
    expect(page.locator("h1")).to_have_text("Platform")
    assert any(cookie["name"] == "_streamlit_user" for cookie in copied)
    other = open_browser()
    other.add_cookies(copied)  # type: ignore[arg-type]  # a TypedDict
    thief = other.new_page()
    thief.goto(served.address)
    expect(thief.get_by_role("button", name=ORGANISATION)).to_be_visible()
    expect(thief.locator("h1")).to_have_count(0)
