"""The application as people start it, over a demo fleet, in a real Chromium."""

import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, sync_playwright

from reldash.config.environment import environment_with
from reldash.demo import DemoFleet
from tests.integration.waiting import wait_for

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
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


@dataclass(frozen=True, slots=True)
class Served:
    """A running server, and the fleet that it shows; nothing in it moves unless a test does it."""

    address: str
    fleet: DemoFleet

    def csv(self, path: str) -> str:
        """What an export answers; `path` as a page links it."""
        with urllib.request.urlopen(f"{self.address}/{path}") as answer:  # noqa: S310 - our server
            text: str = answer.read().decode()
            return text


def serve(folder: Path, fleet: DemoFleet, database_url: str, interval: str) -> Iterator[Served]:
    """Start `streamlit run Home.py` on a free port, until every cluster was tried once."""
    told = yaml.safe_load(fleet.fleet_file.read_text())
    told["collect"] |= {"interval": interval, "stale_after": "2h"}
    file = fleet.fleet_file.with_name("served.yaml")
    file.write_text(yaml.safe_dump(told, sort_keys=False))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-m", "streamlit", "run", "Home.py", f"--server.port={port}"],
            cwd=PROJECT,
            env=environment_with(
                {"DATABASE_URL": database_url, "RELDASH_FLEET": str(file), **fleet.environment}
            ),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    served = Served(f"http://localhost:{port}", fleet)
    try:
        wait_for(lambda: process.poll() is not None or is_filled(served), 60)
        assert process.poll() is None, (folder / "log").read_text()
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


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
    """A server that finds its fleet through AWS, and reads all of it every two seconds."""
    folder = tmp_path_factory.mktemp("quick")
    with DemoFleet.start(folder, seed=7, speed=0, aws=True) as fleet:
        yield from serve(folder, fleet, new_database(), "2s")


@pytest.fixture(scope="session")
def slow(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Served]:
    """A server that after the first read reads nothing unless it is asked to."""
    folder = tmp_path_factory.mktemp("slow")
    clusters = ("platform-dev", "platform-nonprod", "platform-stg")
    with DemoFleet.start(folder, seed=7, speed=0, clusters=clusters) as fleet:
        yield from serve(folder, fleet, new_database(), "1h")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if shutil.which(CHROMIUM) is None:
        pytest.fail(f"Chromium is missing: {CHROMIUM} (Debian's package chromium) is expected")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_session(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Call it with an address for a new session; keywords are those of a browser context."""
    contexts = []

    def open_one(address: str, **options: object) -> Page:
        context = browser.new_context(
            **({"viewport": {"width": 1440, "height": 900}} | options)  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
