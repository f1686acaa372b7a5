"""History and past moments in a browser: in the URL, by back and forward, and in charts."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.browser.screen import address_of, query_of, rows_of, settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

BERLIN = "Europe/Berlin"


def drawn(page: Page) -> Page:
    """The page once it has drawn all there is; pages of the past show no age of data."""
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    return page


def test_a_moment_is_a_link_and_a_step_back(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?text=card-vault"))
    page.get_by_role("combobox", name="As of").click()
    page.get_by_role("option", name="24 h ago").click()
    expect(page.locator(".rd-past")).to_contain_text("1 d ago")
    wait_for(lambda: "at" in dict(query_of(page)))
    query = dict(query_of(page))
    at = datetime.fromisoformat(query["at"])
    assert timedelta(0) < datetime.now(UTC) - timedelta(hours=24) - at < timedelta(minutes=2)
    assert query["text"] == "card-vault"
    expect(page.get_by_role("button", name="Refresh")).to_have_count(0)

    other = drawn(open_session(address_of(page)))
    expect(other.locator(".rd-past strong")).to_have_text(f"As of {at:%Y-%m-%d %H:%M:%S} UTC")
    moment = re.compile(re.escape(f"at={query['at'].replace(':', '%3A')}"))
    expect(other.get_by_role("link", name="CSV")).to_have_attribute("href", moment)

    page.go_back()
    expect(page.locator(".rd-past")).to_have_count(0)
    expect(page.get_by_role("button", name="Refresh")).to_be_visible()
    page.go_forward()
    expect(page.locator(".rd-past")).to_contain_text("As of")
    page.get_by_role("button", name="Back to now").click()
    expect(page.locator(".rd-past")).to_have_count(0)
    wait_for(lambda: query_of(page) == [("text", "card-vault")])


LATER = """{
    const now = Date.now.bind(Date);
    Date.now = () => now() + 30 * 86_400_000;
}"""


def test_a_past_wait_ends_at_the_past_moment(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    query = f"at={datetime.now(UTC) - timedelta(seconds=5):%Y-%m-%dT%H:%M:%SZ}&state=waiting"
    page = open_session(f"{quick.address}/platform?{query}")
    page.add_init_script(LATER)
    page.reload()
    shown = {row[0]: row[-1] for row in rows_of(drawn(page)) if "waiting" in row[-1]}
    exported = json.loads(quick.csv(f"export/matrix/platform.json?{query}"))
    prod = {row["service"]: row["cells"]["prod"] for row in exported["rows"]}
    assert len(shown) > 2
    for service, words in shown.items():
        waited = prod[service]["lag"]["dwell_days"]
        in_days = re.search(r", (\d+) d( |$)", words)
        assert (int(in_days[1]) if in_days else 0) == int(waited), (service, words)


def test_a_typed_moment_is_taken(quick: Served, open_session: Callable[..., Page]) -> None:
    page = settled(open_session(f"{quick.address}/inventory"))
    box = page.get_by_role("combobox", name="As of")
    box.click()
    box.fill("2026-01-05 17:00")
    box.press("Enter")
    expect(page.locator(".rd-past strong")).to_have_text("As of 2026-01-05 17:00:00 UTC")
    wait_for(lambda: ("at", "2026-01-05T17:00:00Z") in query_of(page))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_service_has_its_versions_drawn(
    theme: str, quick: Served, open_session: Callable[..., Page]
) -> None:
    page = open_session(
        f"{quick.address}/history?service=card-vault&period=90d", color_scheme=theme
    )
    settled(page)
    bars = page.locator(".js-plotly-plot .bars .point")
    expect(bars.first).to_be_visible()
    texts, labels = (page.locator(f".js-plotly-plot {name}") for name in (".bartext", ".ytick"))
    wait_for(lambda: "2.6.0" in texts.all_text_contents())
    wait_for(lambda: labels.all_text_contents()[:3] == ["dev", "lit", "stg"])
    page.get_by_text("Show as table").click()
    expect(page.get_by_role("table", name="Versions of card-vault")).to_contain_text("2.6.0-hotfix")


def test_exact_times_are_in_utc_and_the_viewers_time_zone(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/history?service=card-vault", timezone_id=BERLIN))
    time = page.get_by_role("table", name="Changes, newest first").locator("time").first
    expect(time).to_have_attribute("title", re.compile(rf" UTC \(.* in {BERLIN}\)$"))


def test_a_change_leads_to_the_cell_just_before_it(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/history?service=card-vault&env=prod"))
    page.get_by_role("link", name="before").first.click()
    expect(page.get_by_role("article")).to_contain_text("card-vault in prod")
    expect(page.get_by_role("article").locator(".rd-version").first).to_have_text("2.6.0")
    links = page.get_by_role("link", name="History")
    expect(links).to_have_count(2)  # the navigation's, and then that of the details
    links.last.click()
    expect(page.get_by_role("table", name="Changes, newest first")).to_be_visible()
    wait_for(lambda: ("service", "card-vault") in query_of(page))


def test_kinds_of_difference_filter_and_go_back(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/compare?left=stg&right=prod"))
    rows = drawn(page).locator(".rd-compared tbody tr")
    expect(rows).not_to_have_count(0)
    everything = rows.count()
    page.get_by_role("button", name="newer on the left").click()
    wait_for(lambda: ("kind", "newer") in query_of(page))
    wait_for(lambda: 0 < rows.count() < everything)  # the caption is drawn before its rows
    expect(page.locator(".rd-caption")).to_contain_text(" shown; ")
    page.go_back()
    expect(rows).to_have_count(everything)
