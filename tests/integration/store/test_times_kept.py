"""Times come back from the database as they were written, to the microsecond."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, DateTime, Text, cast, literal, select, text

from reldash.store.engine import make_engine, parse_url

_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=_ZONES)  # noqa: DTZ001 - their zones are drawn


@pytest.fixture(scope="module")
def connection(new_database: Callable[[], str]) -> Iterator[Connection]:
    """A connection as the store makes them."""
    engine = make_engine(parse_url(new_database()))
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def read(connection: Connection, at: datetime) -> datetime | None:
    """A time that goes to the database and back."""
    written = cast(literal(at.isoformat(), Text), DateTime(timezone=True))
    return connection.scalar(select(written))


@settings(deadline=None)
@given(_TIMES)
def test_any_time_comes_back_in_utc(connection: Connection, at: datetime) -> None:
    found = read(connection, at)
    assert found == at
    assert found.tzinfo is UTC


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"])
def test_a_session_whose_zone_somebody_changed_means_the_same_moment(
    connection: Connection, zone: str
) -> None:
    at = datetime(2026, 3, 29, 1, 30, 0, 250_000, tzinfo=UTC)
    connection.execute(text("SELECT set_config('timezone', :zone, true)"), {"zone": zone})
    assert read(connection, at) == at
    connection.rollback()


def test_no_time_is_none(connection: Connection) -> None:
    assert connection.scalar(select(cast(None, DateTime(timezone=True)))) is None
