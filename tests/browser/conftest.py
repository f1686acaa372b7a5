"""The application as people start it, over a demo fleet, in a real Chromium."""

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from reldash.config.environment import environment_with
from reldash.demo import DemoFleet
from tests.browser.chromium import MISSING, find_chromium
from tests.integration.mail_servers import Post, mail_server
from tests.integration.ports import free_port
from tests.integration.sessions import COOKIE, KEY, new_session
from tests.integration.waiting import wait_for

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Contexts that nobody uses now, by their options.
KeptContexts = dict[str, list[BrowserContext]]

PATIENCE = 30_000  # milliseconds: where many tests share two cores
expect.set_options(timeout=PATIENCE)

# Streamlit slides its expanders open; a click at what is still moving may hit nothing.
STILL = """
const { animate } = Element.prototype;
Element.prototype.animate = function (...how) {
  const animation = animate.apply(this, how);
  animation.finish();
  return animation;
};
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and its fleet, in which nothing changes unless a test changes it.

    Attributes:
        token: of a viewer's session.
        post: the mail server that its mails go to.
    """

    address: str
    fleet: DemoFleet
    database_url: str
    token: str
    post: Post

    def csv(self, path: str) -> str:
        """The text of an export; `path` is relative, as in a link on a page."""
        request = urllib.request.Request(  # noqa: S310 - our server
            f"{self.address}/{path}", headers={"cookie": f"{COOKIE}={self.token}"}
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - likewise
            text: str = answer.read().decode()
            return text


def serve(
    folder: Path, fleet: DemoFleet, database_url: str, interval: str, post: Post
) -> Iterator[Served]:
    """Start `streamlit run Home.py` on a free port, until every cluster was tried once."""
    rules = yaml.safe_load(fleet.fleet_file.read_text())
    rules["collect"] |= {"interval": interval, "stale_after": "2h"}
    file = fleet.fleet_file.with_name("served.yaml")
    file.write_text(yaml.safe_dump(rules, sort_keys=False))
    port = free_port()
    address = f"http://localhost:{port}"
    token = new_session(database_url)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-m", "streamlit", "run", "Home.py", f"--server.port={port}"],
            cwd=PROJECT,
            env=environment_with(
                {
                    "DATABASE_URL": database_url,
                    "RELDASH_FLEET": str(file),
                    "RELDASH_SECRET_KEY": KEY,
                    "RELDASH_BASE_URL": address,
                    "RELDASH_SMTP_URL": post.url,
                    "RELDASH_MAIL_FROM": "Release dashboard <dashboard@example.com>",
                    **fleet.environment,
                }
            ),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    served = Served(address, fleet, database_url, token, post)
    try:
        wait_for(lambda: process.poll() is not None or is_filled(served), 100)
        assert process.poll() is None, (folder / "log").read_text()
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def is_filled(served: Served) -> bool:
    """Whether every cluster that can be read has been."""
    try:
        text = served.csv("export/inventory.csv")
    except (urllib.error.URLError, ConnectionError):
        return False
    readable = [name for name in served.fleet.urls if name != "platform-shared-us"]
    return all(f"\n{name}," in text for name in readable)


@pytest.fixture(scope="session")
def quick(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Served]:
    """A server that finds its fleet through AWS, and reads all of it every ten seconds."""
    folder = tmp_path_factory.mktemp("quick")
    with DemoFleet.start(folder, seed=7, speed=0, aws=True) as fleet, mail_server() as post:
        yield from serve(folder, fleet, new_database(), "10s", post)


@pytest.fixture(scope="session")
def slow(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Served]:
    """A server that reads again only on request after the first read."""
    folder = tmp_path_factory.mktemp("slow")
    clusters = ("platform-dev", "platform-nonprod", "platform-stg")
    with (
        DemoFleet.start(folder, seed=7, speed=0, clusters=clusters) as fleet,
        mail_server() as post,
    ):
        yield from serve(folder, fleet, new_database(), "1h", post)


@pytest.fixture(scope="session", autouse=True)  # so that without one no server is started either
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            pytest.fail(MISSING, pytrace=False)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def kept_contexts(browser: Browser) -> KeptContexts:  # noqa: ARG001 - closed with it
    """Browser contexts between two tests."""
    return {}


@pytest.fixture(scope="module")
def open_kept_browser(
    browser: Browser, kept_contexts: KeptContexts
) -> Iterator[Callable[..., BrowserContext]]:
    """As `open_browser`, for pages that the tests of a module share."""
    yield from open_browsers(browser, kept_contexts)


@pytest.fixture
def open_browser(
    browser: Browser, kept_contexts: KeptContexts
) -> Iterator[Callable[..., BrowserContext]]:
    """Call it for a browser without any cookie; keywords are those of a browser context."""
    yield from open_browsers(browser, kept_contexts)


def open_browsers(browser: Browser, kept: KeptContexts) -> Iterator[Callable[..., BrowserContext]]:
    """Lend contexts; afterwards they are left without pages and cookies and lent again.

    A new context compiles all of Streamlit's scripts, for more than a second of each first page.
    """
    lent: list[tuple[str, BrowserContext]] = []

    def open_one(**options: object) -> BrowserContext:
        chosen = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"} | options
        key = repr(sorted(chosen.items()))
        free = kept.setdefault(key, [])
        if free:
            context = free.pop()
        else:
            context = browser.new_context(**chosen)  # type: ignore[arg-type]
            context.set_default_timeout(PATIENCE)
            context.add_init_script(STILL)
        lent.append((key, context))
        return context

    yield open_one
    for key, context in lent:
        for page in context.pages:
            with suppress(Error):  # of a page that never left "about:blank"
                page.evaluate("localStorage.clear()")  # Streamlit keeps an open sidebar there
            page.close()
        context.clear_cookies()
        context.clear_permissions()
        kept[key].append(context)


@pytest.fixture
def open_session(
    open_browser: Callable[..., BrowserContext], request: pytest.FixtureRequest
) -> Callable[..., Page]:
    """Call it with an address for a page of a new browser, signed in to this test's server."""

    def open_one(address: str, **options: object) -> Page:
        context = open_browser(**options)
        for name in ("quick", "slow"):
            if name in request.fixturenames:
                sign_in(context, request.getfixturevalue(name))
        page = context.new_page()
        page.goto(address)
        return page

    return open_one


def sign_in(context: BrowserContext, served: Served, token: str = "") -> None:
    """Give a browser the cookie of a session, the server's own if no token is named."""
    context.add_cookies(
        [{"name": COOKIE, "value": token or served.token, "url": served.address, "httpOnly": True}]
    )
