"""Clusters with the same builds, recorded concurrently: they share rows of history."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

from reldash.domain.workloads.reads import ClusterRead
from reldash.store import Store
from tests.unit.builders import NOW, observation

CLUSTERS = ("a", "b", "c", "d")
SERVICES, ROUNDS = 40, 8
MINUTE = timedelta(minutes=1)


def test_concurrent_recordings_do_not_deadlock(store: Store) -> None:
    together = Barrier(len(CLUSTERS))

    def collect(cluster: str) -> None:
        lease = store.leases.acquire(cluster, "collector", 60 * MINUTE)
        assert lease is not None
        order = Random(cluster)  # noqa: S311 - another order in each, the same in every run
        for version in range(ROUNDS):
            services = [f"svc-{number}" for number in range(SERVICES)]
            order.shuffle(services)
            found = [observation(cluster, str(version), service=name) for name in services]
            at = NOW + version * MINUTE
            together.wait()
            store.clusters.record(ClusterRead(cluster, at, at, tuple(found)), lease)

    with ThreadPoolExecutor(len(CLUSTERS)) as pool:
        for done in [pool.submit(collect, cluster) for cluster in CLUSTERS]:
            done.result()
    rollouts = store.history.load_rollouts(limit=10_000)
    assert len(rollouts) == len(CLUSTERS) * SERVICES * ROUNDS
    assert sum(rollout.ended_at is None for rollout in rollouts) == len(CLUSTERS) * SERVICES
