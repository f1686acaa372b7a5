"""Times are read from the database as they were written, to the microsecond."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, DateTime, Text, cast, literal, select, text

_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=_ZONES)  # noqa: DTZ001 - their zones are drawn


def read(opened: Connection, at: datetime) -> datetime | None:
    """A time that goes to the database and back."""
    written = cast(literal(at.isoformat(), Text), DateTime(timezone=True))
    return opened.scalar(select(written))


@settings(deadline=None)
@given(_TIMES)
def test_any_time_comes_back_in_utc(opened: Connection, at: datetime) -> None:
    found = read(opened, at)
    assert found == at
    assert found.tzinfo is UTC


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"])
def test_times_are_right_in_a_session_with_another_time_zone(opened: Connection, zone: str) -> None:
    at = datetime(2026, 3, 29, 1, 30, 0, 250_000, tzinfo=UTC)
    opened.execute(text("SELECT set_config('timezone', :zone, true)"), {"zone": zone})
    assert read(opened, at) == at
    opened.rollback()


def test_no_time_is_none(opened: Connection) -> None:
    assert opened.scalar(select(cast(None, DateTime(timezone=True)))) is None
