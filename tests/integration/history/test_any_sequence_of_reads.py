"""Properties of stored history after any sequence of reads with any clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reldash.domain.workloads.observations import Observation, Rollout
from reldash.domain.workloads.reads import ClusterRead, Unread
from reldash.store import Store
from tests.unit.builders import NOW, digest, image_id, observation, running

DAY = timedelta(days=1)
GAP = timedelta(minutes=5)
WORKLOADS = ("api", "web")


class Seen(NamedTuple):
    """State of a workload: its tag, the push of the tag, and whether a pod is ready."""

    tag: str
    push: str
    ready: bool


class FakeRead(NamedTuple):
    """A read: the clock's movement since the previous one, and the state found by workload.

    If it is `refused`, Deployments cannot be listed.
    """

    step: timedelta
    found: dict[str, Seen]
    refused: bool


steps = st.one_of(
    st.sampled_from([timedelta(minutes=1)]),
    st.timedeltas(-3 * DAY, 3 * DAY),
    st.timedeltas(timedelta(seconds=-5), timedelta(minutes=6)),
)
seen = st.builds(Seen, st.sampled_from("123"), st.sampled_from("xy"), st.booleans())
fake_reads = st.builds(
    FakeRead,
    steps,
    st.dictionaries(st.sampled_from(WORKLOADS), seen, max_size=len(WORKLOADS)),
    st.sampled_from([False, False, False, True]),
)
names = map("cluster-{}".format, count())


@pytest.fixture(scope="module")
def kept(new_store: Callable[[], Store]) -> Store:
    """One store for all sequences; each uses its own cluster."""
    return new_store()


def any_sequence(test: Callable[..., None]) -> Callable[..., None]:
    """Decorate a test that takes a store and a sequence of reads of one cluster."""
    often = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    return often(given(sequence=st.lists(fake_reads, min_size=1, max_size=8))(test))


def observed(cluster: str, workload: str, what: Seen) -> Observation:
    """An observation of one pod, which has pulled its image if it is ready."""
    image = f"registry.example.com/shop/{workload}:{what.tag}"
    build = f"{workload}{what.tag}{what.push}"
    pod = running(image, 1, build=build, ready=int(what.ready))
    if not what.ready:
        pod = running(image, 1, image_id="", ready=0)
    return observation(cluster, image=image, service=workload, wanted=1, ready=int(what.ready),
                       running=(pod,))  # fmt: skip


def record(store: Store, sequence: list[FakeRead]) -> tuple[str, list[datetime]]:
    """Record the reads of a new cluster; return its name and their times."""
    cluster, at, times = next(names), NOW, []
    lease = store.leases.acquire(cluster, "collector", DAY)
    assert lease is not None
    for one_read in sequence:
        at += one_read.step
        times.append(at)
        found = (
            () if one_read.refused else (observed(cluster, *one) for one in one_read.found.items())
        )
        unread = (Unread("Deployment", None, "Not allowed", "403"),) if one_read.refused else ()
        store.clusters.record(
            ClusterRead(cluster, at, at, tuple(found), unread=unread), lease, gap=GAP
        )
    return cluster, times


def rollouts_of(
    store: Store, cluster: str, workload: str, *, unfinished: bool = False
) -> list[Rollout]:
    """The intervals of a workload, or its unfinished rollouts, oldest first."""
    found = store.history.load_rollouts(clusters=[cluster], limit=1000)[::-1]
    return [r for r in found if r.key.workload == workload and r.unfinished == unfinished]


@any_sequence
def test_intervals_follow_each_other(kept: Store, sequence: list[FakeRead]) -> None:
    cluster, _ = record(kept, sequence)
    for workload in WORKLOADS:
        history = rollouts_of(kept, cluster, workload)
        for before, after in pairwise(history):
            assert before.ended_at is not None
            assert before.ended_at <= after.started_at
        for one in history:
            until = one.ended_at or datetime.max.replace(tzinfo=NOW.tzinfo)
            assert one.started_at <= until
            assert one.ready_at is None or one.started_at <= one.ready_at <= until


@any_sequence
def test_every_build_that_was_read_is_stored_in_the_order_of_the_reads(
    kept: Store, sequence: list[FakeRead]
) -> None:
    cluster, _ = record(kept, sequence)
    for workload in WORKLOADS:
        assert [
            (rollout.image.rpartition(":")[2], rollout.digests, rollout.ready_at is not None)
            for rollout in rollouts_of(kept, cluster, workload)
        ] == expected(workload, sequence)


def expected(workload: str, sequence: list[FakeRead]) -> list[tuple[str, tuple[str, ...], bool]]:
    """Tag, image ids and readiness of each run of equal states, by the reads that could see it."""
    found: list[tuple[str, tuple[str, ...], bool]] = []
    is_open = False
    for one_read in sequence:
        if one_read.refused:
            continue
        what = one_read.found.get(workload)
        if what is None:
            is_open = False
            continue
        image = f"registry.example.com/shop/{workload}:{what.tag}"
        ids = (image_id(image, f"{workload}{what.tag}{what.push}"),) if what.ready else ()
        tag, known, ready = found[-1] if is_open else ("", (), False)
        if tag == what.tag and (not ids or not known or ids == known):
            found[-1] = (tag, known or ids, ready or what.ready)
        elif what.ready or not ready:
            found.append((what.tag, ids, what.ready))
        is_open = True
    return found


@any_sequence
def test_the_state_of_the_last_read_is_open_or_an_unfinished_rollout_to_it(
    kept: Store, sequence: list[FakeRead]
) -> None:
    cluster, _ = record(kept, sequence)
    whole = [one_read.found for one_read in sequence if not one_read.refused]
    last = whole[-1] if whole else {}
    open_ = {
        rollout.key.workload: rollout.image.rpartition(":")[2]
        for workload in WORKLOADS
        for unfinished in (False, True)
        for rollout in rollouts_of(kept, cluster, workload, unfinished=unfinished)
        if rollout.ended_at is None
    }
    assert open_ == {workload: what.tag for workload, what in last.items()}


@any_sequence
def test_coverage_includes_every_read_once_and_no_gap(
    kept: Store, sequence: list[FakeRead]
) -> None:
    cluster, times = record(kept, sequence)
    covered = kept.history.load_coverage([cluster])[cluster]
    assert all(one.from_at <= one.until_at for one in covered)
    assert all(before.until_at < after.from_at for before, after in pairwise(covered))
    # If unread kinds change, the next span starts a microsecond later, whatever the clock says.
    beyond = covered[-1].until_at - max(times)
    assert timedelta(0) <= beyond <= len(times) * timedelta(microseconds=1)
    if times == sorted(times):
        assert all(any(c.from_at <= at <= c.until_at for c in covered) for at in times)
        for before, after in pairwise(times):
            if after - before > GAP:
                assert not any(c.from_at <= before and after <= c.until_at for c in covered)


def test_the_pushes_of_a_tag_are_different_builds() -> None:
    """Otherwise the sequences above could not distinguish them."""
    assert digest("api1x") != digest("api1y")
