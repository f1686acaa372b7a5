"""All clusters at once, each by one holder at a time, one failure stopping no other."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import ClusterEntry
from reldash.demo import DemoFleet
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from reldash.errors import StoreError
from reldash.services.collecting.collector import Collector
from reldash.services.context import Context
from reldash.services.refresh import keep_fresh, request_refresh
from reldash.store import Lease
from tests.integration.waiting import wait_for

MINUTE = timedelta(minutes=1)


@pytest.fixture
def collector(context: Context) -> Collector:
    return Collector(context)


def test_every_cluster_that_answers_is_recorded(context: Context, collector: Collector) -> None:
    outcomes = {outcome.cluster: outcome for outcome in collector.collect()}
    assert list(outcomes) == context.cluster_names
    recorded = context.store.snapshots.load(context.cluster_names).observations
    read = [o for o in outcomes.values() if isinstance(o, ClusterRead)]
    assert len(recorded) == sum(len(outcome.observations) for outcome in read) > 500


def test_a_refused_cluster_is_a_failure_with_its_reason(
    context: Context, collector: Collector, demo: DemoFleet
) -> None:
    collector.collect(["platform-dev"])
    before = context.store.snapshots.load(["platform-dev"]).observations
    demo.set_refused("platform-dev")
    try:
        (outcome,) = collector.collect(["platform-dev"])
    finally:
        demo.set_refused("platform-dev", refused=False)
    assert isinstance(outcome, ReadFailure)
    assert "401" in outcome.message
    snapshot = context.store.snapshots.load(["platform-dev"])
    assert snapshot.observations == before
    assert snapshot.statuses["platform-dev"].error_title == outcome.title


def test_a_cluster_that_is_down_stops_no_other(
    context: Context, collector: Collector, demo: DemoFleet
) -> None:
    demo.set_down("platform-stg")
    try:
        outcomes = {o.cluster: type(o) for o in collector.collect(["platform-stg", "platform-dev"])}
    finally:
        demo.set_down("platform-stg", down=False)
    assert outcomes == {"platform-dev": ClusterRead, "platform-stg": ReadFailure}
    assert context.store.clusters.load_statuses(["platform-stg"])["platform-stg"].read_at is None


def test_a_cluster_leased_by_another_is_left_to_it(context: Context, collector: Collector) -> None:
    lease = context.store.leases.acquire("platform-dev", "somebody else", MINUTE)
    assert lease is not None
    assert collector.collect(["platform-dev"]) == []


def test_a_lease_that_cannot_be_released_makes_no_failure_of_what_was_recorded(
    context: Context, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(lease: Lease) -> None:
        raise StoreError("Database not reachable", lease.cluster)

    monkeypatch.setattr(context.store.leases, "release", gone)
    (outcome,) = collector.collect(["platform-dev"])
    assert isinstance(outcome, ClusterRead)
    assert _read_at(context, "platform-dev") == outcome.started_at


def test_a_fault_of_our_own_is_shown_as_that_clusters_failure(
    context: Context, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(entry: ClusterEntry, *args: object, **options: object) -> object:
        if entry.cluster.name == "platform-stg":
            raise ZeroDivisionError
        return get_cluster(entry, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("reldash.services.collecting.collector.get_cluster", stumble)
    outcomes = {o.cluster: type(o) for o in collector.collect(["platform-stg", "platform-dev"])}
    assert outcomes == {"platform-dev": ClusterRead, "platform-stg": ReadFailure}
    status = context.store.clusters.load_statuses(["platform-stg"])["platform-stg"]
    assert "ZeroDivisionError" in status.error_message


def test_the_background_collector_reads_what_is_asked_for(
    context: Context, collector: Collector
) -> None:
    collector.start()
    try:
        wait_for(lambda: _read_at(context, "platform-dev"))
        first = wait_for(lambda: _read_at(context, "solutions-prod-eu"))
        request_refresh(context, ["solutions-prod-eu"])
        asked_at = time.monotonic()
        wait_for(lambda: _read_at(context, "solutions-prod-eu") != first)
    finally:
        collector.stop()
    interval = context.rules.collect.interval.total_seconds()
    assert time.monotonic() - asked_at < interval  # it did not wait for its turn


def test_without_any_collector_a_read_collects_what_is_due(
    open_context: Callable[..., Context],
) -> None:
    context = open_context(collect="off")
    keep_fresh(context)
    wait_for(lambda: _read_at(context, "platform-dev"))


def test_with_a_collector_elsewhere_a_read_leaves_the_clusters_to_it(
    open_context: Callable[..., Context],
) -> None:
    context = open_context(collect="off")
    context.store.heartbeats.beat("a collector on another machine")
    keep_fresh(context)
    assert context.store.leases.due(["platform-dev"], MINUTE) == ["platform-dev"]


def _read_at(context: Context, name: str) -> object:
    return context.store.clusters.load_statuses([name])[name].read_at
