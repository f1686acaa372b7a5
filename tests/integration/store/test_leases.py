"""Leases: one holder at a time records a cluster, and clusters become due."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from reldash.domain.workloads.reads import Unread
from reldash.store import Lease, LeaseLostError, Store
from tests.integration.store.reads import CLUSTER, HOUR, MINUTE, failure, lease_of, read_of
from tests.unit.builders import NOW, observation

AT_ONCE = timedelta(0)


def pass_time(connection: Any, time: timedelta) -> None:
    """Make everything that the database timed as if it had been so much earlier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leases SET acquired_at = acquired_at - %(t)s, expires_at = expires_at - %(t)s,"
            " requested_at = requested_at - %(t)s",
            {"t": time},
        )
        cursor.execute(
            "UPDATE clusters SET revisions_read_at = revisions_read_at - %(t)s,"
            " revisions_due_at = revisions_due_at - %(t)s",
            {"t": time},
        )
        cursor.execute("UPDATE collectors SET beat_at = beat_at - %(t)s", {"t": time})


def test_a_held_cluster_cannot_be_taken(store: Store) -> None:
    lease_of(store)
    assert store.leases.acquire(CLUSTER, "other", HOUR) is None


@pytest.mark.parametrize("how", ["released", "expired"])
def test_a_free_cluster_can_be_taken_with_a_higher_number(store: Store, how: str) -> None:
    first = lease_of(store, ttl=HOUR if how == "released" else AT_ONCE)
    if how == "released":
        store.leases.release(first)
    assert lease_of(store, "other").number > first.number


