"""File locks, held by an open file and released by the kernel when the process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reldash.errors import StoreError

SHARED = fcntl.LOCK_SH
ALONE = fcntl.LOCK_EX
_PAUSE = 0.01  # seconds between two tries


def try_lock(path: Path, kind: int) -> int | None:
    """Lock `path`, created if missing; returns the descriptor holding the lock, None if taken."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def wait_lock(path: Path, kind: int, seconds: float) -> int:
    """Like `try_lock`, waiting for it; StoreError if it is still taken after `seconds`."""
    deadline = time.monotonic() + seconds
    while (descriptor := try_lock(path, kind)) is None:
        if time.monotonic() > deadline:
            raise StoreError(
                "Embedded Postgres is busy",
                f"{path} was held by another process for {seconds:.0f} s; "
                "expected it to start or stop within that time",
            )
        time.sleep(_PAUSE)
    return descriptor


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold an exclusive lock on `path` within the block; StoreError as `wait_lock`."""
    descriptor = wait_lock(path, ALONE, seconds)
    try:
        yield
    finally:
        os.close(descriptor)


def is_locked(path: Path, kind: int = ALONE) -> bool:
    """Whether a lock of this kind is unavailable now."""
    descriptor = try_lock(path, kind)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False
