"""The Chromium of the browser tests: the system's, else the one that Playwright downloads.

`python -m tests.browser.chromium` downloads it where there is none; `make test` runs that first.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    f"Chromium is missing: none of {', '.join(NAMES)} is on PATH, and"
    " `playwright install chromium` failed. Install Debian's package chromium."
)


def find_chromium(playwright: Playwright) -> str | None:
    """The path of Chromium, None if there is none."""
    own = playwright.chromium.executable_path
    system = next(filter(None, map(shutil.which, NAMES)), None)
    return system or (own if Path(own).exists() else None)


def download_if_missing() -> None:
    """Have Playwright download its Chromium if there is none; a failure costs only a message."""
    with sync_playwright() as playwright:
        if find_chromium(playwright) is not None:
            return
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(install, capture_output=True, check=False).returncode:  # noqa: S603 - ours
        sys.stderr.write(f"{MISSING}\n")


if __name__ == "__main__":
    download_if_missing()
