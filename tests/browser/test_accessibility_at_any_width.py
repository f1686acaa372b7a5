"""From a telephone to a wall: nothing sticks out of a page, and no control lies on another."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext

from reldash.domain.accounts import Role
from reldash.ui.navigation import PAGES_FOLDER
from tests.browser.axe import ready
from tests.browser.conftest import Served, sign_in
from tests.integration.sessions import ADMIN, new_session
from tests.integration.waiting import wait_for

pytestmark = pytest.mark.browser

HEIGHTS = {390: 844, 768: 1024, 1440: 900, 2560: 1440, 3840: 2160}
DETAILS = "platform?text=card-vault&service=card-vault&column=prod"
PAGES = [
    *sorted(path.stem for path in PAGES_FOLDER.glob("*.py") if path.stem != "inbox"),
    DETAILS,
]

# What reaches beyond the right edge of the window and is in no box of its own that scrolls.
STICKING_OUT = """
() => {
  const scrolls = (e) => e.classList.contains("stMain") ? false
    : getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement);
  return [...document.querySelectorAll(".stMain *")]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
    .filter((e) => !scrolls(e.parentElement))
    .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`);
}
"""

# Pairs of controls that share more than a line; what Streamlit puts into its own fields is meant,
# and so is that details lie over the page where there is no room beside it.
OVERLAPPING = """
() => {
  const kinds = ["a", "button", "input", "summary", "textarea"];
  const controls = [...document.querySelector(".stMain").querySelectorAll(kinds.join())]
    .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((e) => !e.closest(".rdg-scroll, .rdg-printed, [data-testid=stDataFrame]"))
    .map((e) => [e, e.getBoundingClientRect(), e.closest("[data-testid=stElementContainer]")]);
  const layer = (e) => {
    const column = e.closest("[data-testid=stColumn]");
    return column && getComputedStyle(column).position === "fixed" ? column : null;
  };
  const meet = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  return controls.flatMap(([one, box, field], at) =>
    controls.slice(at + 1)
      .filter(([other, otherBox, otherField]) => meet(box, otherBox) && !one.contains(other) &&
        layer(one) === layer(other) && (field !== otherField || field?.querySelector(".stHtml")))
      .map(([other]) => `${one.outerHTML.slice(0, 80)} on ${other.outerHTML.slice(0, 80)}`));
}
"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_width(
    name: str, quick: Served, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser()
    sign_in(context, quick, new_session(quick.database_url, ADMIN, Role.ADMIN))
    page = context.new_page()
    ready(page, f"{quick.address}/{name.removeprefix('overview')}")
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        for fault in (STICKING_OUT, OVERLAPPING):
            with suppress(AssertionError):  # what is laid out by script follows a moment later
                wait_for(lambda fault=fault: not page.evaluate(fault), 10)  # type: ignore[misc]
            assert not page.evaluate(fault), width
