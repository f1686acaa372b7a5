"""Descriptions of containers are stored with each rollout, and only if they change."""

from datetime import timedelta
from typing import Any

from reldash.domain.rollouts.records import RolloutRecord
from reldash.store.history.builds import description_of
from tests.integration.store.reads import CLUSTER, MINUTE, History
from tests.integration.store.test_rollout_intervals import REVISIONS
from tests.unit.builders import NOW, observation


def records(history: History) -> list[RolloutRecord]:
    """The oldest first."""
    return history.store.history.load_records(clusters=[CLUSTER])[::-1]


def count(connection: Any, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a fixed name
        return int(cursor.fetchone()[0])


def test_an_interval_is_described_as_its_workload_was_last_read_in_it(history: History) -> None:
    first = observation(version="1", labels={"team": "a"})
    second = observation(version="1", labels={"team": "b"}, position=2, default_container="api")
    third = observation(version="2", labels={"team": "c"}, annotations={"note": "x"})
    for one in (first, second, third):
        history.read(one)
    assert [r.description for r in records(history)] == [
        description_of(second),
        description_of(third),
    ]
    assert history.intervals == [("1", 1, 3), ("2", 3, None)]


def test_replicas_status_and_times_of_conditions_are_no_description(
    history: History, connection: Any
) -> None:
    for ready in range(5):
        history.read(observation(ready=ready, wanted=7, uid=str(ready)))
    assert [count(connection, t) for t in ("rollouts", "descriptions", "builds")] == [1, 1, 1]


def test_a_build_is_stored_once_however_often_and_wherever_it_ran(
    history: History, connection: Any
) -> None:
    for version in ("1", "2") * 5:
        places = [observation(version=version, namespace=name) for name in ("a", "b", "c")]
        history.read(*places)
    assert [count(connection, t) for t in ("rollouts", "builds", "descriptions")] == [30, 2, 1]


def test_rollouts_from_revisions_have_the_current_description(history: History) -> None:
    o = observation(version="3", labels={"team": "a"})
    history.read(o, at=NOW, revisions=REVISIONS)
    assert [r.description for r in records(history)] == [description_of(o)] * 3


def test_a_recreated_workload_has_a_new_description(history: History) -> None:
    history.read(observation())
    anew = observation(created_at=NOW + MINUTE, uid="another")
    history.read(anew)
    (record,) = records(history)
    assert record.description == description_of(anew)


def test_records_touch_the_requested_time(history: History) -> None:
    for version in "123":
        history.read(observation(version=version))  # from 1, 2 and 3 minutes on

    def found(since: float | None, until: float | None) -> str:
        loaded = history.store.history.load_records(
            clusters=[CLUSTER],
            since=None if since is None else NOW + timedelta(minutes=since),
            until=None if until is None else NOW + timedelta(minutes=until),
        )
        return "".join(record.rollout.image[-1] for record in loaded)

    assert found(None, None) == "321"
    assert found(2, None) == "32"
    assert found(1.5, None) == "321"
    assert found(None, 2) == "1"
    assert found(None, 2.5) == "21"
    assert found(9, None) == "3"
    assert found(None, 1) == ""


def test_an_interval_that_clocks_made_empty_is_found_at_its_moment(history: History) -> None:
    history.read(observation(version="1"), at=NOW)
    history.read(observation(version="2"), at=NOW - MINUTE)
    history.read(observation(version="3"), at=NOW + MINUTE)
    found = history.store.history.load_records(clusters=[CLUSTER], since=NOW)
    assert [r.rollout.image[-1] for r in found] == ["3", "2", "1"]


def test_records_are_had_of_clusters_containers_and_builds(history: History) -> None:
    api, web = observation(), observation(service="web", version="2")
    history.read(api, web)
    store = history.store
    assert len(store.history.load_records(clusters=[CLUSTER])) == 2
    assert len(store.history.load_records(clusters=[CLUSTER], limit=1)) == 1
    assert store.history.load_records(clusters=["other"]) == []
    assert store.history.load_records(clusters=[]) == []
    (only,) = store.history.load_records(clusters=[CLUSTER], of=[web.key])
    assert only.rollout.key == web.key
    (build,) = store.history.find_builds("web:2", 10)
    assert store.history.load_records(clusters=[CLUSTER], builds=[build.id]) == [only]
    assert store.history.load_records(clusters=[CLUSTER], builds=[]) == []
