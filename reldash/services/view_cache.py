"""What pages show, made once for everybody: the views held are served while the next are made.

A view is asked for under a tick, which says of which data it is. When the data or the minute has
moved, the views that were asked for lately are made anew in the background; only when all of them
are there does the tick move. So nobody waits for them but whoever asks for a view first.
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

# ViewCache older than this are not shown for what is: whoever comes then waits for new ones.
MOST_MINUTES = 10
# A view is made again for so long after somebody last asked for it, but only so many of them.
WANTED_MINUTES = 10
MOST_WANTED = 32


class Tick(NamedTuple):
    """Which data a view was made of. Ages, staleness and dwell move with the minute.

    `renewal` counts how often this process was asked to make its views anew.
    """

    revision: int
    epoch: int
    minute: int
    renewal: int = 0


Wanted: TypeAlias = Sequence[tuple[Hashable, Callable[[Tick], Any]]]


@dataclass(slots=True, eq=False)
class _Made:
    """The views of one tick."""

    tick: Tick
    values: dict[Hashable, Any] = field(default_factory=dict)
    locks: defaultdict[Hashable, threading.Lock] = field(
        default_factory=lambda: defaultdict(threading.Lock)
    )

    def get(self, key: Hashable, make: Callable[[Tick], Any]) -> Any:
        """One view, made by the first who asks."""
        with self.locks[key]:
            if key not in self.values:
                self.values[key] = make(self.tick)
            return self.values[key]


class ViewCache:
    """The views of one fleet that this process holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._before: _Made | None = None  # for runs of pages that began before the tick moved
        self._held: _Made | None = None
        self._next: _Made | None = None
        self._wanted: dict[Hashable, tuple[int, Callable[[Tick], Any]]] = {}  # with the minute
        self._minute = 0
        self._renewals = 0

    def tick(self, key: tuple[int, int], now: datetime) -> Tick:
        """The tick of the views that are held; where it is not the newest, these are begun.

        ViewCache are not held on to when somebody cleared the cache, or when they are too old.
        `key` is the data revision and the cache epoch, as `snapshots.load_key` gives them.
        """
        newest = Tick(*key, int(now.timestamp()) // 60, self._renewals)
        with self._lock:
            self._minute = newest.minute
            held = self._held
            if held is None or not _may_wait(held.tick, newest):
                self._before, self._held, self._next = None, _Made(newest), None
                return newest
            if held.tick != newest and self._next is None:
                self._next = _Made(newest)
                wanted = self._list_wanted()
                arguments = held, self._next, wanted
                threading.Thread(
                    target=self._make, args=arguments, name="next-views", daemon=True
                ).start()
            return held.tick

    def get(self, key: Hashable, make: Callable[[Tick], T], tick: Tick) -> T:
        """A view under a tick, never changed once it is made; `make` makes it (and may raise)."""
        with self._lock:
            self._wanted.pop(key, None)  # so that those asked for last stand last
            self._wanted[key] = self._minute, make
            known = (self._held, self._next, self._before)
        for made in known:
            if made is not None and made.tick == tick:
                found: T = made.get(key, make)
                return found
        return make(tick)

    def renew(self) -> None:
        """Make the views anew though the data may not have moved: its times may have."""
        self._renewals += 1

    def _list_wanted(self) -> Wanted:
        """What somebody asked for lately, the first asked for first; the rest is forgotten."""
        latest = list(self._wanted.items())[-MOST_WANTED:]
        self._wanted = {
            key: asked for key, asked in latest if self._minute - asked[0] <= WANTED_MINUTES
        }
        return [(key, make) for key, (_, make) in self._wanted.items()]

    def _make(self, held: _Made, coming: _Made, wanted: Wanted) -> None:
        """Make views, and hold them in the place of others; where that fails, those stay."""
        made = False
        try:
            for key, make in wanted:
                try:
                    coming.get(key, make)
                except ChoiceError as error:  # what it is of is no longer there
                    log.info("view not made again: %s", error)
            made = True
        except ReldashError as error:  # the next who asks begins again
            log.warning("views not made: %s", error)
        finally:
            with self._lock:
                if self._next is coming:
                    self._next = None
                    if made:
                        self._before, self._held = held, coming


def _may_wait(held: Tick, newest: Tick) -> bool:
    return held.epoch == newest.epoch and newest.minute - held.minute <= MOST_MINUTES
