"""Snapshots at a past moment: what was known then, and the sightings it is judged by."""

from datetime import datetime

import pytest

from reldash.domain.workloads.observations import Observation, RolloutSource, Running, Sighting
from reldash.domain.workloads.reads import Unread
from tests.integration.store.reads import CLUSTER, HOUR, MINUTE, History
from tests.integration.store.test_rollout_intervals import revision
from tests.unit.builders import NOW, REGISTRY, observation, running


def images(history: History, at: datetime) -> dict[str, str]:
    """By container, the tag of what ran."""
    found = history.store.snapshots.load_at([CLUSTER], at).observations
    return {o.container: o.image.rpartition(":")[2] for o in found}


def seen(history: History, at: datetime | None = None) -> dict[tuple[str, str], Sighting]:
    """By container and tag."""
    store = history.store
    snapshot = store.snapshots.load_at([CLUSTER], at) if at else store.snapshots.load([CLUSTER])
    return {(s.key.container, s.image.rpartition(":")[2]): s for s in snapshot.sightings}


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (-0.5, {}),
        (0, {"api": "1"}),
        (0.9, {"api": "1"}),
        (1, {"api": "2"}),
        (2, {"api": "2", "web": "1"}),
        (3, {"web": "1"}),
        (4, {"api": "2", "web": "1"}),
        (99, {"api": "2", "web": "1"}),
    ],
)
def test_a_moment_has_what_was_open_then(
    history: History, minutes: float, expected: dict[str, str]
) -> None:
    one, two, web = observation(version="1"), observation(version="2"), _web("1")
    for minute, reads in enumerate([[one], [two], [two, web], [web], [two, web]]):
        history.read(*reads, at=NOW + minute * MINUTE)
    assert images(history, NOW + minutes * MINUTE) == expected


def test_a_moment_knows_when_its_cluster_had_been_read(history: History) -> None:
    refused = Unread("Pod", None, "Not allowed", "403")
    history.read(observation(), at=NOW)
    history.read(observation(running=None), at=NOW + MINUTE, unread=[refused])
    history.read(observation(), at=NOW + 2 * HOUR)

    def status(at: datetime) -> tuple[datetime | None, tuple[Unread, ...]]:
        found = history.store.snapshots.load_at([CLUSTER, "never"], at).statuses
        assert found["never"].read_at is None
        return found[CLUSTER].read_at, found[CLUSTER].unread

    assert status(NOW - MINUTE) == (None, ())
    assert status(NOW) == (NOW, ())
    assert status(NOW + HOUR) == (NOW + MINUTE, (refused,))
    assert status(NOW + 3 * HOUR) == (NOW + 2 * HOUR, ())


def test_a_moment_moves_with_the_data(history: History) -> None:
    history.read(observation(version="1"), at=NOW)
    before = history.store.snapshots.load_at([CLUSTER], NOW).revision
    history.read(observation(version="2"))
    after = history.store.snapshots.load_at([CLUSTER], NOW).revision
    assert (before, after) == (1, 2)
    assert history.store.cache_key.load()[0] == after


def test_nothing_that_came_later_is_known(history: History) -> None:
    starting = observation(version="1", ready=0, running=_none_ready("1"))
    history.read(starting, at=NOW)
    history.read(observation(version="1"), at=NOW + 2 * MINUTE)
    history.read(observation(version="2"), at=NOW + 4 * MINUTE)
    at_first = seen(history, NOW + MINUTE)["api", "1"]
    assert (at_first.current_started_at, at_first.last_ended_at) == (NOW, None)
    assert at_first.ready_at is None
    assert seen(history, NOW + 3 * MINUTE)["api", "1"].ready_at == NOW + 2 * MINUTE
    assert set(seen(history, NOW + 3 * MINUTE)) == {("api", "1")}
    later = seen(history, NOW + 5 * MINUTE)["api", "1"]
    assert later.last_ended_at == NOW + 4 * MINUTE


def test_rollouts_that_ended_before_any_running_one_started_are_left_out(history: History) -> None:
    for version in "12345":
        history.read(observation(version=version))
    # What ran just before is known: it ended when the one that runs began.
    assert set(seen(history)) == {("api", "4"), ("api", "5")}
    assert set(seen(history, NOW + 3.5 * MINUTE)) == {("api", "2"), ("api", "3")}


