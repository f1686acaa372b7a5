"""Retention deletes history that ended long ago, and nothing needed today."""

from datetime import datetime
from typing import Any

import pytest

from reldash.domain.workloads.reads import Unread
from tests.integration.store.reads import CLUSTER, HOUR, MINUTE, History
from tests.unit.builders import NOW, observation

LATER = NOW + 1000 * HOUR


def prune(history: History, before: datetime = LATER, limit: int = 100) -> list[int]:
    """What each call removed."""
    removed = []
    while count := history.store.history.prune(before, limit):
        removed.append(count)
    return removed


def counts(connection: Any) -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in ("rollouts", "containers", "builds", "descriptions", "coverage"):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - fixed names
            found[table] = cursor.fetchone()[0]
    return found


def test_what_is_open_and_what_ran_before_it_stays_however_old(history: History) -> None:
    for version in "12345":
        history.read(observation(version=version))
    prune(history)
    assert history.intervals == [("4", 4, 5), ("5", 5, None)]


def test_what_ended_since_stays(history: History) -> None:
    for version in "12345":
        history.read(observation(version=version))
    prune(history, before=NOW + 3.5 * MINUTE)
    assert [version for version, *_ in history.intervals] == ["3", "4", "5"]


def test_nothing_is_left_of_workloads_gone_long_ago(history: History, connection: Any) -> None:
    for version in "123":
        history.read(observation(version=version), observation(service="web"))
    history.read(observation(service="web"))
    prune(history)
    assert counts(connection) == {
        "rollouts": 1, "containers": 1, "builds": 1, "descriptions": 1, "coverage": 1,
    }  # fmt: skip
    history.read(observation(version="3"), observation(service="web"))
    assert len(history.observations) == 2


def test_a_container_whose_history_is_gone_but_that_is_there_stays(
    history: History, connection: Any
) -> None:
    history.read(observation())
    history.read(unread=[Unread("Deployment", None, "Not allowed", "403")])
    connection.cursor().execute("UPDATE rollouts SET ended_at = started_at + interval '1 s'")
    prune(history)
    assert counts(connection)["containers"] == 1


def test_descriptions_that_were_replaced_go(history: History, connection: Any) -> None:
    for team in "abc":
        history.read(observation(labels={"team": team}))
    assert counts(connection)["descriptions"] == 3
    prune(history)
    assert counts(connection)["descriptions"] == 1


def test_the_last_stretch_of_a_cluster_stays(history: History) -> None:
    for hours in (0, 10, 20):
        history.read(at=NOW + hours * HOUR)
    prune(history)
    (kept,) = history.store.history.load_coverage([CLUSTER])[CLUSTER]
    assert kept.from_at == NOW + 20 * HOUR


def test_no_call_removes_more_rows_than_it_may(history: History) -> None:
    for version in range(12):
        history.read(observation(version=str(version)))
    removed = prune(history, limit=3)
    assert max(removed) == 3
    assert sum(removed[:4]) == 10  # intervals first


@pytest.mark.parametrize("table", ["builds", "descriptions", "containers"])
def test_what_a_recording_uses_is_left_alone(history: History, connection: Any, table: str) -> None:
    history.read(observation())
    history.read()
    store = history.store
    while store.history.load_rollouts():
        store.history.prune(LATER, 1)
    connection.autocommit = False
    connection.cursor().execute(f"SELECT 1 FROM {table} FOR KEY SHARE")  # noqa: S608 - fixed
    prune(history)
    assert counts(connection)[table] == 1
    connection.rollback()
    prune(history)
    assert counts(connection)[table] == 0
