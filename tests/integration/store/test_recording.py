"""Recording a read: unaltered, and writing only changes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from reldash.domain.workloads.observations import (
    Candidate,
    ContainerRole,
    Observation,
    Progress,
    RolloutStatus,
    Running,
    WorkloadKind,
)
from reldash.domain.workloads.reads import UNNAMED, BadObject, Unread
from reldash.store import Store
from tests.integration.store.reads import CLUSTER, MINUTE, History, failure, lease_of, read_of
from tests.unit.builders import NOW, days_ago, observation


def stored_rows(connection: Any) -> dict[str, str]:
    """The id of the transaction that wrote each row, by its place in the tables."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in ("observations", "rollouts", "containers"):
            cursor.execute(f"SELECT ctid::text, xmin::text FROM {table}")  # noqa: S608 - fixed names
            found |= {f"{table}{row}": writer for row, writer in cursor.fetchall()}
    return found


FULL = Observation(
    cluster=CLUSTER,
    namespace="shop",
    kind=WorkloadKind.ROLLOUT,
    workload="api",
    container="api",
    role=ContainerRole.SIDECAR,
    uid="1",
    image="registry.example.com/shop/api:1.4.2",
    observed_at=NOW,
    created_at=days_ago(3),
    labels={"app": "api", "team": "shop"},
    annotations={"note": "ä€𝄞"},
    default_container="api",
    position=3,
    wanted=4,
    ready=2,
    updated=1,
    status=RolloutStatus(Progress.HELD, "paused at step 2"),
    revision="abc",
    running=(Running("api:1.4.2", "api@sha256:1", "abc", True, 2, 1, ("ImagePullBackOff",)),),
    candidate=Candidate("api:1.5.0", "canary", 10, 1),
)


@pytest.mark.parametrize(
    "recorded",
    [
        FULL,
        replace(FULL, running=None, candidate=None, wanted=None, updated=None, revision=None),
        replace(FULL, running=(), labels={}, annotations={}, default_container=None),
    ],
    ids=["every field filled", "every field unknown", "every field empty"],
)
def test_an_observation_comes_back_as_it_was_read(history: History, recorded: Observation) -> None:
    history.read(recorded, at=NOW)
    found = history.observations["api"]
    without_conditions = replace(
        found, rolling_since=None, degraded_since=None, differs_since=None, differs_reads=0
    )
    assert without_conditions == recorded


def test_reading_an_unchanged_cluster_again_rewrites_no_row(
    history: History, connection: Any
) -> None:
    history.read(observation(), observation(service="web"))
    before, revision = stored_rows(connection), history.store.cache_key.load()
    history.read(observation(), observation(service="web"))
    assert stored_rows(connection) == before
    assert history.store.cache_key.load() == revision


def test_what_was_read_again_unchanged_is_as_fresh_as_that_read(history: History) -> None:
    history.read(observation(), at=NOW)
    history.read(observation(), at=NOW + MINUTE)
    assert history.observations["api"].observed_at == NOW + MINUTE


def test_only_the_changed_row_is_rewritten_and_the_revision_moves(
    history: History, connection: Any
) -> None:
    history.read(observation(), observation(service="web"))
    before, revision = stored_rows(connection), history.store.cache_key.load()
    history.read(observation(ready=1), observation(service="web"))
    kept = before.items() & stored_rows(connection).items()
    assert len(before) - len(kept) == 1
    assert history.store.cache_key.load() > revision


def test_a_condition_is_counted_although_nothing_else_changes(history: History) -> None:
    differing = observation(running=(Running("shop/api:9", "", "r1", True, 2, 2),))
    reads = []
    for _ in range(4):
        history.read(differing)
        reads.append(history.observations["api"].differs_reads)
    assert reads == [1, 2, 2, 2]


def test_a_condition_keeps_the_time_when_it_began(history: History) -> None:
    history.read(observation(ready=1), at=NOW)
    history.read(observation(ready=1, updated=1), at=NOW + MINUTE)
    assert history.observations["api"].degraded_since == NOW


def test_what_is_not_there_any_more_is_deleted(history: History) -> None:
    history.read(observation(), observation(service="web"))
    history.read(observation(service="web"))
    assert set(history.observations) == {"web"}


@pytest.mark.parametrize(
    "unread",
    [
        Unread("Deployment", None, "Not allowed", "403"),
        Unread("Deployment", "shop", "Not allowed", "403"),
    ],
    ids=["in the whole cluster", "in its namespace"],
)
def test_rows_of_an_unread_part_stay_with_the_time_of_their_last_read(
    history: History, unread: Unread
) -> None:
    stateful = observation(service="db", kind=WorkloadKind.STATEFUL_SET)
    history.read(observation(), stateful, at=NOW)
    for later in (1, 2):
        history.read(stateful, at=NOW + later * MINUTE, unread=[unread])
        found = history.observations
        assert found["api"].observed_at == NOW
        assert found["db"].observed_at == NOW + later * MINUTE
    history.read(observation(), stateful, at=NOW + 3 * MINUTE)
    assert history.observations["api"].observed_at == NOW + 3 * MINUTE


@pytest.mark.parametrize(
    "unread",
    [
        Unread("StatefulSet", None, "Not allowed", "403"),
        Unread("Deployment", "other", "Not allowed", "403"),
        Unread("Pod", None, "Not allowed", "403"),
    ],
    ids=["another kind", "another namespace", "pods"],
)
def test_an_unread_part_keeps_no_rows_of_other_parts(history: History, unread: Unread) -> None:
    history.read(observation(), observation(service="web"))
    history.read(observation(service="web"), unread=[unread])
    assert set(history.observations) == {"web"}


