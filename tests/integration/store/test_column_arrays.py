"""Query results as arrays: the values sent, in order, and faults as database errors."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Connection,
    DateTime,
    Text,
    Uuid,
    cast,
    column,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.sql.selectable import SelectBase

from reldash.errors import StoreError
from reldash.store import column_arrays
from reldash.store.engine import faults_of, make_engine, parse_url

_TIMES = st.datetimes(timezones=st.just(UTC))
_IDS = st.uuids(allow_nil=False)
_NUMBERS = st.integers(-(2**63), 2**63 - 1)
_ROWS = st.lists(st.tuples(st.none() | _IDS, st.none() | _TIMES, _NUMBERS, st.booleans()))

_WHEN = DateTime(timezone=True)


def table_of(rows: list[tuple[UUID | None, datetime | None, int, bool]]) -> SelectBase:
    """A query that finds these rows: columns id, at, number, truth."""
    ids, ats, numbers, truths = (list(values) for values in zip(*rows, strict=True))
    given = func.unnest(
        cast([None if i is None else str(i) for i in ids], ARRAY(Uuid(as_uuid=False))),
        cast(ats, ARRAY(_WHEN)),
        cast(numbers, ARRAY(BigInteger)),
        cast(truths, ARRAY(Boolean)),
    ).table_valued(
        column("id", Uuid(as_uuid=False)),
        column("at", _WHEN),
        column("number", BigInteger),
        column("truth", Boolean),
        with_ordinality="place",
    )
    found = given.render_derived()
    return select(found.c.id, found.c.at, found.c.number, found.c.truth).order_by(found.c.place)


@settings(deadline=None)
@given(_ROWS.filter(bool))
def test_any_values_come_back_as_they_are(
    opened: Connection, rows: list[tuple[UUID | None, datetime | None, int, bool]]
) -> None:
    found = column_arrays.load(opened, table_of(rows))
    ids = [column_arrays.NO_ID if i is None else i.bytes for i, _, _, _ in rows]
    assert found["id"].tolist() == ids
    assert column_arrays.datetimes_of(found["at"]) == [at for _, at, _, _ in rows]
    for written, (_, at, _, _) in zip(found["at"], rows, strict=True):
        assert at is None or column_arrays.duration_of(at) == written
    assert found["number"].tolist() == [number for _, _, number, _ in rows]
    assert found["truth"].tolist() == [truth for _, _, _, truth in rows]


def test_times_are_aware_utc(opened: Connection) -> None:
    found = column_arrays.load(opened, select(cast("2026-03-29 01:30+02", _WHEN).label("at")))
    (at,) = column_arrays.datetimes_of(found["at"])
    assert at == datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert at.tzinfo is UTC


def test_no_rows_are_columns_without_values(opened: Connection) -> None:
    found = column_arrays.load(
        opened, select(literal(1, BigInteger).label("n")).where(text("false"))
    )
    assert found["n"].tolist() == []


def test_parameters_are_values_whatever_they_hold(opened: Connection) -> None:
    odd = "100% of :this; 'and' \\ \"that\" %(x)s"
    is_it = text("SELECT :given = :same AS is_it").columns(column("is_it", Boolean))
    assert column_arrays.load(opened, is_it, {"given": odd, "same": odd})["is_it"].tolist() == [
        True
    ]


def test_parameters_go_with_values_of_the_query_itself(opened: Connection) -> None:
    chosen = text("SELECT g AS n FROM generate_series(1, CAST(:last AS bigint)) AS s (g)")
    numbers = chosen.columns(column("n", BigInteger)).subquery()
    query = select(numbers).where(numbers.c.n.in_([2, 3, 9]))
    assert column_arrays.load(opened, query, {"last": 5})["n"].tolist() == [2, 3]


def test_a_number_that_is_null_is_an_error_that_names_the_columns(
    opened: Connection,
) -> None:
    query = select(literal(1, BigInteger).label("n"), cast(None, BigInteger).label("size"))
    expected = "n, size: expected values of BIGINT, BIGINT in every row, found a null"
    with pytest.raises(StoreError, match=expected):
        column_arrays.load(opened, query)


def test_a_null_among_rows_that_make_up_its_length_is_still_found(
    opened: Connection,
) -> None:
    """Seven rows of 14 bytes and seven of 6, which nulls have, are as long as ten rows."""
    query = text(
        "SELECT nullif(n, n * (n % 2)) AS n FROM generate_series(1::bigint, 14) AS numbers (n)"
    ).columns(column("n", BigInteger))
    with pytest.raises(StoreError, match="n: expected values of BIGINT"):
        column_arrays.load(opened, query)


def test_what_takes_too_long_is_an_error_of_the_store(opened: Connection) -> None:
    opened.execute(text("SET LOCAL statement_timeout = '20ms'"))
    slow = text("SELECT pg_sleep(20) IS NULL AS slept").columns(column("slept", Boolean))
    with pytest.raises(StoreError, match="statement timeout"), faults_of("db"):
        column_arrays.load(opened, slow)
    opened.rollback()


def test_a_connection_that_breaks_is_a_database_not_reachable_and_says_why(
    new_database: Callable[[], str],
) -> None:
    engine = make_engine(parse_url(new_database()))
    query = text("SELECT pg_terminate_backend(pg_backend_pid()) AS ended")

    def end() -> None:
        with faults_of("db"), engine.connect() as broken:
            broken.execute(text("SELECT 1"))  # a transaction is open, to be rolled back
            column_arrays.load(broken, query.columns(column("ended", Boolean)))

    with pytest.raises(StoreError, match="closed the connection unexpectedly") as caught:
        end()
    assert caught.value.title == "Database not reachable"
    with engine.connect() as again:
        assert again.scalar(select(literal("there", Text))) == "there"
    engine.dispose()
