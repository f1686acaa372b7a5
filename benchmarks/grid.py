"""The matrix grid in a real Chromium: first load, filters, scrolling, bytes of an idle run.

Loads are timed in pairs with a page that shows only a title; scrolling is compared with an empty
element of the same size. Every load has its own browser session, so nothing is cached.
"""

import base64
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PROJECT = Path(__file__).resolve().parents[1]
SIZES = ((5_000, 8), (20_000, 8), (300, 1_500))
PAIRS = 7
GOAL_LOAD = 1.2  # times the load of a title, for the first size
GOAL_FILTER = 50  # milliseconds, likewise
GOAL_FRAMES = 0.9  # of the frames of an empty scroll, where these are fewer than 50
GOAL_BYTES = 20_000  # of a run that changes nothing

# Each returns milliseconds until the end of the layout that it causes.
_SEARCH = """(text) => {
    const search = document.querySelector(".rdg-bar input");
    const began = performance.now();
    search.value = text;
    search.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector(".rdg-scroll").getBoundingClientRect();
    return performance.now() - began;
}"""
_CHIP = """() => {
    const began = performance.now();
    document.querySelector(".rdg-chip.rdg-state-behind").click();
    document.querySelector(".rdg-scroll").getBoundingClientRect();
    return performance.now() - began;
}"""
# Frames per second during two seconds of scrolling by `down` and `sideways` pixels per frame.
_SCROLL = """([selector, down, sideways]) => new Promise((resolve) => {
    const scroller = document.querySelector(selector);
    const began = performance.now();
    let frames = 0;
    const step = () => {
        const spent = performance.now() - began;
        if (spent > 2000) return resolve((frames * 1000) / spent);
        frames++;
        scroller.scrollTop += down;
        scroller.scrollLeft += sideways;
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
})"""
_EMPTY = """() => {
    const like = document.querySelector(".rdg-scroll").getBoundingClientRect();
    const scroller = document.createElement("div");
    scroller.id = "empty";
    scroller.style = `position: fixed; inset: 0; overflow: auto; height: ${like.height}px`;
    scroller.append(document.createElement("div"));
    scroller.firstChild.style = "height: 600000px; width: 200000px";
    document.body.append(scroller);
}"""


def main() -> None:
    """Print the figures; exit with 1 if a goal is missed."""
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        good = [measure(browser, address, size) for size in SIZES]
        browser.close()
    if not good[0]:  # the others are figures only
        sys.exit(1)


def measure(browser: Browser, address: str, size: tuple[int, int]) -> bool:
    """Print the figures of one size; returns whether it meets the goals."""
    services, columns = size
    print(f"grid: {services:,} services x {columns:,} columns")
    url = f"{address}/?services={services}&columns={columns}"
    load(browser, url)  # builds and caches the matrix
    pairs = [(load(browser, address), load(browser, url)) for _ in range(PAIRS)]
    title, grid = (statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(whole / bare for bare, whole in pairs)
    print(f"  first load: {grid:.0f} ms, of a title only {title:.0f} ms: 1 to {ratio:.2f}")
    with opened(browser, url) as (page, received):
        first = sum(received)
        searches = [page.evaluate(_SEARCH, text) for text in ("ser", "service-0", "42", "")]
        chips = [page.evaluate(_CHIP) for _ in range(4)]
        slowest = max(*searches[1:], *chips)
        print(
            f"  search: {searches[0]:.0f} ms the first time,"
            f" {statistics.median(searches[1:]):.0f} ms after; by state:"
            f" {statistics.median(chips):.0f} ms; slowest of all after the first {slowest:.0f} ms"
        )
        page.wait_for_timeout(2000)  # for the run that these trigger
        page.evaluate(_EMPTY)
        sideways = 40 if columns > SIZES[0][1] else 0
        empty = page.evaluate(_SCROLL, ["#empty", 200, sideways])
        page.evaluate("document.getElementById('empty').remove()")
        frames = page.evaluate(_SCROLL, [".rdg-scroll", 200, sideways])
        print(f"  frames a second while scrolling: {frames:.0f}, of an empty scroll {empty:.0f}")
        before = len(received)
        page.get_by_role("button", name="Again").click()
        page.wait_for_timeout(3000)
        idle = sum(received[before:])
        print(f"  websocket: {first:,} bytes at first, {idle:,} of a run that changes nothing")
    good = (
        ratio <= GOAL_LOAD
        and max(searches[0], slowest) < GOAL_FILTER
        and frames >= min(50, GOAL_FRAMES * empty)
        and idle < GOAL_BYTES
    )
    print(
        f"  goal: load 1 to {GOAL_LOAD}, filters under {GOAL_FILTER} ms, 50 frames or those of an"
        f" empty scroll, less than {GOAL_BYTES:,} bytes: {'met' if good else 'MISSED'}"
    )
    return good


def load(browser: Browser, url: str) -> float:
    """Return the milliseconds until a page is complete, in a new session."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(url)
    ready = ".rdg-cell" if "services" in url else "h1"
    page.locator(ready).first.wait_for()
    spent = 1000 * (time.perf_counter() - began)
    context.close()
    return spent


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[tuple[Page, list[int]]]:
    """Open a complete page; yields it with the sizes of its websocket messages."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    received: list[int] = []
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")

    def count(event: dict[str, dict[str, str]]) -> None:
        received.append(len(base64.b64decode(event["response"]["payloadData"])))

    protocol.on("Network.webSocketFrameReceived", count)
    page.goto(url)
    page.locator(".rdg-cell").first.wait_for()
    page.wait_for_timeout(1500)
    yield page, received
    context.close()


@contextmanager
def served() -> Iterator[str]:
    """Run a server with `_grid_page.py`; yields its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = Path(__file__).with_name("_grid_home.py")
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-m", "streamlit", "run", home, f"--server.port={port}"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},  # noqa: TID251 - handed on as it is
        stdout=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        wait_for_server(f"{address}/_stcore/health")
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for_server(url: str) -> None:
    """Wait until the server responds."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url):  # noqa: S310 - our server
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(url)
