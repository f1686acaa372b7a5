"""Drift counts are stored in one row per hour, then per day, however many processes count."""

from datetime import UTC, datetime, timedelta

from reldash.domain.drift.counts import DriftCount
from reldash.domain.drift.states import State
from reldash.store import Store
from reldash.store.drift_counts import DAILY_FOR, HOURLY_FOR

BEGAN = datetime(2026, 11, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def count(at: datetime, drifting: int = 1, environment: str = "prod") -> DriftCount:
    return DriftCount("platform", environment, at, drifting, {State.AHEAD: drifting})


def test_counts_come_back_oldest_first(store: Store) -> None:
    store.drift_counts.save([count(BEGAN + HOUR, 2), count(BEGAN + HOUR, 3, "dev")])
    store.drift_counts.save([count(BEGAN)])
    assert store.drift_counts.load("platform", BEGAN) == [
        count(BEGAN),
        count(BEGAN + HOUR, 3, "dev"),
        count(BEGAN + HOUR, 2),
    ]
    assert store.drift_counts.load("platform", BEGAN + 2 * HOUR) == []
    assert store.drift_counts.load("other", BEGAN) == []


def test_of_an_hour_the_last_count_stays(store: Store) -> None:
    for drifting in (1, 1, 5):
        store.drift_counts.save([count(BEGAN, drifting)])
    assert store.drift_counts.load("platform", BEGAN) == [count(BEGAN, 5)]


def test_of_days_long_ago_the_last_hour_stays(store: Store) -> None:
    for hour in range(30):
        store.drift_counts.save([count(BEGAN + hour * HOUR, hour)])
    now = BEGAN + HOURLY_FOR + 2 * DAY
    store.drift_counts.save([count(now)])
    assert store.drift_counts.load("platform", BEGAN) == [
        count(BEGAN + 23 * HOUR, 23),
        count(BEGAN + 29 * HOUR, 29),
        count(now),
    ]


def test_what_is_too_old_goes(store: Store) -> None:
    store.drift_counts.save([count(BEGAN)])
    store.drift_counts.save([count(BEGAN + DAILY_FOR + HOUR)])
    assert store.drift_counts.load("platform", BEGAN) == [count(BEGAN + DAILY_FOR + HOUR)]


def test_a_state_of_another_version_of_the_program_is_passed_over(store: Store) -> None:
    store.drift_counts.save([count(BEGAN)])
    with store._transaction() as connection:  # noqa: SLF001 - what no program of today writes
        connection.exec_driver_sql("UPDATE drift_counts SET states = states || '{\"bygone\": 2}'")
    assert store.drift_counts.load("platform", BEGAN) == [count(BEGAN)]
