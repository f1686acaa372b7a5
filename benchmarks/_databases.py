"""An empty database for a benchmark, and the word for its verdict."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reldash.store import Store
from reldash.store.embedded import embedded_postgres


@contextmanager
def open_database() -> Iterator[tuple[Store, str]]:
    """Open a store over an empty database; yields it with the database's URL."""
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres(Path(folder) / "data", fsync=False) as server,
    ):
        store = Store.open(server.url)
        yield store, server.url
        store.close()


def verdict(good: object) -> str:
    """Return "met" or "MISSED" for a goal."""
    return "met" if good else "MISSED"
