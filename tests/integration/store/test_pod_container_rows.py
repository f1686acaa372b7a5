"""What only live pods have, in the store: replaced by each read, as far as it could know."""

from dataclasses import replace
from datetime import datetime

from reldash.domain.workloads.pod_containers import PodContainer, PodRole
from reldash.domain.workloads.reads import Unread
from reldash.store import Lease, Store
from tests.integration.store.reads import CLUSTER, MINUTE, lease_of, read_of
from tests.unit.builders import NOW, observation

PROXY = PodContainer(
    CLUSTER, "shop", "Deployment", "api", "proxy", PodRole.INJECTED, "mesh/proxy:1",
    "mesh/proxy@sha256:" + "a" * 64, 2, 2, NOW,
)  # fmt: skip
BARE = replace(PROXY, namespace="web", kind="Pod", workload="by-hand", role=PodRole.BARE_POD)
NO_PODS = (Unread("Pod", "shop", "Not allowed", "why"),)


def read(
    store: Store, lease: Lease, at: datetime, *found: PodContainer, unread: tuple[Unread, ...] = ()
) -> None:
    """Record a read with these, and one Deployment that never changes."""
    made = read_of(observation(), at=at, unread=unread)
    store.clusters.record(replace(made, pod_containers=found), lease)


def stored(store: Store) -> tuple[PodContainer, ...]:
    return store.snapshots.load([CLUSTER]).pod_containers


def test_they_are_kept_with_their_first_read_in_a_row(store: Store) -> None:
    lease = lease_of(store)
    read(store, lease, NOW, PROXY)
    read(store, lease, NOW + MINUTE, replace(PROXY, pods=3, waiting=("CrashLoopBackOff",)))
    assert stored(store) == (
        replace(
            PROXY,
            pods=3,
            waiting=("CrashLoopBackOff",),
            observed_at=NOW + MINUTE,
            first_seen_at=NOW,
        ),
    )


def test_a_change_of_them_alone_changes_the_data(store: Store) -> None:
    lease = lease_of(store)
    read(store, lease, NOW)
    before = store.cache_key.load()
    read(store, lease, NOW + MINUTE)
    assert store.cache_key.load() == before
    read(store, lease, NOW + 2 * MINUTE, PROXY)
    assert store.cache_key.load() != before


def test_those_that_are_gone_are_removed_and_start_anew(store: Store) -> None:
    lease = lease_of(store)
    read(store, lease, NOW, PROXY, BARE)
    read(store, lease, NOW + MINUTE, BARE)
    assert [each.workload for each in stored(store)] == ["by-hand"]
    read(store, lease, NOW + 2 * MINUTE, PROXY, BARE)
    starts = {each.workload: each.first_seen_at for each in stored(store)}
    assert starts == {"api": NOW + 2 * MINUTE, "by-hand": NOW}


def test_those_of_unread_pods_stay_with_the_time_of_their_last_read(store: Store) -> None:
    lease = lease_of(store)
    read(store, lease, NOW, PROXY, BARE)
    read(store, lease, NOW + MINUTE, unread=NO_PODS)
    assert [(each.namespace, each.observed_at) for each in stored(store)] == [("shop", NOW)]
    read(store, lease, NOW + 2 * MINUTE, unread=NO_PODS)
    assert [each.observed_at for each in stored(store)] == [NOW]
    read(store, lease, NOW + 3 * MINUTE, PROXY)
    assert [each.observed_at for each in stored(store)] == [NOW + 3 * MINUTE]


def test_registries_are_asked_for_their_images_too(store: Store) -> None:
    read(store, lease_of(store), NOW, PROXY)
    rows = store.registries.load_running([CLUSTER])
    assert (CLUSTER, PROXY.image, PROXY.image, PROXY.image_id) in rows
