"""The script, and stores that it was played to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

import pytest

from reldash.domain.history.service_records import ServiceRecord, service_records
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.rollouts.records import CoveredSpan
from reldash.store import Store
from tests.integration.history.oracle import Oracle
from tests.integration.history.playing import play
from tests.integration.history.script import Script
from tests.integration.history.staging import RULES, STALE_AFTER
from tests.integration.history.writing import CLUSTERS, written

ONE_READ_IN = 1 / 70  # after so many of the reads somebody looks at the dashboards


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


@dataclass(frozen=True)
class Performance:
    """The script, played to a store.

    `shown` is what the dashboards showed meanwhile, at some moments between reads.
    """

    store: Store
    shown: Sequence[Matrix]


@pytest.fixture(scope="session")
def performance(script: Script, new_store: Callable[[], Store]) -> Performance:
    """All reads of the script, recorded one after the other."""
    store, shown = new_store(), list[Matrix]()
    chance = Random(1)  # noqa: S311 - the same moments in every run

    def look(at: datetime, next_at: datetime) -> None:
        if chance.random() < ONE_READ_IN:
            now = at + chance.uniform(0, 1) * (next_at - at)
            snapshot = store.snapshots.load(CLUSTERS)
            shown.extend(build_matrix(snapshot, RULES, name, now=now) for name in RULES.dashboards)

    play(script, store, look)
    return Performance(store, shown)


@pytest.fixture(scope="session")
def played(performance: Performance) -> Store:
    """A store that all reads of the script were recorded in."""
    return performance.store


@dataclass(frozen=True)
class Told:
    """All history of a dashboard, as pages are made of it."""

    dashboard: str
    named: Sequence[ServiceRecord]
    coverage: Mapping[str, Sequence[CoveredSpan]]


@pytest.fixture(scope="session")
def told(played: Store) -> Sequence[Told]:
    """What the store tells of each dashboard in the end."""
    records, coverage = (
        played.history.load_records(clusters=CLUSTERS),
        played.history.load_coverage(CLUSTERS),
    )
    return [
        Told(dashboard, service_records(records, RULES, dashboard), coverage)
        for dashboard in RULES.dashboards
    ]
