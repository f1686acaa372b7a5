"""Fixtures: the script, and stores with all its reads recorded."""

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
from tests.integration.history.script import Script
from tests.integration.history.script_generator import CLUSTERS, generate_script
from tests.integration.history.script_reads import RULES, STALE_AFTER
from tests.integration.history.script_recording import record_script

ONE_READ_IN = 1 / 70  # share of the reads after which the dashboards are rendered


@pytest.fixture(scope="session")
def script() -> Script:
    """Forty services, five environments, ninety days."""
    return generate_script()


@pytest.fixture(scope="session")
def oracle(script: Script) -> Oracle:
    """The expected history of the script."""
    return Oracle(script, STALE_AFTER)


@pytest.fixture(scope="session")
def new_store(new_database: Callable[[], str]) -> Iterator[Callable[[], Store]]:
    """Call it to open a store on a new empty database, until the end of the run."""
    opened: list[Store] = []

    def open_() -> Store:
        opened.append(Store.open(new_database()))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@dataclass(frozen=True)
class RecordedScript:
    """A store with all reads of the script; `shown`: matrices at some moments between reads."""

    store: Store
    shown: Sequence[Matrix]


@pytest.fixture(scope="session")
def recorded_script(script: Script, new_store: Callable[[], Store]) -> RecordedScript:
    """All reads of the script, recorded in order."""
    store, shown = new_store(), list[Matrix]()
    chance = Random(1)  # noqa: S311 - the same moments in every run

    def show(at: datetime, next_at: datetime) -> None:
        if chance.random() < ONE_READ_IN:
            now = at + chance.uniform(0, 1) * (next_at - at)
            snapshot = store.snapshots.load(CLUSTERS)
            shown.extend(build_matrix(snapshot, RULES, name, now=now) for name in RULES.dashboards)

    record_script(script, store, show)
    return RecordedScript(store, shown)


@pytest.fixture(scope="session")
def recorded_store(recorded_script: RecordedScript) -> Store:
    """A store with all reads of the script recorded."""
    return recorded_script.store


@dataclass(frozen=True)
class DashboardHistory:
    """The whole history of a dashboard, as its pages use it."""

    dashboard: str
    named: Sequence[ServiceRecord]
    coverage: Mapping[str, Sequence[CoveredSpan]]


@pytest.fixture(scope="session")
def histories(recorded_store: Store) -> Sequence[DashboardHistory]:
    """The stored history of each dashboard after the last read."""
    records, coverage = (
        recorded_store.history.load_records(clusters=CLUSTERS),
        recorded_store.history.load_coverage(CLUSTERS),
    )
    return [
        DashboardHistory(dashboard, service_records(records, RULES, dashboard), coverage)
        for dashboard in RULES.dashboards
    ]
