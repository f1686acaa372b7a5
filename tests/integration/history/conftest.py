"""The script, and stores that it was played to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from reldash.domain.naming import Named, name_records
from reldash.domain.records import Coverage
from reldash.store import Store
from tests.integration.history.oracle import Oracle
from tests.integration.history.playing import play
from tests.integration.history.script import Script
from tests.integration.history.staging import RULES, STALE_AFTER
from tests.integration.history.writing import CLUSTERS, written


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


@pytest.fixture(scope="session")
def played(script: Script, new_store: Callable[[], Store]) -> Store:
    """A store that all reads of the script were recorded in, one after the other."""
    store = new_store()
    play(script, store)
    return store


@dataclass(frozen=True)
class Told:
    """All history of a dashboard, as pages are made of it."""

    dashboard: str
    named: Sequence[Named]
    coverage: Mapping[str, Sequence[Coverage]]


@pytest.fixture(scope="session")
def told(played: Store) -> Sequence[Told]:
    """What the store tells of each dashboard in the end."""
    records, coverage = played.load_records(clusters=CLUSTERS), played.load_coverage(CLUSTERS)
    return [
        Told(dashboard, name_records(records, RULES, dashboard), coverage)
        for dashboard in RULES.dashboards
    ]
