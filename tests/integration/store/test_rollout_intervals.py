"""Rollouts in the store: opened, closed, never overlapping."""

import random
from datetime import timedelta
from itertools import pairwise
from typing import Any

import psycopg2.errors
import pytest

from reldash.domain.workloads.observations import (
    ContainerRole,
    Revision,
    Rollout,
    RolloutSource,
    Sighting,
    WorkloadKind,
)
from reldash.domain.workloads.reads import Unread
from tests.integration.store.reads import CLUSTER, HOUR, MINUTE, History
from tests.unit.builders import NOW, REGISTRY, observation, running


def revision(number: int, version: str, hours_ago: float) -> Revision:
    return Revision(
        cluster=CLUSTER,
        namespace="shop",
        kind=WorkloadKind.DEPLOYMENT,
        workload="api",
        number=number,
        created_at=NOW - hours_ago * HOUR,
        template_hash=f"h{number}",
        images=(("api", ContainerRole.MAIN, f"{REGISTRY}/api:{version}"),),
    )


REVISIONS = [revision(1, "1", 3), revision(2, "2", 2), revision(3, "3", 1)]


def test_a_changed_image_closes_an_interval_and_opens_the_next(history: History) -> None:
    history.read(observation(version="1"), at=NOW)
    history.read(observation(version="1"), at=NOW + MINUTE)
    history.read(observation(version="2"), at=NOW + 2 * MINUTE)
    assert history.intervals == [("1", 0, 2), ("2", 2, None)]


def test_a_rollout_has_digests_and_the_time_it_was_ready(history: History) -> None:
    starting = observation(
        ready=0, running=(running(f"{REGISTRY}/api:1.4.2", ready=0, image_id=""),)
    )
    history.read(starting, at=NOW)
    assert [(r.digests, r.ready_at) for r in history.rollouts] == [((), None)]
    started = observation()
    history.read(started, at=NOW + MINUTE)
    (rollout,) = history.rollouts
    assert started.running is not None
    assert rollout.digests == (started.running[0].image_id,)
    assert (rollout.started_at, rollout.ready_at) == (NOW, NOW + MINUTE)


def test_a_deleted_workload_ends_and_a_new_one_of_its_name_starts_a_rollout(
    history: History,
) -> None:
    history.read(observation(version="1"), at=NOW)
    history.read(at=NOW + MINUTE)
    history.read(at=NOW + 2 * MINUTE)
    history.read(observation(version="1"), at=NOW + 3 * MINUTE)
    assert history.intervals == [("1", 0, 1), ("1", 3, None)]


def test_an_unread_workload_runs_on(history: History) -> None:
    history.read(observation(version="1"), at=NOW)
    history.read(at=NOW + MINUTE, unread=[Unread("Deployment", None, "Not allowed", "403")])
    assert history.intervals == [("1", 0, None)]


@pytest.mark.parametrize("back", [timedelta(seconds=1), HOUR], ids=["a second", "an hour"])
def test_clocks_that_step_back_neither_fail_nor_overlap(history: History, back: timedelta) -> None:
    history.read(observation(version="1"), at=NOW)
    history.read(observation(version="2"), at=NOW - back)
    history.read(at=NOW - 2 * back)
    history.read(observation(version="3"), at=NOW - 3 * back)
    assert history.intervals == [("1", 0, 0), ("2", 0, 0), ("3", 0, None)]


def test_no_sequence_of_reads_makes_intervals_overlap(history: History) -> None:
    chance = random.Random(7)  # noqa: S311 - the same reads in every run
    for _ in range(60):
        at = NOW + chance.randrange(-30, 30) * MINUTE
        version = chance.choice(["1", "2", "3", ""])
        build = chance.choice("xy")
        seen = [observation(version=version, build=build)] if version else []
        history.read(*seen, at=at, revisions=chance.choice([None, REVISIONS]))
    rollouts = history.rollouts
    for rollout in rollouts[:-1]:
        assert rollout.ended_at is not None
    assert all(
        before.ended_at is not None and before.ended_at <= after.started_at
        for before, after in pairwise(rollouts)
    )


