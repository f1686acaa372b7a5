"""The settings, the fleet and the store that every use case needs, opened once per process."""

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
    """An open fleet, passed to every use case.

    Attributes:
        written: the fleet file's content; `fleet` also has the discovered clusters.
        embedded: the embedded Postgres, held while the context is open; None if `DATABASE_URL`
            is set.
        live: provides `fleet`.
        views: the cache of computed views.
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
        """The current fleet, which changes as discovery finds or loses clusters.

        Read it once if several consistent parts of it are needed.
        """
        return self.live.get()[1].fleet

    @property
    def rules(self) -> FleetRules:
        """The current fleet without access details."""
        return self.fleet.rules

    @property
    def cluster_names(self) -> list[str]:
        """The fleet's clusters by name: those of the file in its order, then the discovered."""
        return [entry.cluster.name for entry in self.fleet.entries]

    def now(self) -> datetime:
        """The current time, aware UTC: the single clock of pages, routes and commands."""
        return datetime.now(UTC)

    def close(self) -> None:
        """Close the database; the embedded one stops unless another process uses it."""
        self.store.close()
        if self.embedded is not None:
            self.embedded.release()


def open_store(settings: Settings) -> tuple[Store, EmbeddedPostgres | None]:
    """Open the database, creating and migrating it if necessary.

    Returns the store and its embedded Postgres (release it after closing the store), or None if
    `DATABASE_URL` is set.

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
    """Open the context from the environment and the fleet file.

    Raises:
        ConfigurationError: the settings or the fleet file are invalid.
        StoreError: the database cannot be reached, started or migrated.
    """
    settings = load_settings()
    fleet = load_fleet(settings.fleet)
    store, embedded = open_store(settings)
    return Context(settings, fleet, store, embedded)


_lock = threading.Lock()
_context: Context | None = None


def get_context() -> Context:
    """The context of this process, opened on first use (errors: `load_context`)."""
    global _context
    with _lock:
        if _context is None:
            _context = load_context()
        return _context


def close_context() -> None:
    """Close the process's context if it is open; the next `get_context` opens a new one."""
    global _context
    with _lock:
        if _context is not None:
            _context.close()
            _context = None
