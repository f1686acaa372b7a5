"""The fleet's snapshot, loaded once a process for everybody who asks."""

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

# Times of reading move with every read although the data does not. They are asked for again
# when what is held is older than this, so that one page's several views share one answer.
REFRESH_SECONDS = 1.0

# Loading a large fleet and making its views takes seconds. However fast it changes, about one
# part in this many of a processor goes into it: what is held is served until then as if nothing
# had moved.
COST_SHARE = 5
MOST_LATE_SECONDS = 15.0  # but never longer than this


@dataclass(slots=True)
class _Held:
    key: tuple[int, int]
    names: tuple[str, ...]  # of the fleet's clusters
    snapshot: Snapshot
    loaded: float  # time.monotonic()
    refreshed: float  # likewise
    cost: float  # seconds that loading and the views made since took


_lock = threading.Lock()
_held: WeakKeyDictionary[Store, _Held] = WeakKeyDictionary()


def load_key(context: Context) -> tuple[int, int]:
    """(data revision, cache epoch) of what `load_snapshot` gives: the store's, or a little older.

    Raises:
        StoreError: the database cannot be reached.
    """
    key = context.store.cache_key.load()
    held = _held.get(context.store)
    if held is None or held.key[1] != key[1]:  # the epoch moves when somebody wants it all anew
        return key
    if held.names != tuple(context.cluster_names):  # a fleet and its snapshot belong together
        return key
    is_early = time.monotonic() - held.loaded < min(COST_SHARE * held.cost, MOST_LATE_SECONDS)
    return held.key if is_early else key


@contextmanager
def charge_to_snapshot(context: Context) -> Iterator[None]:
    """Count what is done inside as a cost of the snapshot that is held."""
    began = time.monotonic()
    yield
    held = _held.get(context.store)
    if held is not None:
        held.cost += time.monotonic() - began


def load_snapshot(context: Context) -> Snapshot:
    """All that is known of the fleet's clusters.

    Observations are read from the store only when `load_key` has moved. Statuses and times of
    reading are never older than `REFRESH_SECONDS`, but while data that moved are not loaded yet:
    then they are those of what is held.

    Raises:
        StoreError: the database cannot be reached.
    """
    with _lock:  # whoever comes second finds what the first one loaded
        key = load_key(context)
        held = _held.get(context.store)
        began = time.monotonic()
        if held is None or held.key != key:
            names = tuple(context.cluster_names)
            snapshot = context.store.snapshots.load(names)
            if not context.written.registry.enabled:  # no more, if they once were
                snapshot = replace(snapshot, facts=NO_FACTS)
            ended = time.monotonic()
            _held[context.store] = _Held(key, names, snapshot, ended, ended, ended - began)
        elif began - held.refreshed > REFRESH_SECONDS:
            held.snapshot = context.store.snapshots.refresh(held.snapshot)
            held.refreshed = time.monotonic()
        return _held[context.store].snapshot
