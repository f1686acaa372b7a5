"""History as real controllers leave it behind, and as reads of them go on with it."""

from datetime import timedelta

import pytest

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.observations import Rollout, RolloutSource
from reldash.domain.workloads.reads import ClusterRead
from reldash.store import Store
from tests.integration.envtest.controllers import Workloads, image_id, needs_controllers
from tests.integration.envtest.server import RealServer, needs_server

RULES = CollectRules(timeout=timedelta(seconds=10))
HOUR = timedelta(hours=1)

pytestmark = [pytest.mark.envtest, needs_server, needs_controllers, pytest.mark.timeout(300)]


KINDS = pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])


class Reads:
    """Reads of the server, recorded."""

    def __init__(self, store: Store, server: RealServer) -> None:
        self._store, self._server = store, server
        lease = store.leases.acquire("real", "test", HOUR)
        assert lease is not None
        self._lease = lease

    def read(self) -> ClusterRead:
        """Read the cluster as the collector does, with revisions when they are due."""
        revisions = self._store.clusters.needs_revisions("real")
        found = get_cluster(self._server.entry("reader-token"), RULES, revisions=revisions)
        assert isinstance(found, ClusterRead), found
        assert (found.bad, found.unread) == ((), ())
        self._store.clusters.record(found, self._lease)
        return found

    def rollouts(self, workload: str) -> list[Rollout]:
        """Intervals of a workload, oldest first."""
        found = self._store.history.load_rollouts(limit=1000)
        return [r for r in found if r.key.workload == workload][::-1]


@pytest.fixture
def reads(store: Store, real: RealServer) -> Reads:
    return Reads(store, real)


def versions(rollouts: list[Rollout]) -> list[str]:
    return [rollout.image.rpartition(":")[2] for rollout in rollouts]


@KINDS
def test_what_ran_before_the_first_read_is_in_order(
    workloads: Workloads, reads: Reads, kind: str
) -> None:
    name = f"told-{kind.lower()}"
    workloads.create(kind, name, "1.0")
    for version in ("1.1", "1.2"):
        workloads.roll_out(kind, name, version)
    reads.read()
    found = reads.rollouts(name)
    assert versions(found) == ["1.0", "1.1", "1.2"]
    assert {rollout.source for rollout in found} == {RolloutSource.REVISION}
    assert [a.ended_at for a in found[:-1]] == [b.started_at for b in found[1:]]
    assert found[-1].ended_at is None
    assert found[-1].ready_at is not None
    assert found[-1].digests == (image_id(name, "1.2"),)


@KINDS
def test_a_rollback_is_found_though_it_reused_an_old_revision(
    workloads: Workloads, reads: Reads, kind: str
) -> None:
    name = f"back-{kind.lower()}"
    workloads.create(kind, name, "1.0")
    for version in ("1.1", "1.2", "1.1"):
        workloads.roll_out(kind, name, version)
    reads.read()
    found = reads.rollouts(name)
    assert versions(found) == ["1.0", "1.1", "1.2", "1.1"]
    assert found[-1].source is RolloutSource.REVISION


@KINDS
def test_a_change_of_settings_alone_is_no_rollout(
    workloads: Workloads, reads: Reads, kind: str
) -> None:
    name = f"set-{kind.lower()}"
    workloads.create(kind, name, "1.0")
    workloads.roll_out(kind, name, "1.1")
    workloads.roll_out(kind, name, "1.1", setting="a")
    reads.read()
    workloads.roll_out(kind, name, "1.1", setting="b")
    reads.read()
    assert versions(reads.rollouts(name)) == ["1.0", "1.1"]


@pytest.mark.parametrize(
    ("kept", "told"), [(0, ["1.3"]), (2, ["1.1", "1.2", "1.3"]), (10, ["1.0", "1.1", "1.2", "1.3"])]
)
def test_history_reaches_as_far_as_the_workload_keeps_revisions(
    workloads: Workloads, reads: Reads, kept: int, told: list[str]
) -> None:
    name = f"kept-{kept}"
    workloads.create("Deployment", name, "1.0", revisionHistoryLimit=kept)
    for version in ("1.1", "1.2", "1.3"):
        workloads.roll_out("Deployment", name, version)
    reads.read()
    assert versions(reads.rollouts(name)) == told


def test_a_rollout_is_seen_from_the_first_pod_to_the_last(
    workloads: Workloads, reads: Reads
) -> None:
    workloads.create("Deployment", "live", "1.0")
    reads.read()
    workloads.change("Deployment", "live", "1.1")
    workloads.wait_for_pods("live", "1.1")
    during = reads.read()
    workloads.finish("Deployment", "live")
    after = reads.read()
    first, second = reads.rollouts("live")
    assert first.digests == (image_id("live", "1.0"),)
    assert (second.started_at, second.source) == (during.started_at, RolloutSource.OBSERVED)
    assert first.ended_at == during.started_at
    assert (second.ready_at, second.digests) == (after.started_at, (image_id("live", "1.1"),))


def test_what_is_deleted_ends_and_what_is_recreated_starts_again(
    workloads: Workloads, reads: Reads
) -> None:
    workloads.create("Deployment", "gone", "1.0")
    reads.read()
    workloads.delete("Deployment", "gone")
    without = reads.read()
    workloads.create("Deployment", "gone", "1.0")
    again = reads.read()
    first, second = reads.rollouts("gone")
    assert first.ended_at == without.started_at
    assert second.started_at == again.started_at
