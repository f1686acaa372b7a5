"""Whatever clusters call things is shown as text; a run that changes nothing sends none of it."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, expect

from benchmarks._matrices import ODD
from benchmarks.grid import opened, served
from tests.browser.screen import grid_of, heads_of, rows_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made_up() -> Iterator[str]:
    """The address of a page that shows a made-up matrix."""
    with served() as address:
        yield address


def test_markup_long_and_right_to_left_names_and_emoji_are_text_in_their_order(
    made_up: str, browser: Browser
) -> None:
    with opened(browser, f"{made_up}/?services=30&columns=3&odd=1") as (page, _):
        rows = rows_of(page)
        assert [row[0] for row in rows[: len(ODD)]] == list(ODD)
        for name, row in zip(ODD, rows, strict=False):
            assert any(f"-{name} " in cell for cell in row[1:])
        grid = grid_of(page)
        assert not grid.locator("b, script, a").count()
        assert page.title() == "Streamlit"
        heights = grid.get_by_role("row").evaluate_all(
            "rows => rows.slice(2).map((row) => row.offsetHeight)"
        )
        assert set(heights) == {32}
        page.get_by_role("searchbox").fill(ODD[3])
        expect(page.get_by_role("status").first).to_have_text(
            f"1 service of {30 + len(ODD)}, 3 columns: 0 cells drift"
        )
        assert rows_of(page)[0][0] == ODD[3]


def test_such_titles_and_owners_are_text_and_no_head_lies_over_another(
    made_up: str, browser: Browser
) -> None:
    with opened(browser, f"{made_up}/?services=30&columns=9&odd=1") as (page, _):
        grid = grid_of(page)
        expect(grid.locator(".rdg-column bdi").first).to_have_text(ODD[0])
        heads = heads_of(page)
        assert [head for head in heads if head in ODD] == list(ODD[: len(heads) - 1])
        assert not grid.locator("b, script, a").count()
        edges: list[list[float]] = grid.locator(".rdg-column").evaluate_all(
            """heads => heads.map((head) => head.getBoundingClientRect())
                .map(({ left, right, height }) => [left, right, height])
                .sort(([one], [other]) => one - other)"""
        )
        assert len({height for _, _, height in edges}) == 1
        assert all(one[1] <= other[0] + 0.5 for one, other in pairwise(edges))
        owner = grid.get_by_role("rowheader").first
        expect(owner).to_have_attribute("title", f"{ODD[0]}\nowner: {ODD[0]}")


def test_a_run_that_changes_nothing_sends_no_cell_again(made_up: str, browser: Browser) -> None:
    with opened(browser, f"{made_up}/?services=2000&columns=8") as (page, received):
        first = sum(received)
        before = len(received)
        page.get_by_role("button", name="Again").click()
        page.wait_for_timeout(2000)  # no event says that no more bytes come
        again = sum(received[before:])
    assert first > 150_000
    assert 0 < again < 8_000