def test_of_many_who_race_for_a_cluster_one_gets_it(database_url: str) -> None:
    stores = [Store.open(database_url) for _ in range(4)]
    barrier = threading.Barrier(len(stores) * 2)
    got: list[Lease] = []

    def race(store: Store, holder: str) -> None:
        barrier.wait()
        if (lease := store.leases.acquire(CLUSTER, holder, HOUR)) is not None:
            got.append(lease)

    threads = [
        threading.Thread(target=race, args=(store, f"{i}.{j}"))
        for i, store in enumerate(stores)
        for j in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert len(got) == 1


def test_a_holder_that_was_frozen_and_wakes_writes_nothing(store: Store) -> None:
    frozen = lease_of(store, "frozen", AT_ONCE)
    successor = lease_of(store, "successor")
    store.clusters.record(read_of(observation(version="2")), successor)
    with pytest.raises(LeaseLostError, match="lease 1 of frozen"):
        store.clusters.record(read_of(observation(version="1")), frozen)
    with pytest.raises(LeaseLostError):
        store.clusters.record_failure(failure(), frozen)
    (found,) = store.snapshots.load([CLUSTER]).observations
    assert found.image.endswith(":2")
    assert store.clusters.load_statuses([CLUSTER])[CLUSTER].failures == 0


def test_a_released_lease_is_over_for_its_holder_too(store: Store) -> None:
    lease = lease_of(store)
    store.leases.release(lease)
    assert store.leases.renew(lease, HOUR) is False
    with pytest.raises(LeaseLostError):
        store.clusters.record(read_of(observation()), lease)


def test_renewing_holds_a_lease_and_fails_when_it_is_anothers(store: Store) -> None:
    lease = lease_of(store, ttl=AT_ONCE)
    assert store.leases.renew(lease, HOUR) is True
    assert store.leases.acquire(CLUSTER, "other", HOUR) is None
    store.leases.renew(lease, AT_ONCE)
    successor = lease_of(store, "other")
    assert store.leases.renew(lease, HOUR) is False
    store.leases.release(lease)
    store.clusters.record(read_of(observation()), successor)


def test_a_cluster_cannot_be_taken_while_it_is_recorded(store: Store, connection: Any) -> None:
    lease = lease_of(store, ttl=AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; SELECT 1 FROM leases FOR UPDATE")  # as a recording holds it
        taken: list[Lease | None] = []
        thread = threading.Thread(
            target=lambda: taken.append(store.leases.acquire(CLUSTER, "other", HOUR))
        )
        thread.start()
        thread.join(0.2)
        assert taken == []
        cursor.execute("COMMIT")
        thread.join()
    assert taken[0] is not None
    assert taken[0].number > lease.number


def test_a_cluster_is_due_until_attempted_and_again_after_the_interval(
    store: Store, connection: Any
) -> None:
    names = ["never", CLUSTER]
    assert store.leases.due(names, MINUTE) == names
    lease = lease_of(store)
    assert store.leases.due(names, MINUTE) == ["never"]
    store.clusters.record_failure(failure(), lease)
    store.leases.release(lease)
    assert store.leases.due(names, MINUTE) == ["never"]
    pass_time(connection, MINUTE)
    assert store.leases.due(names, MINUTE) == names


def test_a_cluster_is_not_due_while_it_is_being_read(store: Store, connection: Any) -> None:
    lease_of(store)
    pass_time(connection, 2 * MINUTE)
    store.leases.request([CLUSTER])
    assert store.leases.due([CLUSTER], MINUTE) == []


def test_a_refresh_makes_a_cluster_due_until_it_is_attempted(store: Store) -> None:
    store.leases.release(lease_of(store))
    assert store.clusters.load_statuses([CLUSTER])[CLUSTER].refreshing is False
    store.leases.request([CLUSTER, "never"])
    assert store.leases.due([CLUSTER, "never"], HOUR) == [CLUSTER, "never"]
    assert store.clusters.load_statuses([CLUSTER, "never"])["never"].refreshing is True
    lease = lease_of(store)
    assert store.clusters.load_statuses([CLUSTER])[CLUSTER].refreshing is True
    store.leases.release(lease)
    assert store.clusters.load_statuses([CLUSTER])[CLUSTER].refreshing is False
    assert store.leases.due([CLUSTER], HOUR) == []


def test_renewing_does_not_wait_for_a_recording(store: Store, connection: Any) -> None:
    lease = lease_of(store)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; SELECT 1 FROM leases FOR UPDATE")  # as a recording holds it
        renewed: list[bool] = []
        thread = threading.Thread(
            target=lambda: renewed.append(store.leases.renew(lease, HOUR)), daemon=True
        )
        thread.start()
        thread.join(10)
        ended_meanwhile = list(renewed)
        cursor.execute("COMMIT")
        thread.join()
    assert ended_meanwhile == [False]
    store.clusters.record(read_of(observation()), lease)


def test_a_lease_of_the_future_is_over_when_the_databases_clock_was_set_back(
    store: Store, connection: Any
) -> None:
    lease_of(store, "dead")
    pass_time(connection, -10 * HOUR)
    assert store.clusters.load_statuses([CLUSTER])[CLUSTER].refreshing is False
    assert store.leases.due([CLUSTER], MINUTE) == [CLUSTER]
    assert store.leases.acquire(CLUSTER, "other", HOUR) is not None


def test_a_cluster_is_due_although_the_databases_clock_was_set_back(
    store: Store, connection: Any
) -> None:
    store.leases.release(lease_of(store))
    pass_time(connection, -HOUR)
    assert store.leases.due([CLUSTER], MINUTE) == [CLUSTER]


def test_a_refresh_requested_before_the_databases_clock_was_set_back_is_done_once(
    store: Store, connection: Any
) -> None:
    store.leases.request([CLUSTER])
    pass_time(connection, -HOUR)
    store.leases.release(lease_of(store))
    assert store.leases.due([CLUSTER], MINUTE) == []
    assert store.clusters.load_statuses([CLUSTER])[CLUSTER].refreshing is False


def test_revisions_are_needed_at_first_contact_and_then_daily(
    store: Store, connection: Any
) -> None:
    lease = lease_of(store)
    assert store.clusters.needs_revisions(CLUSTER)
    store.clusters.record_failure(failure(), lease)
    assert store.clusters.needs_revisions(CLUSTER)
    store.clusters.record(read_of(observation(), revisions=[]), lease)
    assert not store.clusters.needs_revisions(CLUSTER)
    pass_time(connection, timedelta(days=1))
    assert store.clusters.needs_revisions(CLUSTER)


def test_revisions_that_could_not_be_read_are_due_again_soon(store: Store, connection: Any) -> None:
    refused = [Unread("ReplicaSet", None, "Not allowed", "403")]
    store.clusters.record(read_of(at=NOW, revisions=[], unread=refused), lease_of(store))
    assert not store.clusters.needs_revisions(CLUSTER)
    pass_time(connection, timedelta(minutes=10))
    assert store.clusters.needs_revisions(CLUSTER)


def test_a_collector_is_alive_as_long_as_it_says_so(store: Store, connection: Any) -> None:
    assert not store.heartbeats.is_any_alive(HOUR)
    store.heartbeats.beat("collector")
    store.heartbeats.beat("collector")
    assert store.heartbeats.is_any_alive(MINUTE)
    pass_time(connection, 2 * MINUTE)
    assert not store.heartbeats.is_any_alive(MINUTE)
    assert store.heartbeats.is_any_alive(HOUR)
    pass_time(connection, -HOUR)  # a beat of the future, since the clock was set back
    assert not store.heartbeats.is_any_alive(HOUR)


def test_clearing_caches_moves_the_epoch_and_no_data(store: Store) -> None:
    data, epoch = store.cache_key.load()
    assert store.cache_key.move_epoch() == epoch + 1
    assert store.cache_key.load() == (data, epoch + 1)