def test_a_bad_object_keeps_its_own_rows_and_no_others(history: History) -> None:
    history.read(observation(), observation(service="web"), observation(service="job"), at=NOW)
    bad = BadObject("Deployment", "shop", "api", "spec is no object")
    history.read(observation(service="web"), bad=[bad])
    assert set(history.observations) == {"api", "web"}
    assert history.observations["api"].observed_at == NOW


def test_a_bad_object_without_a_name_may_be_any_of_its_kind(history: History) -> None:
    history.read(observation(), observation(service="db", kind=WorkloadKind.STATEFUL_SET), at=NOW)
    history.read(bad=[BadObject("Deployment", UNNAMED, UNNAMED, "not even metadata")])
    assert set(history.observations) == {"api"}


def test_a_failed_read_changes_no_observation_and_is_reported(
    history: History, connection: Any
) -> None:
    history.read(observation(), at=NOW)
    before, revision = stored_rows(connection), history.store.cache_key.load()
    for later in (1, 2):
        history.store.clusters.record_failure(failure(at=NOW + later * MINUTE), history.lease)
    status = history.store.clusters.load_statuses([CLUSTER])[CLUSTER]
    assert stored_rows(connection) == before
    assert history.store.cache_key.load() == revision
    assert history.observations["api"].observed_at == status.read_at == NOW
    assert status.attempted_at == NOW + 2 * MINUTE
    assert status.failures == 2
    assert (status.error_title, status.error_remedy) == ("Not allowed", "grant list")
    history.read(observation())
    mended = history.store.clusters.load_statuses([CLUSTER])[CLUSTER]
    assert (mended.failures, mended.error_title, mended.error_message) == (0, "", "")


def test_a_status_describes_the_last_good_read(history: History) -> None:
    unread = Unread("Rollout", None, "Not allowed", "403")
    bad = BadObject("Deployment", "shop", "odd", "no spec")
    two = [observation(), observation(container="proxy"), observation(service="web")]
    history.read(*two, at=NOW, unread=[unread], bad=[bad])
    status = history.store.clusters.load_statuses([CLUSTER, "never"])
    assert status["never"].read_at is None
    found = status[CLUSTER]
    assert (found.workloads, found.containers, found.pods) == (2, 3, 4)
    assert (found.unread, found.bad) == ((unread,), (bad,))
    assert (found.duration, found.kubernetes_version) == (2.0, "v1.34.1")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\ud800b", "a?b"),
        (r"a\u0000b", r"a\u0000b"),
        ("x" * 100_000, "x" * 100_000),
    ],
    ids=["NUL", "half a character", "what only looks like NUL", "very long"],
)
def test_any_text_of_a_cluster_can_be_recorded(history: History, sent: str, kept: str) -> None:
    odd = observation(
        image=f"shop/api:{sent}",
        service=sent,
        build="1",
        labels={"note": sent, sent: "1"},
        status=RolloutStatus(Progress.STUCK, sent),
        running=(Running(sent, sent, sent, True, 1, 0, (sent,)),),
    )
    bad = BadObject("Deployment", "shop", sent, sent)
    history.read(odd, observation(service="web"), bad=[bad])
    found = history.observations
    assert set(found) == {kept, "web"}
    assert (found[kept].workload, found[kept].labels["note"]) == (kept, kept)
    assert history.store.clusters.load_statuses([CLUSTER])[CLUSTER].bad[0].name == kept
    history.store.clusters.record_failure(failure(message=sent), history.lease)
    assert history.store.clusters.load_statuses([CLUSTER])[CLUSTER].error_message == kept


def test_a_container_that_is_listed_twice_is_recorded_once(history: History) -> None:
    history.read(observation(version="1"), observation(version="2"))
    assert history.observations["api"].image.endswith(":2")


def test_clusters_do_not_touch_each_other(store: Store) -> None:
    store.clusters.record(read_of(observation()), lease_of(store))
    other = store.leases.acquire("stg", "collector", timedelta(hours=1))
    assert other is not None
    store.clusters.record(replace(read_of(observation("stg")), cluster="stg"), other)
    store.clusters.record(replace(read_of(), cluster="stg"), other)
    assert [o.cluster for o in store.snapshots.load([CLUSTER, "stg"]).observations] == [CLUSTER]


def test_a_kept_snapshot_is_refreshed_without_its_observations(history: History) -> None:
    history.read(observation(), observation(service="db"), at=NOW)
    gone = Unread("Deployment", "shop", "Not allowed", "403")
    history.read(observation(service="db", namespace="data"), unread=[gone], at=NOW + MINUTE)
    snapshot = history.store.snapshots.load([CLUSTER])
    history.read(observation(service="db", namespace="data"), unread=[gone], at=NOW + 2 * MINUTE)
    assert history.store.snapshots.refresh(snapshot) == history.store.snapshots.load([CLUSTER])


def test_a_snapshot_never_claims_to_be_fresher_than_its_data(history: History) -> None:
    history.read(observation("prod", "1.4.0"))
    snapshot = history.store.snapshots.load([CLUSTER])
    history.read(observation("prod", "1.5.0"))
    assert history.store.snapshots.refresh(snapshot) == snapshot
