"""Findings of scans, in a cell's details and as a filter, over the demo's ECR."""

import csv
import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.screen import address_of, query_of, rows_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

# An exhibit that stands still: prod runs findings that are fixed in stg.
FIXED = "platform?text=invoicing&service=invoicing&column=prod"


def test_findings_load_on_demand_and_stay_open_over_reruns(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/{FIXED}"))
    details = page.locator(".st-key-reldash_details")
    expect(details).to_contain_text("fix ready prod runs 2.11.0 with 1 critical", timeout=30_000)
    findings = details.get_by_role("group")
    expect(findings).to_contain_text("3 critical or high findings", timeout=30_000)
    findings.locator("summary").click()
    expect(findings.get_by_role("link").first).to_be_visible()
    read = details.locator("time").last
    before = read.get_attribute("datetime")
    page.get_by_role("button", name="Refresh").click()
    wait_for(lambda: read.get_attribute("datetime") != before)  # the places below were read again
    expect(findings.get_by_role("link").first).to_be_visible()
    page.get_by_role("button", name="Clear cache").click()
    expect(settled(page).locator(".st-key-reldash_details")).to_contain_text("fix ready")
    expect(findings.get_by_role("link").first).to_be_visible()


def test_details_with_findings_fit_a_telephone(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = open_session(f"{quick.address}/{FIXED}", viewport={"width": 390, "height": 844})
    findings = settled(page).locator(".st-key-reldash_details").get_by_role("group")
    findings.locator("summary").click(timeout=30_000)
    expect(findings.get_by_role("link").first).to_be_visible()
    rights = (
        "[...document.querySelectorAll('.st-key-reldash_details *')]"
        ".map(e => e.getBoundingClientRect().right)"
    )
    wait_for(lambda: max(page.evaluate(rights)) <= 390)


def test_the_filter_for_critical_findings_is_a_link(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?text=billing"))
    page.get_by_text("Critical findings").click()
    wait_for(lambda: query_of(page) == [("critical", "true"), ("text", "billing")])
    rows = csv.DictReader(io.StringIO(quick.csv("export/inventory.csv?critical=true")))
    running = {row["service"] for row in rows if int(row["critical"]) > 0}
    wait_for(lambda: {row[0] for row in rows_of(page)} <= running)
    other = settled(open_session(address_of(page)))
    wait_for(lambda: rows_of(page) == rows_of(other))
