"""Sparing Python's garbage collector what is made in one go and stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Make a million values without the collector looking through them again and again.

    That would take as long as making them. What other threads leave behind meanwhile is collected
    after the block.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
