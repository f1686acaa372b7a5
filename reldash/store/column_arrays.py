"""Rows by the hundred thousand, as columns.

Row by row, the database writes each value out as text and the driver takes it apart again, which
takes longer than finding it. COPY sends the values as they are, and numpy reads them in place.

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


class _Kind(NamedTuple):
    """How values of a type are sent, and kept."""

    sent: str
    kept: str
    null: ColumnElement[Any] | None  # sent in its place; a NaT where it is a time


# Values of each type have one length, so that all rows have.
_KINDS: dict[type[TypeEngine[Any]], _Kind] = {
    Uuid: _Kind("V16", "V16", cast(str(UUID(bytes=NO_ID)), Uuid(as_uuid=False))),
    DateTime: _Kind(">i8", "<m8[us]", cast(text("'-infinity'"), DateTime(timezone=True))),
    BigInteger: _Kind(">i8", "<i8", None),
    Boolean: _Kind("?", "?", None),
}


def load(
    connection: Connection, query: SelectBase, values: Mapping[str, Any] | None = None
) -> Columns:
    """All rows of a query, in its order; `values` are those of its parameters.

    A query with values is taken for a constant of the program: it is kept, as it was compiled.

    Its columns are of exactly the types Uuid, DateTime (with time zone), BigInteger or Boolean; a
    KeyError names any other. Ids come as 16 bytes, NO_ID where they are null; times as durations
    since 2000-01-01 UTC, NaT where they are null or before all time (`times` makes datetimes of
    them); the others must not be null.

    Raises:
        DBAPIError: as executing it would.
        StoreError: a number or a truth is null, or a value is not of the type that was said.
    """
    kinds = {column.name: _KINDS[type(column.type)] for column in query.selected_columns}
    sent, lengths = _layout(kinds)
    copied = BytesIO()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            statement = written(connection, query, values)
            cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", copied)
    except psycopg2.Error as error:
        if driver.closed:
            connection.invalidate(error)  # else rolling back fails, and says less of why
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
    kept = np.empty(count, [(name, kind.kept) for name, kind in kinds.items()])
    for name in kinds:
        kept[name] = rows[name]
    return kept


def written(
    connection: Connection, query: SelectBase, values: Mapping[str, Any] | None = None
) -> str:
    """The query as it is sent, its values in place; nulls give way to what stands for them."""
    compiled = (_compiled if values is None else _compiled_once)(query)
    ready = compiled.construct_expanded_state(dict(values or {}))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        statement: bytes = cursor.mogrify(ready.statement, ready.parameters)
    return statement.decode()


def _compiled(query: SelectBase) -> SQLCompiler:
    rows = query.subquery("found")  # whose order Postgres keeps, as nothing is done but to name it
    given = [
        column if kind.null is None else func.coalesce(column, kind.null)
        for column in rows.c
        for kind in (_KINDS[type(column.type)],)
    ]
    return select(*given).compile(dialect=_DIALECT)


# Queries that take values are constants of the program, and few.
_compiled_once = cache(_compiled)


def _types(query: SelectBase) -> str:
    return ", ".join(str(column.type) for column in query.selected_columns)


def _layout(kinds: dict[str, _Kind]) -> tuple[np.dtype[np.void], dict[str, int]]:
    """A row as it is sent: how many values, and before each its length; what these must be."""
    fields = [("values", ">i2")]
    lengths = {"values": len(kinds)}
    for name, kind in kinds.items():
        fields += [(f"length of {name}", ">i4"), (name, kind.sent)]
        lengths[f"length of {name}"] = np.dtype(kind.sent).itemsize
    return np.dtype(fields), lengths


def times(column: npt.NDArray[Any]) -> list[datetime | None]:
    """Aware datetimes of a column of times, in UTC; None where there is none.

    Raises:
        OverflowError: a time is beyond the year 9999, or infinite.
    """
    return [None if passed is None else _EPOCH + passed for passed in column.tolist()]


def time_of(at: datetime) -> np.timedelta64:
    """An aware datetime as columns have it."""
    return np.timedelta64((at - _EPOCH) // _MICROSECOND, "us")


def texts(ids: Iterable[bytes]) -> list[str]:
    """Ids as a statement takes them."""
    return [i.hex() for i in ids]
