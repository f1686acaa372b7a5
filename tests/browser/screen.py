"""What a person sees on a page, and does there."""

from urllib.parse import parse_qsl

from playwright.sync_api import Page, expect

ROW_HEIGHT = 31  # as `ui/matrix_view.py` asks for
NAMES_WIDTH = 220


def rows_of(page: Page) -> list[list[str]]:
    """The rows of the grid as a screen reader has them, the first column first.

    The grid draws only what is in view; ask for few rows.
    """
    grid = page.get_by_test_id("stDataFrame").first
    expect(grid.locator("tbody tr").first).to_be_attached()
    return [
        [cell.strip() for cell in row.locator("[role=gridcell]").all_inner_texts()]
        for row in grid.locator("tbody tr").all()
    ]


def heads_of(page: Page) -> list[str]:
    """The heads of the grid's columns."""
    return [text.strip() for text in page.locator("thead th").all_inner_texts()]


def query_of(page: Page) -> list[tuple[str, str]]:
    """The query of the page's URL, sorted: a browser's order means nothing."""
    search: str = page.evaluate("location.search")  # `page.url` is of an earlier moment
    return sorted(parse_qsl(search.removeprefix("?")))


def settled(page: Page) -> Page:
    """The page once it has drawn all there is."""
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".rd-age")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    return page


def click_first_cell(page: Page, row: int) -> None:
    """Click a row's cell in the first column of versions; rows are counted from 0."""
    grid = page.get_by_test_id("stDataFrame").first
    expect(grid.locator("tbody tr").nth(row)).to_be_attached()
    box = grid.locator("canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + NAMES_WIDTH + 40, box["y"] + ROW_HEIGHT * (row + 1.5))
