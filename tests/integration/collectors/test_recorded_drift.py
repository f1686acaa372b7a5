"""The verdict on recorded clusters: all faults created there are found."""

from dataclasses import replace

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.workloads.observations import Observation
from reldash.domain.workloads.snapshot import Snapshot
from tests.integration.collectors.conftest import Read
from tests.integration.recorded_server import ApiServer
from tests.unit.builders import fleet_rules, status

CLUSTERS = {"dev-eu": "dev", "staging-eu": "stg", "prod-eu": "prod"}


@pytest.fixture
def matrix(server: ApiServer, read: Read) -> Matrix:
    """The three recorded clusters, prod in trouble, as they are at first sight."""
    found: list[Observation] = []
    for recorded, cluster in CLUSTERS.items():
        server.serve_recordings(recorded)
        if cluster == "prod":
            server.serve_recordings("trouble")
        found += [replace(o, cluster=cluster) for o in read().observations]
    now = max(o.observed_at for o in found)
    statuses = {cluster: status(cluster, now) for cluster in CLUSTERS.values()}
    return build_matrix(Snapshot(tuple(found), (), statuses), fleet_rules(), "platform", now=now)


def test_a_rollout_stuck_on_its_image_is_degraded_and_runs_what_it_ran(matrix: Matrix) -> None:
    cell = matrix.cell("asset-proxy", "prod")
    assert Flag.DEGRADED in cell.flags
    assert "ImagePullBackOff" in cell.flag_reasons[Flag.DEGRADED]
    assert cell.version != "4.0.0"


def test_the_tag_that_was_pushed_again_moved(matrix: Matrix) -> None:
    moved = {key for key, cell in matrix.cells.items() if Flag.TAG_MOVED in cell.flags}
    assert moved == {("asset-resolver", "prod")}


def test_nothing_is_unknown_where_all_was_read(matrix: Matrix) -> None:
    assert not [key for key, cell in matrix.cells.items() if cell.state is State.UNKNOWN]
