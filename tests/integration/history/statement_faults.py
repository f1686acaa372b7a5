"""Faults injected between the statements of a transaction, and dumps of the database."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql
from sqlalchemy import Engine, event

# Columns written from the database's clock or counters: different in every run.
_OF_THIS_RUN = {
    "leases": {"acquired_at", "expires_at", "requested_at", "number"},
    "clusters": {"revisions_read_at", "revisions_due_at"},
    "rollouts": {"id"},
    "coverage": {"id"},
}
_TABLES = ("containers", "observations", "rollouts", "builds", "descriptions", "coverage",
           "clusters", "leases")  # fmt: skip

Fault = Callable[[Any], None]  # called with the DBAPI connection of the next statement


class Crash(BaseException):
    """Simulated death of the process; a BaseException, so that nothing handles it."""


def crash(_connection: Any) -> None:
    """Simulate the death of the process."""
    raise Crash


def cut(connection: Any) -> None:
    """Make the server close the connection, and wait until it is closed."""
    address = {**connection.info.dsn_parameters, "password": connection.info.password}
    with closing(psycopg2.connect(**address)) as other:
        other.autocommit = True
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])


@contextmanager
def statements(before: Callable[[int, Any], None]) -> Iterator[list[str]]:
    """Call `before` with the number of each statement and commit before it is executed.

    Yields the statements executed so far, including "COMMIT".
    """
    made: list[str] = []

    def execute(_c: Any, cursor: Any, statement: str, *_: object) -> None:
        before(len(made), cursor.connection)
        made.append(statement)

    def commit(connection: Any) -> None:
        before(len(made), connection.connection.dbapi_connection)
        made.append("COMMIT")

    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", commit)
    try:
        yield made
    finally:
        event.remove(Engine, "before_cursor_execute", execute)
        event.remove(Engine, "commit", commit)


def at_statement(number: int, fault: Fault) -> Callable[[int, Any], None]:
    """A callback for `statements` that causes a fault right before that statement."""

    def before(current: int, connection: Any) -> None:
        if current == number:
            fault(connection)

    return before


def contents(url: str, *, of_this_run: bool = True) -> dict[str, list[str]]:
    """All rows of history's tables as text, sorted; `of_this_run`: also run-dependent columns."""
    found = {}
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        for table in _TABLES:
            left_out = set() if of_this_run else _OF_THIS_RUN.get(table, set())
            columns = [name for name in _columns(cursor, table) if name not in left_out]
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            cursor.execute(
                sql.SQL("SELECT ROW({})::text FROM {} ORDER BY 1").format(
                    names, sql.Identifier(table)
                )
            )
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


_known: dict[str, list[str]] = {}  # every database of the run has the same tables


def _columns(cursor: Any, table: str) -> list[str]:
    if table not in _known:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s ORDER BY column_name",
            [table],
        )
        _known[table] = [name for (name,) in cursor.fetchall()]
        assert _known[table], table
    return _known[table]
