"""The demo's recorded history: its clusters on past days, as if they had been read then."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from reldash.commands.demo_history import has_history, record_history
from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.demo.history_replay import HISTORY_LENGTH
from reldash.demo.workload import Hold
from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.workloads.observations import Observation, RolloutSource
from reldash.services.collecting.collector import Collector
from reldash.services.context import Context
from reldash.services.reports.matrix import load_whole_matrix
from reldash.store import Store

DAY = timedelta(days=1)
REFUSED = "platform-shared-us"
AWAY = "solutions-prod-us"


@dataclass
class RecordedFleet:
    """A fleet with recorded history, before the first read of the live fleet."""

    fleet: DemoFleet
    context: Context
    url: str
    until: datetime

    def matrix(self, dashboard: str, ago: timedelta) -> Matrix:
        """The matrix as of `ago` before the end of the recording."""
        chosen = Filter(as_of=self.until - ago)
        return load_whole_matrix(self.context, dashboard, chosen, datetime.now(UTC))


@pytest.fixture(scope="module")
def recorded(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[RecordedFleet]:
    url = new_database()
    with DemoFleet.start(tmp_path_factory.mktemp("demo"), speed=0) as fleet:
        assert not has_history(url, fleet)
        until = datetime.now(UTC)
        record_history(url, fleet)
        rules = load_fleet(fleet.fleet_file)
        with closing(Context(Settings(fleet=fleet.fleet_file), rules, Store.open(url))) as context:
            yield RecordedFleet(fleet, context, url, until)


def test_a_recorded_fleet_has_history(recorded: RecordedFleet) -> None:
    assert has_history(recorded.url, recorded.fleet)


@pytest.mark.parametrize("days", [0.5, 2, 4.5, 7])
def test_a_past_moment_shows_the_newest_version_of_that_time(
    recorded: RecordedFleet, days: float
) -> None:
    at = recorded.until - days * DAY
    found = recorded.context.store.snapshots.load_at(["platform-stg", "platform-prod-eu"], at)
    primary = {(o.cluster, o.namespace, o.workload, o.container): o for o in found.observations}
    compared = 0
    for (cluster, namespace, name, container), seen in primary.items():
        workload = recorded.fleet.state.find(cluster, name, namespace)
        came = [t for t in workload.templates if t.created_at <= at - timedelta(hours=1.5)]
        soon = [t for t in workload.templates if at - timedelta(hours=1.5) < t.created_at <= at]
        if container == workload.container and workload.hold is Hold.NONE and came and not soon:
            assert seen.image == came[-1].image, (cluster, name)
            compared += 1
    assert compared > 80


@pytest.mark.parametrize("dashboard", ["platform", "customer-solutions"])
def test_a_week_ago_has_as_much_data_as_today(recorded: RecordedFleet, dashboard: str) -> None:
    cells = recorded.matrix(dashboard, 7 * DAY).cells.values()
    known = [cell for cell in cells if cell.state is not State.UNKNOWN]
    assert len(known) > 0.75 * len(cells)
    assert not any(Flag.STALE in cell.flags for cell in cells)


def test_everything_is_unknown_before_the_first_read(recorded: RecordedFleet) -> None:
    cells = recorded.matrix("platform", HISTORY_LENGTH + DAY).cells.values()
    assert {cell.state for cell in cells} == {State.UNKNOWN}


def test_during_an_outage_the_version_is_kept_and_only_drift_counts(
    recorded: RecordedFleet,
) -> None:
    matrix = recorded.matrix("customer-solutions", timedelta(days=3))
    cells = [cell for cell in matrix.cells.values() if any(p.cluster == AWAY for p in cell.places)]
    assert cells
    assert all(cell.version and cell.is_stale for cell in cells)
    assert all(cell.state is State.UNKNOWN or cell.drift for cell in cells)


def test_drift_counts_are_recorded_daily(recorded: RecordedFleet) -> None:
    counts = recorded.context.store.drift_counts
    found = {count.at for count in counts.load("platform", recorded.until - HISTORY_LENGTH)}
    assert len(found) == HISTORY_LENGTH.days - 1


def test_reading_the_live_fleet_afterwards_finds_no_changes(recorded: RecordedFleet) -> None:
    names = [name for name in recorded.fleet.urls if name != REFUSED]
    before = wanted(recorded.context.store.snapshots.load(names).observations)
    collector = Collector(recorded.context)
    collector.collect(names)
    collector.stop()
    store = recorded.context.store
    assert wanted(store.snapshots.load(names).observations) == before
    began = store.history.load_rollouts(clusters=names, since=recorded.until, limit=100)
    assert [r for r in began if r.source is RolloutSource.OBSERVED] == []


def wanted(observations: tuple[Observation, ...]) -> dict[object, str]:
    return {o.key: o.image for o in observations}


def test_recording_stops_at_once_on_request(
    recorded: RecordedFleet, new_database: Callable[[], str]
) -> None:
    url = new_database()
    record_history(url, recorded.fleet, lambda: True)
    assert not has_history(url, recorded.fleet)
