"""Many rows in one statement.

Rows to write are sent as one JSON text, which Postgres takes apart by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.sql.selectable import TableValuedAlias

from reldash.store.encoding import encode_cleaned

_ROWS = "rows"
_AT_ONCE = 5_000  # rows a statement, so that its text stays a few MB long


def given(table: Table, names: Sequence[str]) -> TableValuedAlias:
    """The rows that `execute` is given, to be used in a statement like a table.

    They have the columns of `table` that are named. Text for a bytea column is as `to_bytea` says.
    """
    rows = func.jsonb_to_recordset(cast(bindparam(_ROWS, type_=Text), JSONB))
    columns = [column(name, table.c[name].type) for name in names]
    return rows.table_valued(*columns).render_derived(name="given", with_types=True)


def insert_given(table: Table, names: Sequence[str]) -> Insert:
    """A statement that inserts the rows given, with the columns named."""
    rows = given(table, names)
    return insert(table).from_select(list(names), select(rows))


def execute(connection: Connection, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Execute a statement made with `given` or `insert_given`; no rows, no statement.

    Text that Postgres would refuse is cleaned on the way (`encoding`).
    """
    listed = list(rows)
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        connection.execute(statement, {_ROWS: encode_cleaned(part)})


def count(connection: Connection, statement: Any, rows: Iterable[Mapping[str, Any]]) -> int:
    """The sum of what a statement counts, made with `given`; no rows, no statement."""
    listed = list(rows)
    parts = (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
    return sum(connection.scalar(statement, {_ROWS: encode_cleaned(part)}) for part in parts)


def add_missing(table: Table, names: Sequence[str]) -> Insert:
    """A statement for `save_missing`: it adds the rows given that are not there yet."""
    return insert_given(table, names).on_conflict_do_nothing()


def save_missing(
    connection: Connection, statement: Insert, rows: Mapping[str, Mapping[str, Any]]
) -> None:
    """Make sure that rows are there, by their ids, and stay until the transaction ends.

    Those that are there are kept from retention. The others are added in the order of their ids:
    two recordings that add the same ones would else wait for each other.
    """
    if not rows:
        return
    table = statement.table
    query = select(cast(table.c.id, Text)).where(is_any(table.c.id, rows))
    known = set(connection.scalars(query.with_for_update(read=True, key_share=True)))
    execute(connection, statement, [rows[i] for i in sorted(rows.keys() - known)])


def to_bytea(value: bytes) -> str:
    """Bytes as Postgres reads them from text."""
    return "\\x" + value.hex()


def is_any(column: ColumnElement[str], ids: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column of ids holds one of these: one parameter, however many there are.

    It is Postgres's own text of an array: a hundred thousand are then but one text to the driver.
    """
    listed = literal("{" + ",".join(ids) + "}", Text)
    return column == func.any(cast(listed, ARRAY(Uuid(as_uuid=False))))
