"""The exact time of an age on hover: in UTC and in the viewer's time zone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.screen import grid_of, settled

pytestmark = pytest.mark.browser

DAY = r"\d{4}-\d\d-\d\d "
TIME = r"\d\d:\d\d:\d\d"
HOVERS = [
    (
        "Australia/Adelaide",
        rf"waiting since {DAY}{TIME} UTC \(({DAY})?{TIME} in Australia/Adelaide\)$",
    ),
    ("UTC", rf"waiting since {DAY}{TIME} UTC$"),
]


@pytest.mark.parametrize(("zone", "hover"), HOVERS)
def test_a_wait_has_its_start_in_utc_and_the_viewers_time_zone(
    quick: Served, open_session: Callable[..., Page], zone: str, hover: str
) -> None:
    page = settled(open_session(f"{quick.address}/platform", timezone_id=zone))
    waiting = re.compile(r"behind .*, \d+ (d|h|min|s)")
    cell = grid_of(page).get_by_role("gridcell").filter(has_text=waiting).first
    cell.hover()
    expect(cell).to_have_attribute("title", re.compile(hover))


def test_the_viewers_time_is_the_same_moment_with_its_date_if_that_differs(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform", timezone_id="Australia/Adelaide"))
    texts = page.evaluate(
        """async () => {
            const of = (name) => name.includes("/words.js");
            const address = performance.getEntriesByType("resource").map(({name}) => name).find(of);
            const { exactTime } = await import(address.replace("words.js", "times.js"));
            const at = (iso) => exactTime(Date.parse(iso) / 1000);
            return [at("2026-11-20T10:00:00Z"), at("2026-11-20T17:00:00Z")];
        }"""
    )
    assert texts == [
        "2026-11-20 10:00:00 UTC (20:30:00 in Australia/Adelaide)",
        "2026-11-20 17:00:00 UTC (2026-11-21 03:30:00 in Australia/Adelaide)",
    ]
