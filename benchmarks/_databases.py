"""A database of its own for a benchmark, and the word for what was found in it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reldash.store import Store
from reldash.store.embedded import embedded_postgres


@contextmanager
def opened() -> Iterator[tuple[Store, str]]:
    """A store over an empty database, and the database's address."""
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres(Path(folder) / "data", fsync=False) as server,
    ):
        store = Store.open(server.url)
        yield store, server.url
        store.close()


def said(good: object) -> str:
    """The word for it."""
    return "met" if good else "MISSED"
