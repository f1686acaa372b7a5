"""The script, and stores that it was played to."""

from collections.abc import Callable, Iterator

import pytest

from reldash.store import Store
from tests.integration.history.oracle import Oracle
from tests.integration.history.script import Script
from tests.integration.history.staging import STALE_AFTER
from tests.integration.history.writing import written


@pytest.fixture(scope="session")
def script() -> Script:
    """Forty services, five environments, ninety days."""
    return written()


@pytest.fixture(scope="session")
def oracle(script: Script) -> Oracle:
    """What history must tell of the script."""
    return Oracle(script, STALE_AFTER)


@pytest.fixture(scope="session")
def new_store(new_database: Callable[[], str]) -> Iterator[Callable[[], Store]]:
    """Call it for a store over one more empty database, open until the end of the run."""
    opened: list[Store] = []

    def open_() -> Store:
        opened.append(Store.open(new_database()))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()
