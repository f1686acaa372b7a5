"""The current fleet: the fleet file plus the clusters that discovery found."""

import time

from reldash.config import Fleet
from reldash.domain.fleet.discovered import DiscoveryState
from reldash.errors import StoreError
from reldash.services.fleet.assignment import Assignment, assign
from reldash.store import Store

RETRY_SECONDS = 5.0  # pause before retrying an unreachable database


class LiveFleet:
    """Rebuilds the fleet when discovery's findings change. Thread-safe.

    Without discover rules the fleet is that of the file, and the database is never queried.
    """

    def __init__(self, written: Fleet, store: Store) -> None:
        self._written = written
        self._store = store
        self._current = (DiscoveryState(revision=-1), assign(written, ()))
        self._retry_at = 0.0  # time.monotonic()

    def get(self) -> tuple[DiscoveryState, Assignment]:
        """The findings and their assignment; the last known if the database is unreachable."""
        if self._written.discover and time.monotonic() >= self._retry_at:
            try:
                if self._store.discoveries.load_revision() != self._current[0].revision:
                    self.load()
            except StoreError:  # callers that need the database report it
                self._retry_at = time.monotonic() + RETRY_SECONDS
        return self._current

    def load(self) -> tuple[DiscoveryState, Assignment]:
        """The current findings, including search times, and their assignment.

        Raises:
            StoreError: the database cannot be reached.
        """
        findings = self._store.discoveries.load()
        before, made = self._current
        if findings.revision != before.revision:
            made = assign(self._written, findings.clusters)
        self._current = findings, made
        return findings, made
