"""A value that expires, such as credentials: fetched by one thread at a time for all threads."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from reldash.collectors.http.errors import OutOfTimeError, ReadError
from reldash.errors import CollectError

# Seconds for which a failed fetch is the result for all threads: fifty may wait for one role.
FAILURE_SHARED_FOR: Final = 5.0

T = TypeVar("T")


class ExpiringValue(Generic[T]):
    """Holds a value until it expires."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: tuple[T, datetime | None] | None = None
        self._failure: tuple[CollectError, float] | None = None

    def get(self, deadline: float, fetch: Callable[[], tuple[T, datetime | None]]) -> T:
        """The value, fetched if there is none or it has expired.

        Args:
            deadline: of `time.monotonic()`, for waiting on another thread's fetch.
            fetch: returns a value and when it expires (None: never by itself).

        Raises:
            ReadError: `fetch` raised it, here or in another thread moments ago; or another thread
                was still fetching at the deadline.
        """
        held = self._value
        if held is None or _is_expired(held[1]):
            if not self._lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
                message = "AWS did not answer another cluster's request for credentials in time"
                raise OutOfTimeError("No AWS credentials", message, "check the AWS health status")
            try:
                held = self._value
                if held is None or _is_expired(held[1]):
                    held = self._value = self._fetch(fetch)
            finally:
                self._lock.release()
        return held[0]

    def drop(self) -> None:
        """Discard the value: the next `get` fetches another."""
        self._value = None

    def _fetch(self, fetch: Callable[[], tuple[T, datetime | None]]) -> tuple[T, datetime | None]:
        if self._failure is not None and time.monotonic() - self._failure[1] < FAILURE_SHARED_FOR:
            recent = self._failure[0]
            raise ReadError(recent.title, recent.message, recent.remedy)
        try:
            value = fetch()
        except CollectError as error:
            self._failure = (error, time.monotonic())
            raise
        self._failure = None
        return value


def _is_expired(expires_at: datetime | None) -> bool:
    return expires_at is not None and datetime.now(UTC) >= expires_at
