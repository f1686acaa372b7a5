"""Streamlit mounts the grid anew for other data or another theme, before the last mount is over.

It calls the clean-up of a mount that was overtaken as soon as it has it.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reldash.domain.drift.states import State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cells import Axis, Cell, Column, Matrix
from reldash.services.grid_assets import load_assets
from reldash.ui.matrix_grid import GridOptions
from reldash.ui.matrix_grid.payload import make_payload
from tests.browser.axe import BACKGROUNDS
from tests.browser.conftest import Served, sign_in
from tests.browser.screen import grid_of, settled
from tests.unit.builders import NOW

pytestmark = pytest.mark.browser

PAYLOAD = make_payload(
    Matrix(
        "platform",
        Axis.ENVIRONMENT,
        NOW,
        (Column("prod", "prod", "prod"),),
        (Row("card-vault", "blue"),),
        {("card-vault", "prod"): Cell("1.5.0", State.IN_STEP, (("1.5.0", 1),))},
    )
)
OPTIONS = GridOptions(
    scans="",
    id=PAYLOAD.id,
    label="Two at once",
    heads=[{"fresh": "", "help": ""}],
    query=[],
    chosen=[],
    exports="export",
    noun="service",
    total=1,
    as_of=None,
)

# A second mount begins while the first waits for the style sheet; then `ends` cleans up.
MOUNTED_TWICE = """
async ({ assets, body, options, ends }) => {
    const load = (name) => import(new URL(`${assets}/${name}`, document.baseURI).href);
    const [store, { mount }] = [await load("store.js"), await load("mount.js")];
    const parentElement = document.createElement("div");
    parentElement.id = "two-at-once";
    document.getElementById(parentElement.id)?.remove();
    document.body.append(parentElement);
    store.mount({ data: Uint8Array.from(body), key: "two-at-once", parentElement });
    const given = { data: options, parentElement };
    const mounts = [mount(given), mount({ ...given })];
    (await mounts[ends])();
    await Promise.all(mounts);
    return parentElement.querySelectorAll("[role=grid] [role=rowheader]").length;
}
"""


@pytest.fixture(scope="module")
def page(quick: Served, open_kept_browser: Callable[..., BrowserContext]) -> Page:
    """A page of a browser that is signed in."""
    context = open_kept_browser()
    sign_in(context, quick)
    return context.new_page()


@pytest.mark.parametrize(("ends", "left"), [(0, 1), (1, 0)], ids=["overtaken", "newest"])
def test_only_the_newest_of_two_mounts_ends_the_grid(
    quick: Served, page: Page, ends: int, left: int
) -> None:
    if page.url != f"{quick.address}/account":
        page.goto(f"{quick.address}/account")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    given = {
        "assets": load_assets().path,
        "body": list(PAYLOAD.body),
        "options": OPTIONS,
        "ends": ends,
    }
    assert page.evaluate(MOUNTED_TWICE, given) == left


def test_the_grid_stays_the_same_in_another_theme(quick: Served, page: Page) -> None:
    page.goto(f"{quick.address}/platform")
    grid_of(page).evaluate("grid => (grid.marked = true)")
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS["dark"])
    settled(page)
    assert grid_of(page).evaluate("grid => grid.marked"), "another grid took its place"
