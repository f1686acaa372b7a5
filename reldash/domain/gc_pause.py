"""A pause of Python's garbage collection while many lasting values are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Pause garbage collection in a block that makes about a million values.

    Scanning them again and again would take as long as making them. Garbage of other threads is
    collected after the block.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