def test_where_what_runs_ran_before_is_known_however_long_ago(history: History) -> None:
    stg = observation(version="1", namespace="stg", service="api")
    history.read(stg)
    for version in "234":
        history.read(observation(version=version, namespace="stg"))
    history.read(observation(version="4", namespace="stg"), observation(version="1"))
    found = {(s.key.namespace, s.image[-1]) for s in _sightings(history)}
    # All since version 1, which runs again, first came: its releases are counted and waited for.
    assert found == {("stg", "1"), ("stg", "2"), ("stg", "3"), ("stg", "4"), ("shop", "1")}


def test_a_copy_by_digest_and_a_rebuilt_tag_are_related(history: History) -> None:
    copy = observation(service="other", image="mirror.example.com/x/other:9", build="same")
    anew = observation(service="web", image="mirror.example.com/y/web:7", build="then")
    history.read(copy, anew, at=NOW)
    history.read(_web("7", build="now"), at=NOW + MINUTE)
    one = observation(version="1", build="same")
    history.read(one, _web("7", build="now"), at=NOW + 2 * MINUTE)
    found = {(s.key.container, s.image) for s in _sightings(history)}
    runs = {("api", one.image), ("web", f"{REGISTRY}/web:7")}
    assert found == runs | {("other", copy.image), ("web", anew.image)}


def test_the_last_of_what_is_gone_is_known(history: History) -> None:
    for version in "123":
        history.read(observation(version=version), _web("1"))
    history.read(_web("1"))
    for version in "23":
        history.read(_web(version))
    assert set(seen(history)) == {("api", "3"), ("web", "2"), ("web", "3")}


def test_a_rollback_is_one_sighting_with_its_first_start(history: History) -> None:
    for version in "121":
        history.read(observation(version=version, build="b"))
    found = seen(history)["api", "1"]
    assert (found.first_started_at, found.current_started_at) == (NOW + MINUTE, NOW + 3 * MINUTE)
    assert found.last_ended_at is None
    before = seen(history, NOW + 2.5 * MINUTE)["api", "1"]
    assert (before.current_started_at, before.last_ended_at) == (None, NOW + 2 * MINUTE)


def test_revisions_are_known_for_moments_before_the_first_read(history: History) -> None:
    told = [revision(1, "1", hours_ago=3), revision(2, "2", hours_ago=2)]
    history.read(observation(version="2"), at=NOW, revisions=told)
    assert images(history, NOW - 2.5 * HOUR) == {"api": "1"}
    assert images(history, NOW - HOUR) == {"api": "2"}
    assert images(history, NOW - 4 * HOUR) == {}


def test_a_build_from_revisions_that_reads_saw_again_is_observed(history: History) -> None:
    told = [revision(1, "1", hours_ago=3), revision(2, "2", hours_ago=2)]
    history.read(observation(version="2", build=None), at=NOW, revisions=told)
    of_revisions = seen(history)["api", "1"]
    assert of_revisions.source is RolloutSource.REVISION
    unread = observation(version="1", running=None)
    history.read(unread, at=NOW + MINUTE)
    again = seen(history)["api", "1"]
    assert again.source is RolloutSource.OBSERVED
    assert (again.first_started_at, again.current_started_at) == (NOW - 3 * HOUR, NOW + MINUTE)


def test_what_ended_twice_ended_last_when_it_ended_again(history: History) -> None:
    for version in "12123":
        history.read(observation(version=version, build="b"))
    history.read(observation(version="1", namespace="stg", build="b"), observation(version="3"))
    ended = next(s for s in _sightings(history) if (s.key.namespace, s.image[-1]) == ("shop", "1"))
    assert (ended.first_started_at, ended.last_ended_at) == (NOW + MINUTE, NOW + 4 * MINUTE)
    assert ended.current_started_at is None


def test_no_clusters_have_nothing_at_any_moment(history: History) -> None:
    history.read(observation())
    for snapshot in (history.store.snapshots.load([]), history.store.snapshots.load_at([], NOW)):
        assert not snapshot.observations
        assert not snapshot.sightings


def _web(version: str, build: str | None = None) -> Observation:
    return observation(service="web", version=version, build=build)


def _none_ready(version: str) -> tuple[Running, ...]:
    return (running(f"{REGISTRY}/api:{version}", ready=0),)


def _sightings(history: History) -> tuple[Sighting, ...]:
    return history.store.snapshots.load([CLUSTER]).sightings
