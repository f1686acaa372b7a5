"""What a person chooses is in the URL, and the URL shows it to the next person."""

import csv
import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reldash.domain.states import Flag, State
from tests.browser.conftest import Served
from tests.browser.screen import click_first_cell, heads_of, query_of, rows_of, settled
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
    page.get_by_text("Only what differs").click()
    wait_for(lambda: query_of(page) == [("differs", "true"), ("text", "er")])
    choose(page, "State", "waiting")
    chosen = [("differs", "true"), ("state", "waiting"), ("text", "er")]
    wait_for(lambda: query_of(page) == chosen)
    whole = len(quick.csv("export/matrix/platform.csv").splitlines()) - 1
    expect(page.locator(".rd-caption")).to_contain_text(f" of {whole}, 5 columns")
    settled(page)
    shown = rows_of(page)
    assert 0 < len(shown) < 20

    other = settled(open_session(page.url))
    words = page.locator(".rd-caption span").inner_text()
    expect(other.locator(".rd-caption span")).to_have_text(words)
    assert rows_of(other) == shown
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
    heads = [head.partition(" · ")[0] for head in heads_of(page)]  # beside how fresh it is
    for row, seen in zip(rows[1:], shown, strict=True):
        values = dict(zip(rows[0], row, strict=True))
        for head, cell in zip(heads[1:], seen[1:], strict=True):
            assert cell.startswith(values[head])
            assert values[f"{head} state"].replace("_", " ") in cell
            for flag in filter(None, values[f"{head} flags"].split(", ")):
                assert flag.replace("_", " ") in cell


def test_the_legend_names_every_state_and_flag(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform"))
    legend = page.locator(".rd-legend").inner_text()
    for name in (*State, *Flag):
        assert name.replace("_", " ") in legend


def test_a_clicked_cell_shows_its_places_and_is_a_link(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(f"{quick.address}/platform?text=card-vault"))
    click_first_cell(page, 0)
    details = page.locator(".st-key-reldash_details")
    expect(details.get_by_role("article")).to_contain_text("card-vault in dev")
    expect(details).to_contain_text("Wanted image")
    expect(details).to_contain_text("sha256:")
    chosen = [("column", "dev"), ("service", "card-vault"), ("text", "card-vault")]
    wait_for(lambda: query_of(page) == chosen)

    other = settled(open_session(page.url))
    expect(other.get_by_role("article")).to_contain_text("card-vault in dev")
    other.get_by_role("button", name="Close details").click()
    expect(other.get_by_role("article")).to_have_count(0)
    expect(other).to_have_url(f"{quick.address}/platform?text=card-vault")
    other.go_back()  # one step, though two keys left the query
    expect(other.get_by_role("article")).to_contain_text("card-vault in dev")


def test_a_concern_on_the_overview_leads_to_its_cell(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    page = settled(open_session(quick.address))
    page.get_by_role("link", name="card-vault in prod").click()
    expect(page.get_by_role("article")).to_contain_text("card-vault in prod")
    expect(page.get_by_role("searchbox")).to_have_value("card-vault")
    assert [row[0] for row in rows_of(page)] == ["card-vault"]
