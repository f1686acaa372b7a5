"""Matrices of past moments show exactly the knowledge that the script implies."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import NamedTuple

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Axis, Cell, Matrix
from reldash.store import Store
from tests.integration.history.oracle import Knowledge, Oracle
from tests.integration.history.release_plan import CLUSTERS_OF, DAY, END, FIRST_READ, kind_of
from tests.integration.history.script_generator import CLUSTERS
from tests.integration.history.script_reads import PLATFORM, RULES, dashboard_of

_chance = Random(200)  # noqa: S311 - the same moments in every run
MOMENTS = sorted(FIRST_READ + _chance.uniform(-2, 91) * DAY for _ in range(200))
PARTS = [MOMENTS[start::5] for start in range(5)]


class Runs(NamedTuple):
    """The version in a place; `fresh` is False if it was read too long ago."""

    cluster: str
    namespace: str
    workload: str
    version: str
    fresh: bool


Cells = Mapping[tuple[str, str], list[Runs]]  # by service and environment


def matrix_at(store: Store, dashboard: str, at: datetime, axis: Axis = Axis.ENVIRONMENT) -> Matrix:
    snapshot = store.snapshots.load_at(CLUSTERS, at)
    return build_matrix(snapshot, RULES, dashboard, now=at, axis=axis)


def expected_cells(oracle: Oracle, dashboard: str, at: datetime) -> Cells:
    """The known state of a dashboard's places according to the script."""
    found: defaultdict[tuple[str, str], list[Runs]] = defaultdict(list)
    for place in oracle.spans:
        runs = oracle.running(place, at)
        if dashboard_of(place) == dashboard and runs is not None:
            name, build = runs
            fresh = oracle.as_of(place, at).known is Knowledge.RUNS
            found[name, place.environment].append(
                Runs(place.cluster, place.namespace, place.service, build.version, fresh)
            )
    return found


def shown(matrix: Matrix) -> Cells:
    """The state of each place according to the matrix."""
    return {
        key: [
            Runs(p.cluster, p.namespace, p.workload, p.version, Flag.STALE not in p.flags)
            for p in cell.places
        ]
        for key, cell in matrix.cells.items()
        if cell.places
    }


def in_order(cells: Cells) -> dict[tuple[str, str], list[Runs]]:
    return {key: sorted(found) for key, found in cells.items()}


@pytest.mark.parametrize("dashboard", RULES.dashboards)
@pytest.mark.parametrize("moments", PARTS, ids=lambda part: f"from {part[0]:%m-%d}")
def test_every_place_runs_the_version_of_the_script(
    recorded_store: Store, oracle: Oracle, dashboard: str, moments: Sequence[datetime]
) -> None:
    for at in moments:
        matrix = matrix_at(recorded_store, dashboard, at)
        assert in_order(shown(matrix)) == in_order(expected_cells(oracle, dashboard, at)), at
        for key, cell in matrix.cells.items():
            assert_state(oracle, matrix, key, cell, at)


def assert_state(
    oracle: Oracle, matrix: Matrix, key: tuple[str, str], cell: Cell, at: datetime
) -> None:
    """Assert the state that counts: of old data only drift, ABSENT only if all was read."""
    service, environment = key
    fresh = Counter(p.version for p in cell.places if Flag.STALE not in p.flags)
    if fresh:
        assert cell.state is not State.ABSENT, (key, at)
        if sum(fresh.values()) == len(cell.places):
            assert dict(cell.versions) == fresh, (key, at)
    elif cell.places:
        assert not cell.is_known, (key, at)
        assert cell.state is State.UNKNOWN or cell.drift, (key, at)
    else:
        kind = kind_of(service.removesuffix("-next"))
        where = CLUSTERS_OF[matrix.dashboard][environment]
        was_read = all(oracle.was_read(cluster, kind, at) for cluster in where)
        assert cell.state is (State.ABSENT if was_read else State.UNKNOWN), (key, at)


@pytest.mark.parametrize("at", MOMENTS[::10], ids=lambda at: f"{at:%m-%d %H:%M}")
def test_cluster_columns_match_the_script(
    recorded_store: Store, oracle: Oracle, at: datetime
) -> None:
    matrix = matrix_at(recorded_store, PLATFORM, at, Axis.CLUSTER)
    expected: defaultdict[tuple[str, str], list[Runs]] = defaultdict(list)
    for (service, environment), found in expected_cells(oracle, PLATFORM, at).items():
        for runs in found:
            column = f"mid/{environment}" if runs.cluster == "mid" else runs.cluster
            expected[service, column].append(runs)
    assert in_order(shown(matrix)) == in_order(expected)


def test_before_the_first_read_all_cells_are_unknown(recorded_store: Store) -> None:
    matrix = matrix_at(recorded_store, PLATFORM, FIRST_READ)
    assert {cell.state for cell in matrix.cells.values()} <= {State.UNKNOWN}


def test_long_after_the_last_read_only_what_drifted_counts(recorded_store: Store) -> None:
    matrix = matrix_at(recorded_store, PLATFORM, END + DAY)
    assert len(matrix.rows) > 35
    assert not any(cell.is_known for cell in matrix.cells.values())
    assert {cell.state for cell in matrix.cells.values() if not cell.drift} == {State.UNKNOWN}
    assert sum(bool(cell.version) for cell in matrix.cells.values()) > 100


def test_a_cluster_that_joins_later_is_unknown_before_not_absent(
    recorded_store: Store, oracle: Oracle
) -> None:
    first = oracle.script.reads["prod-us"][0].at
    before = matrix_at(recorded_store, PLATFORM, first - DAY / 24, Axis.CLUSTER)
    cells = [before.cell(row.service, "prod-us") for row in before.rows]
    assert {cell.state for cell in cells} == {State.UNKNOWN}
    after = matrix_at(recorded_store, PLATFORM, first, Axis.CLUSTER)
    versions = [after.cell(row.service, "prod-us").version for row in after.rows]
    assert sum(map(bool, versions)) > 30
