"""Leases renewed while a read runs, which expire soon after their holder dies."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from reldash.errors import StoreError
from reldash.store import Lease, Store

log = logging.getLogger(__name__)

# A lease outlives a dead holder by at most this. Reading a large cluster may take longer, so a live
# holder renews, three times as often as necessary: one late database answer loses no lease.
LEASE_TIME = timedelta(seconds=9)
RENEW_SECONDS = LEASE_TIME.total_seconds() / 3


class LeaseKeeper:
    """Acquires and renews the leases of one holder. Thread-safe."""

    def __init__(self, store: Store, holder: str) -> None:
        self._store = store
        self._holder = holder
        self._lock = threading.Lock()
        self._held: set[Lease] = set()
        self._renewing = False

    @contextmanager
    def held(self, cluster: str) -> Iterator[Lease | None]:
        """Hold a cluster's lease for the block; None if another holder has it.

        Raises:
            StoreError: the database cannot be reached.
        """
        lease = self._store.leases.acquire(cluster, self._holder, LEASE_TIME)
        if lease is None:
            yield None
            return
        self._keep(lease)
        try:
            yield lease
        finally:
            with self._lock:
                self._held.discard(lease)
            self._release(lease)

    def _release(self, lease: Lease) -> None:
        """Release a lease; if that fails it expires by itself."""
        try:
            self._store.leases.release(lease)
        except StoreError as error:
            log.debug("%s: lease not released: %s", lease.cluster, error)

    def _keep(self, lease: Lease) -> None:
        with self._lock:
            self._held.add(lease)
            if not self._renewing:
                self._renewing = True
                threading.Thread(target=self._renew, name="leases", daemon=True).start()

    def _renew(self) -> None:
        """Renew all held leases until none is left."""
        while True:
            time.sleep(RENEW_SECONDS)
            with self._lock:
                held = list(self._held)
                if not held:
                    self._renewing = False
                    return
            for lease in held:
                try:
                    self._store.leases.renew(lease, LEASE_TIME)  # a lost lease shows when recording
                except StoreError as error:
                    log.warning("%s: lease not renewed: %s", lease.cluster, error)
