"""Many rows in one statement.

Rows to write are sent as one JSON text, which Postgres parses itself.
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
_BATCH = 5_000  # rows per statement, so that its text stays a few MB long

RowValues = dict[str, Any]  # a row to be written: values by column name


def given_rows(table: Table, names: Sequence[str]) -> TableValuedAlias:
    """The rows passed to `execute`, as a table to be used in a statement.

    They have the named columns of `table`. Values of bytea columns are text made by `to_bytea`.
    """
    rows = func.jsonb_to_recordset(cast(bindparam(_ROWS, type_=Text), JSONB))
    columns = [column(name, table.c[name].type) for name in names]
    return rows.table_valued(*columns).render_derived(name="given", with_types=True)


def insert_rows(table: Table, names: Sequence[str]) -> Insert:
    """A statement that inserts the rows passed to `execute`, with the named columns."""
    rows = given_rows(table, names)
    return insert(table).from_select(list(names), select(rows))


def execute(connection: Connection, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Execute a statement made with `given_rows` or `insert_rows`; without rows, do nothing.

    Text that Postgres would reject is cleaned (see `encoding`).
    """
    listed = list(rows)
    for start in range(0, len(listed), _BATCH):
        part = listed[start : start + _BATCH]
        connection.execute(statement, {_ROWS: encode_cleaned(part)})


def count(connection: Connection, statement: Any, rows: Iterable[Mapping[str, Any]]) -> int:
    """The sum of the counts that a statement made with `given_rows` returns; 0 without rows."""
    listed = list(rows)
    parts = (listed[start : start + _BATCH] for start in range(0, len(listed), _BATCH))
    return sum(connection.scalar(statement, {_ROWS: encode_cleaned(part)}) for part in parts)


def insert_missing(table: Table, names: Sequence[str]) -> Insert:
    """A statement for `save_missing`: inserts the rows that do not exist yet."""
    return insert_rows(table, names).on_conflict_do_nothing()


def save_missing(
    connection: Connection, statement: Insert, rows: Mapping[str, Mapping[str, Any]]
) -> None:
    """Insert rows that do not exist, by id; all of them stay until the transaction ends.

    Existing rows are locked against retention. The others are inserted in the order of their ids,
    so that two recordings that insert the same rows do not deadlock.
    """
    if not rows:
        return
    table = statement.table
    query = select(cast(table.c.id, Text)).where(is_one_of(table.c.id, rows))
    known = set(connection.scalars(query.with_for_update(read=True, key_share=True)))
    execute(connection, statement, [rows[i] for i in sorted(rows.keys() - known)])


def to_bytea(value: bytes) -> str:
    """Bytes in Postgres's text format for bytea."""
    return "\\x" + value.hex()


def is_one_of(column: ColumnElement[str], ids: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column of ids holds one of these: one parameter, however many there are.

    The parameter is Postgres's text format of an array: a hundred thousand ids are one string for
    the driver.
    """
    listed = literal("{" + ",".join(ids) + "}", Text)
    return column == func.any(cast(listed, ARRAY(Uuid(as_uuid=False))))
