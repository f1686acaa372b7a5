"""Refresh brings newer data to an open page, with progress by cluster."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.releases import release, shows
from tests.browser.screen import settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser


# Notes the words of progress and toasts, which go by themselves.
NOTE_WORDS = """
window.words = "";
new MutationObserver(() => {
  const places = "[aria-label='Progress by cluster'], [data-testid=stToast]";
  for (const node of document.querySelectorAll(places)) window.words += node.textContent + "\\n";
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


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
