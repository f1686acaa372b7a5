"""The fleet's current snapshot, loaded once per process and shared."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from reldash.domain.registries.facts import NO_FACTS
from reldash.domain.workloads.snapshot import Snapshot
from reldash.services.context import Context
from reldash.store import Store

# Read times change with every read although the data may not. They are reloaded when older than
# this, so that several views of one page share one query.
REFRESH_SECONDS = 1.0

# Loading a large fleet and computing its views takes seconds. However fast it changes, at most one
# part in this many of a processor is spent on it: until then the current snapshot is served as if
# nothing had changed.
COST_SHARE = 5
MOST_LATE_SECONDS = 15.0  # but never longer than this


@dataclass(slots=True)
class _CachedSnapshot:
    key: tuple[int, int]
    names: tuple[str, ...]  # of the fleet's clusters
    snapshot: Snapshot
    loaded: float  # time.monotonic()
    refreshed: float  # likewise
    cost: float  # seconds that loading and the views made since took


_lock = threading.Lock()
_held: WeakKeyDictionary[Store, _CachedSnapshot] = WeakKeyDictionary()


def load_key(context: Context) -> tuple[int, int]:
    """(data revision, cache epoch) of `load_snapshot`: the store's, or a slightly older one.

    Raises:
        StoreError: the database cannot be reached.
    """
    key = context.store.cache_key.load()
    held = _held.get(context.store)
    if held is None or held.key[1] != key[1]:  # the epoch changes when the cache is cleared
        return key
    if held.names != tuple(context.cluster_names):  # a changed fleet needs a new snapshot
        return key
    is_early = time.monotonic() - held.loaded < min(COST_SHARE * held.cost, MOST_LATE_SECONDS)
    return held.key if is_early else key


@contextmanager
def charge_to_snapshot(context: Context) -> Iterator[None]:
    """Count the time spent in the block as a cost of the current snapshot."""
    began = time.monotonic()
    yield
    held = _held.get(context.store)
    if held is not None:
        held.cost += time.monotonic() - began


def load_snapshot(context: Context) -> Snapshot:
    """The fleet's snapshot: observations, statuses and registry data.

    Observations are loaded only when `load_key` has changed. Statuses and read times are at most
    `REFRESH_SECONDS` old, except while changed data is not loaded yet: then they are those of the
    current snapshot.

    Raises:
        StoreError: the database cannot be reached.
    """
    with _lock:  # a second caller finds what the first one loaded
        key = load_key(context)
        held = _held.get(context.store)
        began = time.monotonic()
        if held is None or held.key != key:
            names = tuple(context.cluster_names)
            snapshot = context.store.snapshots.load(names)
            if (
                not context.written.registry.enabled
            ):  # stored facts may be left from an earlier setting
                snapshot = replace(snapshot, facts=NO_FACTS)
            ended = time.monotonic()
            _held[context.store] = _CachedSnapshot(
                key, names, snapshot, ended, ended, ended - began
            )
        elif began - held.refreshed > REFRESH_SECONDS:
            held.snapshot = context.store.snapshots.refresh(held.snapshot)
            held.refreshed = time.monotonic()
        return _held[context.store].snapshot
