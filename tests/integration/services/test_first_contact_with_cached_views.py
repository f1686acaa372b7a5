"""A cluster's first read while an earlier snapshot is still served."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reldash.config import Settings, load_fleet
from reldash.domain.drift.states import State
from reldash.domain.matrix.filters import Filter
from reldash.domain.workloads.reads import ClusterRead
from reldash.services.context import Context
from reldash.services.past import snapshots
from reldash.services.past.snapshots import charge_to_snapshot, load_snapshot
from reldash.services.reports.matrix import load_whole_matrix
from reldash.store import Store
from tests.integration.clocks import Clock
from tests.unit.builders import observation

FLEET = """
environments: [dev, prod]
dashboards: {platform: {title: Platform, environments: [dev, prod]}}
clusters:
  - {name: dev, dashboard: platform, environment: dev, server: {url: "https://a", token_env: T}}
  - {name: prod, dashboard: platform, environment: prod, server: {url: "https://b", token_env: T}}
"""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(snapshots, "time", found)
    return found


@pytest.fixture
def context(tmp_path: Path, store: Store) -> Context:
    file = tmp_path / "fleet.yaml"
    file.write_text(FLEET)
    return Context(Settings(fleet=file), load_fleet(file), store)


def read(store: Store, cluster: str) -> None:
    """Record the first read of a cluster that runs one service."""
    lease = store.leases.acquire(cluster, "tests", timedelta(hours=1))
    assert lease is not None
    at = datetime.now(UTC)
    store.clusters.record(ClusterRead(cluster, at, at, (observation(cluster, "1.4.0"),)), lease)


def state_in_prod(context: Context) -> State:
    matrix = load_whole_matrix(context, "platform", Filter(), datetime.now(UTC))
    return matrix.cells["api", "prod"].state


def test_a_first_read_that_is_not_loaded_yet_is_unknown_not_absent(
    context: Context, clock: Clock
) -> None:
    read(context.store, "dev")
    load_snapshot(context)
    with charge_to_snapshot(context):
        clock.seconds += 2  # a slow snapshot is not loaded again at once
    read(context.store, "prod")
    clock.seconds += 2  # read times are loaded every second
    assert state_in_prod(context) is State.UNKNOWN
    clock.seconds += 10
    assert state_in_prod(context) is State.IN_STEP
