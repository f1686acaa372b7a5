"""A printed matrix: all of it, black on white, without controls."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Served, sign_in
from tests.browser.screen import settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

NAMES = ["dev", "lit", "shared", "stg", "prod"]
PRINT = "dispatchEvent(new Event('beforeprint'))"  # the grid makes its table then

# Everything with text of its own that is drawn: its colour, and whether something lies behind it.
COLOURS = """
[...document.querySelectorAll(".stApp *")]
  .filter((e) => e.checkVisibility({ opacityProperty: true }))
  .filter((e) => [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((e) => `${getComputedStyle(e).color} on ${getComputedStyle(e).backgroundColor}`)
"""


@pytest.fixture(scope="module", params=["light", "dark"])
def printed(
    slow: Served,
    open_kept_browser: Callable[..., BrowserContext],
    request: pytest.FixtureRequest,
) -> Page:
    """The platform's matrix as it is printed; the tests only read it."""
    context = open_kept_browser(color_scheme=request.param)
    sign_in(context, slow)
    page = context.new_page()
    page.goto(f"{slow.address}/platform")
    settled(page)
    expect(page.locator(".rdg-row").first).to_be_visible()
    page.evaluate(PRINT)
    page.emulate_media(media="print")
    return page


def is_all_of(printed: Page, rows: list[dict[str, str]]) -> bool:
    """Whether the table for paper, made anew, has the rows of an export, with words for states."""
    printed.evaluate("dispatchEvent(new Event('afterprint'))")
    printed.evaluate(PRINT)
    lines = [line.split("\t") for line in printed.locator(".rdg-printed tr").all_inner_texts()]
    shown = [(service, dict(zip(NAMES, cells, strict=True))) for service, *cells in lines[1:]]
    return [service for service, _ in shown] == [row["service"] for row in rows] and all(
        row[name].partition(", ")[0] in cells[name]  # the first version, where places disagree
        and row[f"{name} state"].replace("_", " ") in cells[name]
        for (_, cells), row in zip(shown, rows, strict=True)
        for name in NAMES
    )


def test_every_row_is_printed_with_the_words_of_its_cells(printed: Page, slow: Served) -> None:
    rows = list(csv.DictReader(io.StringIO(slow.csv("export/matrix/platform.csv"))))
    assert len(rows) > 50
    wait_for(lambda: is_all_of(printed, rows))  # a page shows what was read a moment later
    heads = printed.locator(".rdg-printed thead th")
    titles = ["service", *NAMES]
    wait_for(lambda: [head.split()[0] for head in heads.all_inner_texts()] == titles)


def test_paper_has_no_controls_and_shows_exact_times(printed: Page) -> None:
    for control in ("button", "textbox", "searchbox", "combobox", "switch", "link"):
        expect(printed.get_by_role(control)).to_have_count(0)
    age = printed.locator(".rd-age")
    expect(age).to_have_attribute("title", re.compile("UTC"))
    wait_for(lambda: age.evaluate("e => getComputedStyle(e, '::after').content") != "none")


def test_all_is_black_on_white_in_either_theme(printed: Page) -> None:
    black = {"rgb(0, 0, 0) on rgba(0, 0, 0, 0)"}
    wait_for(lambda: set(printed.evaluate(COLOURS)) == black)  # colours may fade into each other
    expect(printed.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_a_long_matrix_goes_on_over_sheets_with_its_heads(printed: Page) -> None:
    expect(printed.locator(".rdg-printed thead")).to_have_css("display", "table-header-group")
    expect(printed.locator(".rdg-printed tr").last).to_have_css("break-inside", "avoid")
    assert len(re.findall(rb"/Type\s*/Page\b", printed.pdf(format="A4", landscape=True))) > 1
