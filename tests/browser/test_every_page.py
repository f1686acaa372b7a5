"""Every page in both themes, wide and narrow, cold at its own address."""

from collections.abc import Callable

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect

from tests.browser.axe import BACKGROUNDS, Theme
from tests.browser.conftest import Served
from tests.browser.screen import settled
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

PAGES = {
    "": "Overview",
    "platform": "Platform",
    "customer_solutions": "Customer Solutions",
    "inventory": "Inventory",
    "compare": "Compare",
    "history": "History",
    "images": "Images",
    "clusters": "Clusters",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_a_page_renders_in_both_themes_and_asks_no_other_host(
    path: str, title: str, theme: Theme, quick: Served, open_session: Callable[..., Page]
) -> None:
    page = open_session("about:blank", color_scheme=theme)
    faults: list[str] = []
    asked: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Streamlit looks for its own base path below a page's address, and finds none there.
        if message.type == "error" and "404" not in message.text:
            faults.append(message.text)

    def keep(request: Request) -> None:
        if not request.url.startswith((quick.address, "data:", "blob:")):
            asked.append(request.url)

    page.on("console", note)
    page.on("request", keep)
    page.goto(f"{quick.address}/{path}")
    settled(page)
    expect(page.locator("h1")).to_have_text(title)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[theme])
    assert not faults
    assert not asked


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_telephone(
    path: str, quick: Served, open_session: Callable[..., Page]
) -> None:
    page = open_session(f"{quick.address}/{path}", viewport={"width": 390, "height": 844})
    settled(page)
    for folded in page.locator("summary").all():
        folded.click()
    rights = (
        "[...document.querySelectorAll('.stMain *')]"
        ".filter(e => !e.closest('[data-testid=stDataFrame], .rdg-scroll, .rdg-chips'))"
        ".filter(e => !e.closest('.draglayer'))"  # what a chart has unseen around its edges
        ".map(e => e.getBoundingClientRect().right)"
    )
    wait_for(lambda: max(page.evaluate(rights)) <= 390)


def test_names_from_clusters_are_never_formatting(
    quick: Served, open_session: Callable[..., Page]
) -> None:
    name = "*bold* [x](y) :material/home: <b>b</b>"
    page = settled(
        open_session(f"{quick.address}/platform?owner={name}&service={name}&column=prod")
    )
    expect(page.locator(".rd-empty-title").last).to_have_text(f"{name} is no longer in prod")
