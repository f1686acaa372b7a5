"""What a person sees on a page, and does there."""

from urllib.parse import parse_qsl

from playwright.sync_api import Locator, Page, expect

from tests.integration.waiting import wait_for


def grid_of(page: Page) -> Locator:
    """The grid, once it has drawn something."""
    grid = page.get_by_role("grid").first
    expect(grid.get_by_role("rowheader").first).to_be_attached()
    return grid


def rows_of(page: Page) -> list[list[str]]:
    """The rows of the grid in their order, the service first; as read out, so without shapes.

    The grid draws only what is in view; ask for few rows.
    """
    rows: list[list[str]] = grid_of(page).evaluate(
        """grid => {
            const order = (name) => (a, b) => a.getAttribute(name) - b.getAttribute(name);
            const text = (cell) => [...cell.querySelectorAll("bdi, span:not([aria-hidden])")]
                .filter((piece) => !piece.hidden && piece.textContent)
                .map((piece) => piece.textContent).join(" ");
            return [...grid.querySelectorAll(".rdg-body [role=row]")]
                .sort(order("aria-rowindex"))
                .map((row) => [...row.children].sort(order("aria-colindex")).map(text));
        }"""
    )
    return rows


def heads_of(page: Page) -> list[str]:
    """The titles of the grid's columns."""
    return grid_of(page).locator(".rdg-heads bdi").all_inner_texts()


def focus_of(page: Page) -> str:
    """The service and the column that the keyboard stands on: "cart / prod"."""
    where: str = page.evaluate(
        """() => {
            const cell = document.activeElement;
            const service = cell.closest("[role=row]")?.querySelector(".rdg-name")?.textContent;
            const column = cell.getAttribute("aria-colindex");
            const head = document.querySelector(`.rdg-heads [aria-colindex="${column}"] bdi`);
            return `${service ?? "head"} / ${head?.textContent}`;
        }"""
    )
    return where


def query_of(page: Page) -> list[tuple[str, str]]:
    """The query of the page's URL, sorted: a browser's order means nothing."""
    search: str = page.evaluate("location.search")  # `page.url` is of an earlier moment
    return sorted(parse_qsl(search.removeprefix("?")))


def address_of(page: Page) -> str:
    """The page's URL as it is now."""
    address: str = page.evaluate("location.href")  # likewise
    return address


def copied(page: Page) -> str:
    """What the keys for copying put into the clipboard, which is written a moment later."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('')")  # what another test left there
    page.keyboard.press("Control+c")
    text: str = wait_for(lambda: page.evaluate("navigator.clipboard.readText()"))
    return text


def settled(page: Page) -> Page:
    """The page once it has drawn all there is."""
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".rd-age")).to_be_visible()
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    return page


def cell_of(page: Page, service: str, column: int) -> Locator:
    """A cell that is in view; columns are counted from 0."""
    row = grid_of(page).get_by_role("row").filter(has=page.get_by_text(service, exact=True))
    return row.locator(f'[aria-colindex="{column + 2}"]')
