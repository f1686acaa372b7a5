"""Clocks that step back between reads: intervals never overlap, and no change is lost."""

from contextlib import closing
from datetime import timedelta
from itertools import pairwise

import psycopg2
import psycopg2.errors
import pytest

from reldash.store import Store
from tests.integration.store.reads import CLUSTER, HOUR, MINUTE, History
from tests.unit.builders import NOW, observation

DAY = timedelta(days=1)
STEPS = [timedelta(seconds=1), timedelta(seconds=90), 5 * HOUR, 40 * DAY]


@pytest.fixture
def history(store: Store) -> History:
    return History(store)


def versions(history: History) -> list[str]:
    return [rollout.image.rpartition(":")[2] for rollout in history.rollouts]


def assert_in_order(history: History) -> None:
    assert all(
        before.ended_at is not None and before.ended_at <= after.started_at
        for before, after in pairwise(history.rollouts)
    )
    covered = history.store.history.load_coverage([CLUSTER])[CLUSTER]
    assert all(one.from_at <= one.until_at for one in covered)
    assert all(before.until_at < after.from_at for before, after in pairwise(covered))


@pytest.mark.parametrize("back", STEPS, ids=str)
@pytest.mark.parametrize("after", [1, 3, 4, 5])
def test_a_step_back_after_any_read_loses_no_change(
    history: History, back: timedelta, after: int
) -> None:
    at = NOW
    for number, version in enumerate(["1", "2", "2", "3", "", "3"]):
        at += MINUTE
        if number == after:
            at -= back
        history.read(*([observation(version=version)] if version else []), at=at)
    assert versions(history) == ["1", "2", "3", "3"]
    assert history.rollouts[-1].ended_at is None
    assert_in_order(history)


@pytest.mark.parametrize("back", STEPS, ids=str)
def test_a_clock_that_steps_back_at_every_read_loses_no_change(
    history: History, back: timedelta
) -> None:
    expected = ["1", "2", "3", "2", "1", "4"]
    for number, version in enumerate(expected):
        history.read(observation(version=version), at=NOW - number * back)
    assert versions(history) == expected
    assert_in_order(history)


@pytest.mark.parametrize("back", STEPS, ids=str)
def test_a_step_back_does_not_shorten_coverage(history: History, back: timedelta) -> None:
    seen = observation()
    history.read(seen, at=NOW)
    history.read(seen, at=NOW + MINUTE)
    history.read(seen, at=NOW + MINUTE - back)
    covered = history.store.history.load_coverage([CLUSTER])[CLUSTER]
    assert max(one.until_at for one in covered) == NOW + MINUTE
    assert_in_order(history)


def test_the_last_read_is_current_whatever_its_clock(history: History) -> None:
    history.read(observation(version="1"), at=NOW + 30 * DAY)
    history.read(observation(version="2"), at=NOW)
    snapshot = history.store.snapshots.load([CLUSTER])
    assert [o.image.rpartition(":")[2] for o in snapshot.observations] == ["2"]
    (open_,) = (s for s in snapshot.sightings if s.current_started_at is not None)
    assert open_.image.endswith(":2")


# Times of a row that overlaps the existing one.
INTERVALS = {
    "within": "started_at + interval '1 s', ended_at - interval '1 s'",
    "over its end": "ended_at - interval '1 s', ended_at + interval '9 s'",
    "over its start": "started_at - interval '9 s', started_at + interval '1 s'",
    "around it": "started_at - interval '9 s', ended_at + interval '9 s'",
    "from within it for ever": "ended_at - interval '1 s', NULL",
    "the same": "started_at, ended_at",
}
COVERAGES = {
    "within": "from_at + interval '1 s', until_at - interval '1 s'",
    "from its very end": "until_at, until_at + interval '9 s'",
    "until its very start": "from_at - interval '9 s', from_at",
}


@pytest.mark.parametrize(
    ("table", "columns", "times"),
    [("rollouts", "started_at, ended_at, container_id, build_id, source", each)
     for each in INTERVALS.values()]
    + [("coverage", "from_at, until_at, cluster, unread", each) for each in COVERAGES.values()],
    ids=[f"interval {each}" for each in INTERVALS] + [f"coverage {each}" for each in COVERAGES],
)  # fmt: skip
def test_the_database_rejects_overlapping_rows(
    history: History, database_url: str, table: str, columns: str, times: str
) -> None:
    history.read(observation(version="1"), at=NOW)
    history.read(at=NOW + MINUTE)
    others = ", ".join(columns.split(", ")[2:])
    insert = f"INSERT INTO {table} ({columns}) SELECT {times}, {others} FROM {table}"  # noqa: S608 - of the texts above
    with (
        closing(psycopg2.connect(database_url)) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.ExclusionViolation),
    ):
        cursor.execute(insert)
