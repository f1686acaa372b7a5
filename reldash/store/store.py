"""The store as the rest of the application sees it: one object, one database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from reldash.store.accounts import AccountsTransaction
from reldash.store.cache_key import CacheKey
from reldash.store.clusters import ClusterStore
from reldash.store.discoveries import Discoveries
from reldash.store.drift_counts import DriftCounts
from reldash.store.engine import create_database, faults_of, make_engine, parse_url, place_of
from reldash.store.heartbeats import Heartbeats
from reldash.store.history.history_store import HistoryStore
from reldash.store.last_visits import LastVisits
from reldash.store.leases import Leases
from reldash.store.migrations import migrate
from reldash.store.registries.registry_store import RegistryStore
from reldash.store.saved_views import SavedViews
from reldash.store.snapshots import SnapshotStore

_CLOCK = text("SELECT clock_timestamp()")


class Store:
    """One Postgres database, created and migrated when opened; safe to share between threads.

    Every method, also of the parts, raises StoreError when the database cannot be reached or
    answers too late, and is one transaction: all that it writes is committed when it returns.

    Attributes:
        place: "user@host:port/database": safe to show, never with the password.
        clusters: records reads, and knows how current each cluster's data is.
        leases: who may record which cluster.
        snapshots: what runs now, or ran at a past moment.
        history: rollouts, coverage, search over builds, retention.
        registries: data of image registries.
        discoveries: EKS clusters that discovery found.
        heartbeats: which collectors are alive.
        cache_key: the key of every cache of this store's data.
        saved_views: filters that users saved under a name.
        last_visits: when each user last visited the overview.
        drift_counts: hourly counts of drift.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self.place = place
        self.clusters = ClusterStore(self._transaction)
        self.leases = Leases(self._transaction)
        self.registries = RegistryStore(self._transaction)
        self.snapshots = SnapshotStore(self._instant, self.registries.load_facts)
        self.history = HistoryStore(self._transaction, self._instant)
        self.discoveries = Discoveries(self._transaction)
        self.heartbeats = Heartbeats(self._transaction)
        self.cache_key = CacheKey(self._transaction)
        self.saved_views = SavedViews(self._transaction)
        self.last_visits = LastVisits(self._transaction)
        self.drift_counts = DriftCounts(self._transaction)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database that `url` names, creating and migrating it as needed.

        Args:
            url: postgres://user:password@host:port/database, or postgresql:// likewise.

        Raises:
            StoreError: the address is malformed, the server cannot be reached, the database
                cannot be created, or a later version of the program has migrated it.
        """
        address = parse_url(url)
        engine, place = make_engine(address), place_of(address)
        try:
            with faults_of(place):
                try:
                    engine.connect().close()
                except OperationalError:
                    create_database(address)  # or explains why it cannot be reached
                migrate(engine, place)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, place)

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with faults_of(self.place), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _instant(self) -> Iterator[Connection]:
        """A read-only transaction that sees one instant."""
        with faults_of(self.place), self._engine.connect() as plain:
            connection = plain.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            # Sorting and joining a hundred thousand rows in memory; the default is 4 MB.
            connection.execute(text("SET LOCAL work_mem = '64MB'"))
            yield connection

    @contextmanager
    def accounts(self) -> Iterator[AccountsTransaction]:
        """One transaction over the accounts, committed when the block ends without an error."""
        with self._transaction() as connection:
            yield AccountsTransaction(connection)

    def read_clock(self) -> datetime:
        """The current time by the database's clock, aware."""
        with self._transaction() as connection:
            now: datetime = connection.execute(_CLOCK).scalar_one()
            return now
