"""Collecting all clusters in parallel: one holder per cluster, failures stay separate."""

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


def test_every_reachable_cluster_is_recorded(context: Context, collector: Collector) -> None:
    outcomes = {outcome.cluster: outcome for outcome in collector.collect()}
    assert list(outcomes) == context.cluster_names
    recorded = context.store.snapshots.load(context.cluster_names).observations
    read = [o for o in outcomes.values() if isinstance(o, ClusterRead)]
    assert len(recorded) == sum(len(outcome.observations) for outcome in read) > 500


def test_a_refused_read_is_a_failure_with_its_reason(
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


def test_an_unreachable_cluster_does_not_stop_others(
    context: Context, collector: Collector, demo: DemoFleet
) -> None:
    demo.set_down("platform-stg")
    try:
        outcomes = {o.cluster: type(o) for o in collector.collect(["platform-stg", "platform-dev"])}
    finally:
        demo.set_down("platform-stg", down=False)
    assert outcomes == {"platform-dev": ClusterRead, "platform-stg": ReadFailure}
    assert context.store.clusters.load_statuses(["platform-stg"])["platform-stg"].read_at is None


def test_a_cluster_leased_by_another_collector_is_skipped(
    context: Context, collector: Collector
) -> None:
    lease = context.store.leases.acquire("platform-dev", "another collector", MINUTE)
    assert lease is not None
    assert collector.collect(["platform-dev"]) == []


def test_a_recorded_read_succeeds_even_if_its_lease_cannot_be_released(
    context: Context, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(lease: Lease) -> None:
        raise StoreError("Database not reachable", lease.cluster)

    monkeypatch.setattr(context.store.leases, "release", gone)
    (outcome,) = collector.collect(["platform-dev"])
    assert isinstance(outcome, ClusterRead)
    assert _read_at(context, "platform-dev") == outcome.started_at


def test_an_unexpected_exception_is_recorded_as_a_failure_of_its_cluster(
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


def test_the_background_collector_reads_a_requested_cluster_at_once(
    context: Context, collector: Collector
) -> None:
    collector.start()
    try:
        wait_for(lambda: _read_at(context, "platform-dev"))
        first = wait_for(lambda: _read_at(context, "solutions-prod-eu"))
        request_refresh(context, ["solutions-prod-eu"])
        requested_at = time.monotonic()
        wait_for(lambda: _read_at(context, "solutions-prod-eu") != first)
    finally:
        collector.stop()
    interval = context.rules.collect.interval.total_seconds()
    assert time.monotonic() - requested_at < interval  # it did not wait for its turn


def test_without_a_collector_due_clusters_are_read_on_demand(
    open_context: Callable[..., Context],
) -> None:
    context = open_context(collect="off")
    keep_fresh(context)
    wait_for(lambda: _read_at(context, "platform-dev"))


def test_clusters_are_left_to_a_collector_on_another_machine(
    open_context: Callable[..., Context],
) -> None:
    context = open_context(collect="off")
    context.store.heartbeats.beat("a collector on another machine")
    keep_fresh(context)
    assert context.store.leases.due(["platform-dev"], MINUTE) == ["platform-dev"]


def _read_at(context: Context, name: str) -> object:
    return context.store.clusters.load_statuses([name])[name].read_at
