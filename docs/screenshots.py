# ruff: noqa: INP001 - a script
"""Take the README's pictures of a running demo: `python docs/screenshots.py [ADDRESS]`.

Needs the packages of requirements-dev.txt and Debian's package `chromium`. Let the demo run for a
few minutes before, so that it has some changes to show.
"""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

FOLDER = Path(__file__).resolve().parent
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# By name of the picture: path, and a selector that is present once the page is drawn.
PICTURES = {
    "platform": ("platform?differs=true", ".rdg-row"),
    "details": ("platform?differs=true&service=card-vault&column=prod", "article"),
    "overview": ("", ".rd-chart"),
    "history": ("history", ".rd-changes"),
    "compare": ("compare", ".rd-table"),
}


def sign_in(browser: Browser, address: str, scheme: Literal["light", "dark"]) -> BrowserContext:
    """Create a browser context with a colour scheme, signed in to the demo."""
    context = browser.new_context(viewport={"width": 1360, "height": 760}, color_scheme=scheme)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Sign in to the demo").click()
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    page.close()
    return context


def take(context: BrowserContext, address: str, name: str, scheme: str) -> None:
    """Write NAME-SCHEME.png beside this file."""
    path, drawn = PICTURES[name]
    page = context.new_page()
    page.goto(f"{address}/{path}")
    page.locator(drawn).first.wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=30_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.mouse.move(0, 0)
    page.wait_for_timeout(2000)  # fonts and charts come last
    page.screenshot(path=FOLDER / f"{name}-{scheme}.png")
    page.close()


def main() -> None:
    """Take all pictures in both themes."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8501"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        for scheme in SCHEMES:
            context = sign_in(browser, address, scheme)
            for name in PICTURES:
                take(context, address, name, scheme)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
