"""The fleet as it is now: what the file says, and the clusters that discovery found."""

import time

from reldash.config import Fleet
from reldash.domain.fleet.discovered import DiscoveryState
from reldash.errors import StoreError
from reldash.services.fleet.assignment import Assignment, assign
from reldash.store import Store

RETRY_SECONDS = 5.0  # how soon a database that is away is asked again


class LiveFleet:
    """Makes the fleet anew when discovery's findings have moved. Safe to share between threads.

    Where nothing is discovered the fleet is the file's, and the database is never asked.
    """

    def __init__(self, written: Fleet, store: Store) -> None:
        self._written = written
        self._store = store
        self._made = (DiscoveryState(revision=-1), assign(written, ()))
        self._asked_again_at = 0.0  # time.monotonic()

    def get(self) -> tuple[DiscoveryState, Assignment]:
        """What was found and what comes of it; while the database is away, the last known."""
        if self._written.discover and time.monotonic() >= self._asked_again_at:
            try:
                if self._store.discoveries.load_revision() != self._made[0].revision:
                    self.load()
            except StoreError:  # whoever needs more of it will say so
                self._asked_again_at = time.monotonic() + RETRY_SECONDS
        return self._made

    def load(self) -> tuple[DiscoveryState, Assignment]:
        """The same as of now, times of looking too.

        Raises:
            StoreError: the database cannot be reached.
        """
        findings = self._store.discoveries.load()
        before, made = self._made
        if findings.revision != before.revision:
            made = assign(self._written, findings.clusters)
        self._made = findings, made
        return findings, made
