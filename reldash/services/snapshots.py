"""The fleet's snapshot, loaded once a process for everybody who asks."""

import threading
import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from reldash.domain.snapshot import Snapshot
from reldash.services.context import Context
from reldash.store import Store

# Times of reading move with every read although the data does not. They are asked for again
# when what is held is older than this, so that one page's several views share one answer.
REFRESH_SECONDS = 1.0


@dataclass(slots=True)
class _Held:
    key: tuple[int, int]
    snapshot: Snapshot
    refreshed: float  # time.monotonic()


_lock = threading.Lock()
_held: WeakKeyDictionary[Store, _Held] = WeakKeyDictionary()


def load_snapshot(context: Context) -> Snapshot:
    """All that is known of the fleet's clusters.

    Observations are read from the store only when its revision or the cache epoch has moved;
    statuses and times of reading are never older than `REFRESH_SECONDS`.

    Raises:
        StoreError: the database cannot be reached.
    """
    key = context.store.load_revision()
    with _lock:  # whoever comes second finds what the first one loaded
        held = _held.get(context.store)
        if held is None or held.key != key:
            snapshot = context.store.load_snapshot(context.cluster_names)
        elif time.monotonic() - held.refreshed > REFRESH_SECONDS:
            snapshot = context.store.refresh_snapshot(held.snapshot)
        else:
            return held.snapshot
        _held[context.store] = _Held(key, snapshot, time.monotonic())
        return snapshot
