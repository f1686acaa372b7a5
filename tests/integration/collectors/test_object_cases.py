"""Each case from a public bug report, read from an API server, recorded and judged."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
import trustme

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import ClusterEntry, ServerAccess
from reldash.domain.drift.states import State
from reldash.domain.fleet.rules import CollectRules, Environment
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Cell
from reldash.domain.workloads.reads import ClusterRead
from reldash.domain.workloads.snapshot import Snapshot
from reldash.store import Store
from tests.integration.collectors.kubernetes_objects import Json
from tests.integration.collectors.object_cases import ObjectCase, neighbours, object_cases
from tests.integration.recorded_server import LISTS, ApiServer, running
from tests.unit.builders import cluster, fleet_rules

ENVIRONMENTS: Final = ("dev", "stg", "prod")
COLLECT: Final = CollectRules(stale_after=timedelta(hours=1))
RULES: Final = fleet_rules(("dev", "stg", Environment("prod", pinned=True)), collect=COLLECT)
STANDINGS: Final = {
    State.BEHIND: "older",
    State.WAITING: "older",
    State.IN_STEP: "same",
    State.AHEAD: "newer",
    State.DIVERGED: "incomparable",
    State.UNKNOWN: "unknown",
}
UNSOLVED: Final = {
    "o08b": "Without a registry nothing says whether it is rebuilt; it stays drift, never calm.",
}
CASES: Final = tuple(object_cases())
NEAR: Final = tuple(near for case in CASES for near in neighbours(case))


def marked(case: ObjectCase) -> object:
    """A case as a parameter, with the reason if it is known to be wrong."""
    reason = UNSOLVED.get(case.key.rpartition("-")[2])
    marks = pytest.mark.xfail(strict=True, reason=reason) if reason else ()
    return pytest.param(case, id=case.what, marks=marks)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> Snapshot:
    """All cases in three clusters, each read and recorded twice."""
    folder = tmp_path_factory.mktemp("cases")
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    with closing(Store.open(new_database())) as store:
        for name in ENVIRONMENTS:
            with running(ApiServer(), authority, folder) as server:
                serve(server, [each for case in (*CASES, *NEAR) for each in in_(case, name)])
                record_twice(store, name, server)
        return store.snapshots.load(ENVIRONMENTS)


def in_(case: ObjectCase, environment: str) -> Iterator[Json]:
    yield from case.objects.get(environment, ())


def serve(server: ApiServer, objects: list[Json]) -> None:
    """Serve objects of any kinds."""
    server.install_argo([each for each in objects if each["kind"] == "Rollout"])
    for plural, path in LISTS.items():
        server.lists[path] = [each for each in objects if f"{each['kind'].lower()}s" == plural]


def record_twice(store: Store, name: str, server: ApiServer) -> None:
    """Read a cluster two times, as a collector does."""
    token_file = server.ca_file.with_name("token")
    token_file.write_text("a-token")
    access = ServerAccess(server.url, ca_file=server.ca_file, token_file=token_file)
    lease = store.leases.acquire(name, "tests", timedelta(hours=1))
    assert lease is not None
    for _ in range(2):
        entry = ClusterEntry(cluster(name), access)
        found = get_cluster(entry, COLLECT, revisions=store.clusters.needs_revisions(name))
        assert isinstance(found, ClusterRead), found
        store.clusters.record(found, lease)


def cell_of_prod(snapshot: Snapshot, case: ObjectCase) -> Cell:
    """The cell of the case's service in prod."""
    own = tuple(o for o in snapshot.observations if o.namespace == case.key)
    seen = tuple(s for s in snapshot.sightings if s.key.namespace == case.key)
    now = max(o.observed_at for o in snapshot.observations)
    narrowed = replace(snapshot, observations=own, sightings=seen)
    matrix = build_matrix(narrowed, RULES, "platform", now=now)
    cells = [matrix.cell(row.service, "prod") for row in matrix.rows]
    return next((cell for cell in cells if cell.version), cells[0])


def assert_right(snapshot: Snapshot, case: ObjectCase) -> None:
    cell = cell_of_prod(snapshot, case)
    assert STANDINGS.get(cell.state, str(cell.state)) in case.standing, cell.reason
    assert not case.version or cell.version == case.version
    flags = {str(flag) for flag in cell.flags}
    for flag in case.flags:
        assert (flag.lstrip("!") in flags) is not flag.startswith("!"), flags


@pytest.mark.parametrize("case", list(map(marked, CASES)))
def test_a_case_of_a_bug_report_is_judged_right(snapshot: Snapshot, case: ObjectCase) -> None:
    assert_right(snapshot, case)


@pytest.mark.parametrize("case", list(map(marked, NEAR)))
def test_under_other_names_and_in_other_kinds_it_is_judged_alike(
    snapshot: Snapshot, case: ObjectCase
) -> None:
    assert_right(snapshot, case)
