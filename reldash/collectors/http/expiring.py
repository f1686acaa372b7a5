"""A value that ends: got anew by one thread at a time, for all who need it."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from reldash.collectors.http.errors import OutOfTimeError, ReadError
from reldash.errors import CollectError

SHARED: Final = 5.0  # seconds for which one's failure is everybody's: fifty may wait for one role

T = TypeVar("T")


class Renewed(Generic[T]):
    """Holds a value until it must be renewed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: tuple[T, datetime | None] | None = None
        self._failure: tuple[CollectError, float] | None = None

    def get(self, deadline: float, fetch: Callable[[], tuple[T, datetime | None]]) -> T:
        """The value; `fetch` gives a new one, and when to renew it (None: not by itself).

        Raises:
            ReadError: what `fetch` raised, or another thread's moments ago; or others were still
                at it at `deadline` (of `time.monotonic()`).
        """
        kept = self._value
        if kept is None or _is_over(kept[1]):
            if not self._lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
                message = "AWS had not answered another cluster's question for credentials in time"
                raise OutOfTimeError("No AWS credentials", message, "look at AWS's health")
            try:
                kept = self._value
                if kept is None or _is_over(kept[1]):
                    kept = self._value = self._fetch(fetch)
            finally:
                self._lock.release()
        return kept[0]

    def drop(self) -> None:
        """Get a new one next time."""
        self._value = None

    def _fetch(self, fetch: Callable[[], tuple[T, datetime | None]]) -> tuple[T, datetime | None]:
        if self._failure is not None and time.monotonic() - self._failure[1] < SHARED:
            met = self._failure[0]
            raise ReadError(met.title, met.message, met.mend)
        try:
            value = fetch()
        except CollectError as error:
            self._failure = (error, time.monotonic())
            raise
        self._failure = None
        return value


def _is_over(renew_at: datetime | None) -> bool:
    return renew_at is not None and datetime.now(UTC) >= renew_at
