"""Two collectors of one cluster with different clocks, in turn and concurrently."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count, groupby, pairwise
from threading import Barrier

import pytest

from reldash.store import LeaseLostError, Store
from tests.integration.history.statement_faults import contents
from tests.integration.store.reads import CLUSTER, HOUR, MINUTE, lease_of, read_of
from tests.unit.builders import NOW, observation

AT_ONCE = timedelta(0)  # the lease can be taken over immediately


def record(store: Store, holder: str, version: object, clock: timedelta) -> int:
    """Record `version`, that many minutes after NOW plus `clock`; return the lease's number."""
    lease = lease_of(store, holder, AT_ONCE)
    at = NOW + clock + int(str(version)) * MINUTE
    store.clusters.record(read_of(observation(version=str(version)), at=at), lease)
    return lease.number


def versions(store: Store) -> list[str]:
    """The versions in history, oldest first; also assert that intervals are contiguous."""
    rollouts = store.history.load_rollouts(limit=10_000)[::-1]
    assert all(
        before.ended_at is not None and before.ended_at == after.started_at
        for before, after in pairwise(rollouts)
    )
    assert rollouts[-1].ended_at is None
    return [rollout.image.rpartition(":")[2] for rollout in rollouts]


def distinct(seen: Iterable[str]) -> list[str]:
    """Drop consecutive repetitions."""
    return [version for version, _ in groupby(seen)]


@pytest.mark.parametrize("apart", [timedelta(seconds=3), HOUR, timedelta(days=2)], ids=str)
def test_collectors_in_turn_lose_no_change_whatever_their_clocks(
    store: Store, apart: timedelta
) -> None:
    seen = [1, 1, 2, 3, 3, 4, 1, 5, 5, 6]
    for turn, version in enumerate(seen):
        record(store, f"collector {turn % 2}", version, apart * (turn % 2))
    assert versions(store) == distinct(map(str, seen))


def test_concurrent_collectors_record_only_with_their_lease(store: Store) -> None:
    """Each may take the other's lease at any time, which then cannot record."""
    versions_read, start = count(1), Barrier(2)

    def collect(holder: str, clock: timedelta) -> list[tuple[int, str]]:
        done = []
        start.wait()
        for _ in range(60):
            lease = lease_of(store, holder, AT_ONCE)
            version = next(versions_read) // 3  # the running version changes at every third read
            at = NOW + clock + version * MINUTE
            try:
                store.clusters.record(read_of(observation(version=str(version)), at=at), lease)
            except LeaseLostError:
                continue
            done.append((lease.number, str(version)))
        return done

    with ThreadPoolExecutor(2) as pool:
        quick = pool.submit(collect, "quick", HOUR)
        slow = pool.submit(collect, "slow", -HOUR)
        recorded = sorted(quick.result() + slow.result())
    assert len({number for number, _ in recorded}) == len(recorded) >= 2
    assert versions(store) == distinct(version for _, version in recorded)


def test_a_collector_that_lost_the_lease_while_reading_writes_nothing(
    store: Store, database_url: str
) -> None:
    frozen = lease_of(store, "frozen", AT_ONCE)
    record(store, "other", 2, AT_ONCE)
    before = contents(database_url)
    with pytest.raises(LeaseLostError):
        store.clusters.record(read_of(observation(version="1"), at=NOW), frozen)
    assert contents(database_url) == before
    assert versions(store) == ["2"]
    assert store.clusters.load_statuses([CLUSTER])[CLUSTER].read_at == NOW + 2 * MINUTE
