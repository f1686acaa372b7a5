"""Query results as numpy arrays, for hundreds of thousands of rows.

Fetched row by row, the server formats each value as text and the driver parses it, which takes
longer than the query. COPY sends binary values, and numpy reads them in place.

Format: https://www.postgresql.org/docs/current/sql-copy.html ("Binary Format"); a `uuid` is its 16
bytes, a `timestamptz` microseconds since 2000-01-01 UTC.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
import psycopg2
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    DateTime,
    Uuid,
    cast,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine

from reldash.errors import StoreError

# A structured array; a field for each column of the query, under its name.
Columns = npt.NDArray[np.void]

NO_ID: Final = bytes(16)  # in place of an id that is null
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_HEADER: Final = 19  # bytes: the signature and two numbers
_TRAILER: Final = 2
_DIALECT: Final = make_url("postgresql+psycopg2://").get_dialect()()


class _ColumnType(NamedTuple):
    """The binary formats of an SQL type, as numpy dtypes."""

    sent: str  # by Postgres
    result: str  # in the array
    null: ColumnElement[Any] | None  # sent in place of null; becomes NaT for a time


# Values of each type have one length, so that all rows have.
_COLUMN_TYPES: dict[type[TypeEngine[Any]], _ColumnType] = {
    Uuid: _ColumnType("V16", "V16", cast(str(UUID(bytes=NO_ID)), Uuid(as_uuid=False))),
    DateTime: _ColumnType(">i8", "<m8[us]", cast(text("'-infinity'"), DateTime(timezone=True))),
    BigInteger: _ColumnType(">i8", "<i8", None),
    Boolean: _ColumnType("?", "?", None),
}


def load(
    connection: Connection, query: SelectBase, values: Mapping[str, Any] | None = None
) -> Columns:
    """All rows of a query, in its order; `values` are those of its parameters.

    A query with values must be a constant of the program: its compiled form is cached.

    Its columns are of exactly the types Uuid, DateTime (with time zone), BigInteger or Boolean; a
    KeyError names any other. Ids are returned as 16 bytes, NO_ID for null; times as durations
    since 2000-01-01 UTC, NaT for null or -infinity (`datetimes_of` converts them to datetimes);
    the others must not be null.

    Raises:
        DBAPIError: as executing the query would.
        StoreError: a number or a boolean is null, or a value is not of the declared type.
    """
    kinds = {column.name: _COLUMN_TYPES[type(column.type)] for column in query.selected_columns}
    sent, lengths = _layout(kinds)
    copied = BytesIO()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            statement = render_sql(connection, query, values)
            cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", copied)
    except psycopg2.Error as error:
        if driver.closed:
            connection.invalidate(error)  # else the rollback fails with a less helpful error
        raise DBAPIError.instance(None, None, error, psycopg2.Error) from error
    data = copied.getbuffer()
    count, rest = divmod(len(data) - _HEADER - _TRAILER, sent.itemsize)
    rows = np.frombuffer(data, sent, count, _HEADER)
    wrong = [field for field, length in lengths.items() if (rows[field] != length).any()]
    if rest or wrong:
        raise StoreError(
            "Database error",
            f"{', '.join(kinds)}: expected values of {_types(query)} in every row, found a null or"
            " another type",
        )
    result = np.empty(count, [(name, kind.result) for name, kind in kinds.items()])
    for name in kinds:
        result[name] = rows[name]
    return result


def render_sql(
    connection: Connection, query: SelectBase, values: Mapping[str, Any] | None = None
) -> str:
    """The query's SQL with its values inserted, and nulls replaced by their stand-ins."""
    compiled = (_compiled if values is None else _compiled_once)(query)
    ready = compiled.construct_expanded_state(dict(values or {}))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        statement: bytes = cursor.mogrify(ready.statement, ready.parameters)
    return statement.decode()


def _compiled(query: SelectBase) -> SQLCompiler:
    rows = query.subquery("found")  # Postgres keeps its order: the outer query only selects
    given = [
        column if kind.null is None else func.coalesce(column, kind.null)
        for column in rows.c
        for kind in (_COLUMN_TYPES[type(column.type)],)
    ]
    return select(*given).compile(dialect=_DIALECT)


# Queries that take values are constants of the program, and few.
_compiled_once = cache(_compiled)


def _types(query: SelectBase) -> str:
    return ", ".join(str(column.type) for column in query.selected_columns)


def _layout(kinds: dict[str, _ColumnType]) -> tuple[np.dtype[np.void], dict[str, int]]:
    """The dtype of a row as sent (number of values, then each with its length), and the lengths."""
    fields = [("values", ">i2")]
    lengths = {"values": len(kinds)}
    for name, kind in kinds.items():
        fields += [(f"length of {name}", ">i4"), (name, kind.sent)]
        lengths[f"length of {name}"] = np.dtype(kind.sent).itemsize
    return np.dtype(fields), lengths


def datetimes_of(column: npt.NDArray[Any]) -> list[datetime | None]:
    """A column of times as aware datetimes in UTC; None for NaT.

    Raises:
        OverflowError: a time is after the year 9999, or infinite.
    """
    return [None if passed is None else _EPOCH + passed for passed in column.tolist()]


def duration_of(at: datetime) -> np.timedelta64:
    """An aware datetime in the format of a column of times."""
    return np.timedelta64((at - _EPOCH) // _MICROSECOND, "us")


def texts_of_ids(ids: Iterable[bytes]) -> list[str]:
    """Ids in the format that a statement accepts."""
    return [i.hex() for i in ids]
