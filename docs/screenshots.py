# ruff: noqa: INP001 - a script
"""Take the README's pictures of a running demo: `python docs/screenshots.py [ADDRESS]`.

Needs the packages of requirements-dev.txt and Debian's package `chromium`.
"""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, expect, sync_playwright

FOLDER = Path(__file__).resolve().parent
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take(browser: Browser, address: str, scheme: Literal["light", "dark"]) -> None:
    """Write platform-SCHEME.png beside this file: what differs on the platform."""
    page = browser.new_page(viewport={"width": 1360, "height": 760}, color_scheme=scheme)
    page.goto(f"{address}/platform?differs=true")
    page.get_by_role("button", name="Sign in to the demo").click(timeout=30_000)
    rows = page.get_by_role("grid").get_by_role("rowheader")
    expect(rows.first).to_be_attached(timeout=30_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.mouse.move(0, 0)
    page.screenshot(path=FOLDER / f"platform-{scheme}.png")
    page.close()


def main() -> None:
    """Take both pictures."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8501"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        for scheme in SCHEMES:
            take(browser, address, scheme)
        browser.close()


if __name__ == "__main__":
    main()
