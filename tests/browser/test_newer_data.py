"""Newer data comes to an open page: by itself, and sooner when it is asked for."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from reldash.demo import DemoFleet
from reldash.demo.controllers import advance
from reldash.demo.fleet_state import deploy_build
from tests.browser.conftest import Served
from tests.browser.screen import rows_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser


# Notes what is told of a reading, for however short a time: a toast goes by itself.
NOTE_WORDS = """
window.words = "";
new MutationObserver(() => {
  const told = "[aria-label='Progress by cluster'], [data-testid=stToast]";
  for (const node of document.querySelectorAll(told)) window.words += node.textContent + "\\n";
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


def release(fleet: DemoFleet, service: str) -> str:
    """Bring a new build of a service to dev, and let it come to rest there; returns its tag."""
    with fleet.lock:
        now = datetime.now(UTC)
        line = fleet.state.lines[service]
        build = line.builds.following(now)
        line.made.append(build)
        for workload in line.stages[0]:
            deploy_build(line.service, workload, build, now)
            while not workload.settled:
                advance(workload, now)
            fleet.state.clusters[workload.cluster].put(workload)
    return build.tag


def shows(page: Page, version: str) -> bool:
    """Whether the page has this version of its first service in dev."""
    return any(row[1].startswith(f"{version} ") for row in rows_of(page)[:1])


def test_a_new_version_appears_on_an_open_page(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?text=cart"))
    page.evaluate("window.untouched = true")
    version = release(quick.fleet, "cart")
    wait_for(lambda: shows(page, version), 30)
    assert page.evaluate("window.untouched")  # nobody reloaded it


def test_refresh_shows_progress_by_cluster_and_brings_newer_data(
    slow: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{slow.address}/platform?text=cart"))
    read_before = page.locator(".rd-age").get_attribute("title") or ""
    version = release(slow.fleet, "cart")
    assert not shows(page, version)
    page.evaluate(NOTE_WORDS)
    page.get_by_role("button", name="Refresh").click()
    wait_for(lambda: all(name in page.evaluate("window.words") for name in slow.fleet.urls))
    page.get_by_text("Sidecars").click()  # a click elsewhere does no harm
    wait_for(lambda: "3 clusters read" in page.evaluate("window.words"))
    expect(page.get_by_role("list", name="Progress by cluster")).to_have_count(0)
    wait_for(lambda: shows(page, version), 30)
    expect(page.locator(".rd-age")).not_to_have_attribute("title", read_before)
