"""The timed garbage collection that replaces Streamlit's own."""

import gc
import threading
import tomllib
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from reldash.server.garbage import GarbageCollector
from tests.integration.waiting import wait_for

CONFIG = Path(__file__).resolve().parents[3] / ".streamlit" / "config.toml"


class Node:
    """An object that refers to itself, so that only a garbage collection frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def no_automatic_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def is_running() -> bool:
    return any(thread.name == "garbage" for thread in threading.enumerate())


@pytest.mark.usefixtures("no_automatic_collection")
def test_cycles_are_freed_while_it_runs() -> None:
    collector = GarbageCollector(interval=0.01)
    collector.start()
    try:
        for _ in range(2):
            freed = weakref.ref(Node())
            wait_for(lambda freed=freed: freed() is None)  # type: ignore[misc]
    finally:
        collector.stop()


@pytest.mark.usefixtures("no_automatic_collection")
def test_it_ends_when_it_is_stopped_and_frees_nothing_more() -> None:
    collector = GarbageCollector(interval=0.01)
    collector.start()
    assert is_running()
    collector.stop()
    assert not is_running()
    left = weakref.ref(Node())
    assert left() is not None


def test_streamlit_does_not_collect_after_every_run() -> None:
    assert tomllib.loads(CONFIG.read_text())["runner"]["postScriptGC"] is False
