"""Accessibility faults of a page, found by axe-core: the copy in `axe-playwright-python`."""

from importlib.resources import files
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

SCRIPT = files("axe_playwright_python").joinpath("axe.min.js")

WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 24, 28)"}
Theme = Literal["light", "dark"]

# Wide and narrow differ in what is there, themes only in colours.
LOOKS: list[tuple[Theme, ViewportSize, bool]] = [
    ("light", WIDE, False),
    ("dark", WIDE, True),
    ("dark", NARROW, False),
    ("light", NARROW, True),
]

# Faults in Streamlit's own markup that nothing outside of it can mend: rule -> where it does not
# count.
NOT_OURS = {
    # On a narrow screen the pages of a section stand in a <div> between the list and its items.
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems] li",
    # What opens over a page hangs beside its landmarks, below <body>.
    "region": "[data-floating-ui-portal]",
}

TRIES = 3  # a page that newer data comes to may be drawn anew while it is judged

# Only what a browser computes differs between themes.
OF_COLOURS = ["color-contrast", "link-in-text-block"]

RUN = """
async ([rules, notOurs]) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const found = await axe.run(document, { ...only, resultTypes: ["violations"] });
  const counts = ({ id }, { target }) =>
    !(id in notOurs && document.querySelector(target.at(-1))?.matches(notOurs[id]));
  return {
    passed: found.passes.length,
    faults: found.violations.flatMap((rule) =>
      rule.nodes
        .filter((node) => counts(rule, node))
        .map(({ html, failureSummary }) =>
          `${rule.impact} ${rule.id}: ${html.slice(0, 200)} ${failureSummary}`),
    ),
  };
}
"""


def faults_of(page: Page, *, only_colours: bool = False) -> list[str]:
    """Every fault of a page as it is drawn, of whatever weight, with the element that has it.

    `only_colours` asks for what may be other in another theme of a page that was judged before.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text())
    result: dict[str, Any] = page.evaluate(RUN, [OF_COLOURS if only_colours else [], NOT_OURS])
    assert result["passed"], "axe-core found nothing to judge"
    faults: list[str] = result["faults"]
    return faults


def ready(page: Page, address: str) -> None:
    """Open a page or a card, and wait until it has drawn all there is."""
    page.goto(address)
    expect(page.locator("h1, .st-key-reldash_card").first).to_be_visible()
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until nothing is drawn anew: what is about to be replaced is faint until it is."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-stale=true]")).to_have_count(0)


def judge(page: Page) -> None:
    """Fail where an open page has a fault in either theme, wide or narrow.

    Streamlit follows theme and width without being loaded anew.
    """
    faults = []
    for theme, size, only_colours in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        app = page.get_by_test_id("stApp")
        expect(app).to_have_css("background-color", BACKGROUNDS[theme])
        for _ in range(TRIES):
            at_rest(page)
            found = faults_of(page, only_colours=only_colours)
            if not found:
                break
        faults += [f"{theme}, {size['width']} px: {fault}" for fault in found]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
