"""A cache of views shared by all users: current views are served while newer ones are computed.

A view is requested for a tick, which identifies the data. When the data or the minute changes, the
views requested lately are recomputed in the background; the tick moves once all of them are ready.
So only the first request for a view waits.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, TypeVar

from reldash.domain.fleet.choices import ChoiceError
from reldash.errors import ReldashError

log = logging.getLogger(__name__)

T = TypeVar("T")

# Views older than this are never served as current: the request waits for new ones.
MAX_MINUTES = 10
# How long, and how many, views are recomputed after the last request for them.
REQUESTED_MINUTES = 10
MAX_RECOMPUTED = 32


class Tick(NamedTuple):
    """The data that a view was computed from. Ages, staleness and dwell change with the minute.

    `renewal` counts how often this process was told to recompute its views.
    """

    revision: int
    epoch: int
    minute: int
    renewal: int = 0


Requests: TypeAlias = Sequence[tuple[Hashable, Callable[[Tick], Any]]]


@dataclass(slots=True, eq=False)
class _Generation:
    """The views of one tick."""

    tick: Tick
    values: dict[Hashable, Any] = field(default_factory=dict)
    locks: defaultdict[Hashable, threading.Lock] = field(
        default_factory=lambda: defaultdict(threading.Lock)
    )

    def get(self, key: Hashable, make: Callable[[Tick], Any]) -> Any:
        """One view, computed by the first request."""
        with self.locks[key]:
            if key not in self.values:
                self.values[key] = make(self.tick)
            return self.values[key]


class ViewCache:
    """The cached views of one fleet in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._before: _Generation | None = None  # for page runs that began before the tick moved
        self._held: _Generation | None = None
        self._next: _Generation | None = None
        self._requested: dict[
            Hashable, tuple[int, Callable[[Tick], Any]]
        ] = {}  # with the minute of the last request
        self._minute = 0
        self._renewals = 0

    def tick(self, key: tuple[int, int], now: datetime) -> Tick:
        """The tick of the cached views; if it is not the newest, newer views are started.

        Cached views are dropped when the cache was cleared, or when they are too old.
        `key` is the data revision and the cache epoch, as `snapshots.load_key` gives them.
        """
        newest = Tick(*key, int(now.timestamp()) // 60, self._renewals)
        with self._lock:
            self._minute = newest.minute
            held = self._held
            if held is None or not _is_servable(held.tick, newest):
                self._before, self._held, self._next = None, _Generation(newest), None
                return newest
            if held.tick != newest and self._next is None:
                self._next = _Generation(newest)
                wanted = self._list_requested()
                arguments = held, self._next, wanted
                threading.Thread(
                    target=self._make, args=arguments, name="next-views", daemon=True
                ).start()
            return held.tick

    def get(self, key: Hashable, make: Callable[[Tick], T], tick: Tick) -> T:
        """A view for a tick, computed by `make` (which may raise) and never changed afterwards."""
        with self._lock:
            self._requested.pop(key, None)  # so that the latest requests come last
            self._requested[key] = self._minute, make
            known = (self._held, self._next, self._before)
        for made in known:
            if made is not None and made.tick == tick:
                found: T = made.get(key, make)
                return found
        return make(tick)

    def renew(self) -> None:
        """Recompute the views although the data may be the same: its times may have changed."""
        self._renewals += 1

    def _list_requested(self) -> Requests:
        """The views requested lately, oldest request first; forgets the others."""
        latest = list(self._requested.items())[-MAX_RECOMPUTED:]
        self._requested = {
            key: request
            for key, request in latest
            if self._minute - request[0] <= REQUESTED_MINUTES
        }
        return [(key, make) for key, (_, make) in self._requested.items()]

    def _make(self, held: _Generation, coming: _Generation, wanted: Requests) -> None:
        """Compute the next generation of views and swap it in; on failure the current one stays."""
        is_complete = False
        try:
            for key, make in wanted:
                try:
                    coming.get(key, make)
                except ChoiceError as error:  # its subject no longer exists
                    log.info("view not recomputed: %s", error)
            is_complete = True
        except ReldashError as error:  # the next request starts again
            log.warning("views not recomputed: %s", error)
        finally:
            with self._lock:
                if self._next is coming:
                    self._next = None
                    if is_complete:
                        self._before, self._held = held, coming


def _is_servable(held: Tick, newest: Tick) -> bool:
    return held.epoch == newest.epoch and newest.minute - held.minute <= MAX_MINUTES
