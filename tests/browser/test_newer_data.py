"""Newer data comes to an open page: by itself, and sooner when it is asked for."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from reldash.demo import DemoFleet
from reldash.demo.controllers import advance
from reldash.demo.world import ask_for
from tests.browser.conftest import Served
from tests.browser.screen import rows_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser


def release(fleet: DemoFleet, service: str) -> str:
    """Bring a new build of a service to dev, and let it come to rest there; returns its tag."""
    with fleet.lock:
        now = datetime.now(UTC)
        line = fleet.world.lines[service]
        build = line.builds.following(now)
        line.made.append(build)
        for workload in line.stages[0]:
            ask_for(line.service, workload, build, now)
            while not workload.settled:
                advance(workload, now)
            fleet.world.clusters[workload.cluster].put(workload)
    return build.tag


def test_a_new_version_appears_on_an_open_page(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?text=cart"))
    page.evaluate("window.untouched = true")
    version = release(quick.fleet, "cart")
    wait_for(lambda: rows_of(page)[0][1].startswith(f"{version} "))
    assert page.evaluate("window.untouched")  # nobody reloaded it


def test_refresh_shows_progress_by_cluster_and_brings_newer_data(
    slow: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{slow.address}/platform?text=cart"))
    read_before = page.locator(".rd-age").get_attribute("title")
    version = release(slow.fleet, "cart")
    assert not rows_of(page)[0][1].startswith(f"{version} ")
    page.get_by_role("button", name="Refresh").click()
    progress = page.get_by_role("list", name="Progress by cluster")
    for name in slow.fleet.urls:
        expect(progress).to_contain_text(name)
    page.get_by_text("Sidecars").click()  # a click elsewhere does no harm
    expect(page.get_by_test_id("stToast")).to_contain_text("3 clusters read")
    expect(progress).to_have_count(0)
    wait_for(lambda: rows_of(page)[0][1].startswith(f"{version} "))
    assert page.locator(".rd-age").get_attribute("title") != read_before