def test_the_database_itself_refuses_intervals_that_overlap(
    history: History, connection: Any
) -> None:
    history.read(observation())
    with connection.cursor() as cursor, pytest.raises(psycopg2.errors.ExclusionViolation):
        cursor.execute(
            "INSERT INTO rollouts (container_id, build_id, started_at, ended_at, source)"
            " SELECT container_id, build_id, started_at + interval '1 s', now(), source"
            " FROM rollouts"
        )


def test_revisions_give_the_history_before_first_contact(history: History) -> None:
    history.read(observation(version="3"), at=NOW, revisions=REVISIONS)
    assert history.intervals == [("1", -180, -120), ("2", -120, -60), ("3", -60, None)]
    assert {r.source for r in history.rollouts} == {RolloutSource.REVISION}
    history.read(observation(version="4"), at=NOW + MINUTE, revisions=REVISIONS)
    assert history.intervals[2:] == [("3", -60, 1), ("4", 1, None)]


def test_revisions_read_late_go_before_what_was_observed_since(history: History) -> None:
    refused = [Unread("ReplicaSet", None, "Not allowed", "403")]
    history.read(observation(version="3"), at=NOW, revisions=[], unread=refused)
    history.read(observation(version="4"), at=NOW + MINUTE)
    told = [*REVISIONS, revision(4, "4", 0)]
    history.read(observation(version="4"), at=NOW + 2 * MINUTE, revisions=told)
    expected = [("1", -180, -120), ("2", -120, -60), ("3", -60, 1), ("4", 1, None)]
    assert history.intervals == expected
    history.read(observation(version="4"), at=NOW + 3 * MINUTE, revisions=told)
    assert history.intervals == expected


def test_rollouts_are_listed_newest_first_and_by_cluster_and_time(history: History) -> None:
    history.read(observation(version="1"), observation(service="web", version="9"), at=NOW)
    history.read(observation(version="2"), observation(service="web", version="9"))

    def images(found: list[Rollout]) -> list[str]:
        return [rollout.image.rpartition("/")[2] for rollout in found]

    assert images(history.store.history.load_rollouts(limit=1)) == ["api:2"]
    assert images(history.store.history.load_rollouts(since=NOW + MINUTE)) == ["api:2"]
    assert set(images(history.store.history.load_rollouts(clusters=[CLUSTER]))) == {
        "api:1", "api:2", "web:9",
    }  # fmt: skip
    assert history.store.history.load_rollouts(clusters=["other"]) == []


def test_rollouts_can_be_had_of_some_containers_alone(history: History) -> None:
    api, shop = observation(service="api"), observation(service="shop")
    history.read(api, shop)
    history.read(observation("prod", "2", service="api"), shop)
    found = history.store.history.load_rollouts(of=[api.key])
    assert [rollout.key for rollout in found] == [api.key, api.key]
    assert len(history.store.history.load_rollouts(of=[api.key, shop.key])) == 3
    assert history.store.history.load_rollouts(of=[]) == []


def test_a_sighting_folds_all_intervals_of_one_image(history: History) -> None:
    for version in ("1", "2", "1"):
        history.read(observation(version=version, build="same"))
    first, last = (o for o in history.rollouts if o.image.endswith(":1"))
    sightings = {s.image[-1]: s for s in history.store.snapshots.load([CLUSTER]).sightings}
    assert sightings["1"] == Sighting(
        key=first.key,
        image=first.image,
        digests=first.digests,
        first_started_at=first.started_at,
        current_started_at=last.started_at,
        last_ended_at=None,
        ready_at=first.ready_at,
        source=RolloutSource.OBSERVED,
    )
    assert sightings["2"].current_started_at is None
    assert sightings["2"].last_ended_at == last.started_at
