"""What a person chooses is in the URL, and the URL shows it to the next person."""

import csv
import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reldash.domain.drift.states import Flag, State
from tests.browser.conftest import Served
from tests.browser.screen import (
    address_of,
    cell_of,
    grid_of,
    heads_of,
    query_of,
    rows_of,
    settled,
)
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser


def choose(page: Page, label: str, value: str) -> None:
    """Choose an option behind the button "Filters"."""
    page.get_by_role("button", name="Filters", exact=False).first.click()
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=value, exact=True).click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def test_filters_change_the_url_and_the_url_shows_the_same_view(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform"))
    page.get_by_role("searchbox").fill("er")
    wait_for(lambda: query_of(page) == [("text", "er")])
    page.get_by_role("button", name="only differences").click()
    wait_for(lambda: query_of(page) == [("differs", "true"), ("text", "er")])
    page.get_by_role("button", name="waiting").click()
    choose(page, "Environment", "prod")
    chosen = [("differs", "true"), ("env", "prod"), ("state", "waiting"), ("text", "er")]
    wait_for(lambda: query_of(page) == chosen)
    whole = len(quick.csv("export/matrix/platform.csv").splitlines()) - 1
    expect(page.locator(".rd-caption")).to_contain_text(f" of {whole}, 1 column")
    settled(page)

    other = settled(open_session(address_of(page)))
    words = other.locator(".rd-caption").get_by_role("status").first.inner_text()
    expect(page.locator(".rd-caption").get_by_role("status").first).to_have_text(words)
    wait_for(lambda: rows_of(page) == rows_of(other))
    assert 0 < len(rows_of(other)) < 20
    expect(other.get_by_role("searchbox")).to_have_value("er")


def test_the_csv_holds_exactly_the_rows_on_the_page(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?flag=mixed&flag=partial&flag=rebuilt"))
    shown = rows_of(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text())))
    assert download.value.suggested_filename.startswith("platform-")
    assert [row[0] for row in rows[1:]] == [row[0] for row in shown]
    heads = heads_of(page)
    for row, seen in zip(rows[1:], shown, strict=True):
        values = dict(zip(rows[0], row, strict=True))
        for head, cell in zip(heads[1:], seen[1:], strict=True):
            assert cell.startswith(values[head].partition(", ")[0])
            assert values[f"{head} last state"].replace("_", " ") in cell
            for flag in filter(None, values[f"{head} flags"].split(", ")):
                assert flag.replace("_", " ") in cell


def test_the_meanings_name_every_state_and_flag(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform"))
    page.get_by_text("Legend").click()
    legend = page.locator(".rd-meanings")
    for name in (*State, *Flag):
        expect(legend).to_contain_text(name.replace("_", " "), use_inner_text=True)


def test_a_clicked_cell_shows_its_places_and_is_a_link(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?text=card-vault"))
    cell_of(page, "card-vault", 0).click()
    details = page.locator(".st-key-reldash_details")
    expect(details.get_by_role("article")).to_contain_text("card-vault in dev")
    expect(details).to_contain_text("Requested image")
    expect(details).to_contain_text("sha256:")
    chosen = [("column", "dev"), ("service", "card-vault"), ("text", "card-vault")]
    wait_for(lambda: query_of(page) == chosen)

    other = settled(open_session(address_of(page)))
    expect(other.get_by_role("article")).to_contain_text("card-vault in dev")
    other.get_by_role("button", name="Close details").click()
    expect(other.get_by_role("article")).to_have_count(0)
    expect(other).to_have_url(f"{quick.address}/platform?text=card-vault")
    other.go_back()  # one step, though two keys left the query
    expect(other.get_by_role("article")).to_contain_text("card-vault in dev")
    other.go_forward()
    expect(other.get_by_role("article")).to_have_count(0)


def test_back_and_forward_step_through_the_details_that_were_opened(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?text=card-vault"))
    details = page.get_by_role("article")
    for column, name in ((4, "prod"), (0, "dev")):
        cell_of(page, "card-vault", column).click()
        expect(details).to_contain_text(f"card-vault in {name}")
        expect(page.locator(".rdg-opened")).to_have_attribute("aria-colindex", str(column + 2))
        wait_for(lambda name=name: ("column", name) in query_of(page))  # type: ignore[misc]
    page.go_back()
    expect(details).to_contain_text("card-vault in prod")
    expect(page.locator(".rdg-opened")).to_have_attribute("aria-colindex", "6")
    page.go_back()
    expect(details).to_have_count(0)
    expect(page.locator(".rdg-opened")).to_have_count(0)
    page.go_forward()
    expect(details).to_contain_text("card-vault in prod")
    page.get_by_role("link", name="Inventory").click()
    expect(page.locator("h1")).to_have_text("Inventory")
    settled(page)
    page.go_back()
    expect(details).to_contain_text("card-vault in prod")
    expect(page.get_by_role("searchbox")).to_have_value("card-vault")


def test_rows_stand_as_in_the_export_by_whatever_they_are_sorted(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    tall = {"width": 1440, "height": 1600}  # only rows in sight are drawn
    address = f"{quick.address}/platform?state=behind&state=waiting"
    page = settled(open_session(address, viewport=tall))
    grid_of(page).get_by_role("columnheader", name="prod").click()
    wait_for(lambda: ("sort", "version:prod") in query_of(page))
    seen: list[list[str]] = []

    def another_order() -> list[str]:
        """The services as the page and its export have them, once both have a new order."""
        address = page.get_by_role("link", name="CSV").get_attribute("href") or ""
        rows = csv.DictReader(io.StringIO(quick.csv(address)))
        order = [row["service"] for row in rows]
        same = [row[0] for row in rows_of(page)] == order
        return order if same and order not in seen else []

    for ask in ("newest", "oldest", "gravest", "none"):
        if ask == "oldest":
            grid_of(page).get_by_role("columnheader", name="prod").click()
        elif ask in {"gravest", "none"}:
            page.get_by_role("button", name="most serious first").click()
        seen.append(wait_for(another_order))


def test_a_concern_on_the_overview_leads_to_its_cell(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(quick.address))
    page.get_by_role("link", name="card-vault in prod").first.click()
    expect(page.get_by_role("article")).to_contain_text("card-vault in prod")
    expect(page.get_by_role("searchbox")).to_have_value("card-vault")
    wait_for(lambda: [row[0] for row in rows_of(page)] == ["card-vault"])
