"""What every use case needs: the settings, the fleet and the store, opened once a process."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reldash.config import Fleet, Settings, load_fleet, load_settings
from reldash.domain.fleet.rules import FleetRules
from reldash.services.fleet.live import LiveFleet
from reldash.services.view_cache import ViewCache
from reldash.store import Store
from reldash.store.embedded import EmbeddedPostgres, embedded_postgres

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Context:
    """An opened fleet: pass it to every use case.

    Attributes:
        written: what the fleet file says; `fleet` has what discovery found besides.
        embedded: the Postgres of this machine, held as long as the context is open; None where
            `DATABASE_URL` names another.
        live: makes `fleet`.
        views: what this process shows of it.
    """

    settings: Settings
    written: Fleet
    store: Store
    embedded: EmbeddedPostgres | None = field(default=None, repr=False)
    live: LiveFleet = field(init=False, repr=False)
    views: ViewCache = field(init=False, repr=False, default_factory=ViewCache)

    def __post_init__(self) -> None:
        self.live = LiveFleet(self.written, self.store)

    @property
    def fleet(self) -> Fleet:
        """The fleet as it is now: it changes when discovery finds or misses clusters.

        Whoever needs several parts of it that fit together takes it once.
        """
        return self.live.get()[1].fleet

    @property
    def rules(self) -> FleetRules:
        """The fleet as it is now, without the ways in."""
        return self.fleet.rules

    @property
    def cluster_names(self) -> list[str]:
        """The fleet's clusters: those of the file in its order, then those found."""
        return [entry.cluster.name for entry in self.fleet.entries]

    def now(self) -> datetime:
        """The present, aware UTC: the one clock of pages, routes and commands."""
        return datetime.now(UTC)

    def close(self) -> None:
        """Let go of the database; the embedded one stops if nobody else uses it."""
        self.store.close()
        if self.embedded is not None:
            self.embedded.release()


def open_store(settings: Settings) -> tuple[Store, EmbeddedPostgres | None]:
    """Open the database, creating and migrating it if need be.

    Returns the store, and the embedded Postgres it lies in (to be released after the store is
    closed) or None where `DATABASE_URL` names another.

    Raises:
        StoreError: the database cannot be reached, started or migrated.
    """
    if settings.database_url is not None:
        return Store.open(settings.database_url.get_secret_value()), None
    embedded = embedded_postgres(settings.data_folder)
    try:
        return Store.open(embedded.url), embedded
    except BaseException:
        embedded.release()
        raise


def load_context() -> Context:
    """Open what the environment and the fleet file name.

    Raises:
        ConfigurationError: the settings or the fleet file are wrong.
        StoreError: the database cannot be reached, started or migrated.
    """
    settings = load_settings()
    fleet = load_fleet(settings.fleet)
    store, embedded = open_store(settings)
    return Context(settings, fleet, store, embedded)


_lock = threading.Lock()
_context: Context | None = None


def get_context() -> Context:
    """The context of this process, opened by the first who asks (errors: `load_context`)."""
    global _context
    with _lock:
        if _context is None:
            _context = load_context()
        return _context


def close_context() -> None:
    """Close the process's context, if one is open; the next `get_context` opens a new one."""
    global _context
    with _lock:
        if _context is not None:
            _context.close()
            _context = None
