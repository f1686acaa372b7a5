"""Databases of one test server: migrated once, emptied after each test, and used again."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from reldash.store import Store

# Whoever changes a table, a trigger, a function or a setting changes one of these rows. Databases
# in which a test did so are dropped instead of used again.
_SCHEMA = """
SELECT md5(string_agg(concat(kind, oid, xmin), ',' ORDER BY kind, oid, xmin::text)) FROM (
    SELECT 'class' AS kind, oid, xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'column', attrelid, a.xmin FROM pg_attribute a
        JOIN pg_class c ON c.oid = attrelid AND c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', oid, xmin FROM pg_trigger
    UNION ALL SELECT 'constraint', oid, xmin FROM pg_constraint
    UNION ALL SELECT 'function', oid, xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'setting', setrole, s.xmin FROM pg_db_role_setting s
        JOIN pg_database d ON d.oid = setdatabase AND datname = current_database()
) AS rows
"""

_DISCONNECT_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""

_RESTART_NUMBERS = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


class Databases:
    """Gives out empty, migrated databases of one server, and takes them back.

    Args:
        url: of the server; the database that it names becomes the template of all others.
    """

    def __init__(self, url: str) -> None:
        Store.open(url).close()
        self._url = urlsplit(url)
        self._numbers = count(1)
        self._empty: list[tuple[str, str]] = []  # name and schema of each
        with self._connected(self._template) as cursor:
            cursor.execute(_TABLES)
            self._tables = [name for (name,) in cursor.fetchall()]
            self._first_rows = {
                name: rows for name in self._tables if (rows := _read_rows(cursor, name))
            }

    @property
    def _template(self) -> str:
        return self._url.path.lstrip("/")

    def create(self) -> str:
        """The address of a database that stays until the server ends."""
        return self.address(self._create())

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The address of a database that is empty again when the block ends."""
        name, schema = self._empty.pop() if self._empty else (self._create(), "")
        if not schema:
            with self._connected(name) as cursor:
                schema = _schema(cursor)
        try:
            yield self.address(name)
        finally:
            if self._emptied(name, schema):
                self._empty.append((name, schema))
            else:
                self._administer("DROP DATABASE {} WITH (FORCE)", name)

    def address(self, name: str) -> str:
        """The address of the database of that name."""
        return urlunsplit(self._url._replace(path=f"/{name}"))

    def _create(self) -> str:
        name = f"test_{next(self._numbers)}"
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, self._template)
        return name

    def _emptied(self, name: str, schema: str) -> bool:
        """Whether the database is as it was made, after deleting the rows of a test."""
        try:
            with self._connected(name) as cursor:
                cursor.execute(_DISCONNECT_OTHERS)
                if _schema(cursor) != schema:
                    return False
                self._delete_rows(cursor)
        except psycopg2.Error:  # renamed, dropped, read-only, or whatever else the test was about
            return False
        return True

    def _delete_rows(self, cursor: Any) -> None:
        filled = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
                sql.Literal(table), sql.Identifier(table)
            )
            for table in self._tables
        )
        cursor.execute(filled)
        tables = [name for (name,) in cursor.fetchall()]
        # One statement: what refers to a row goes in the same instant as the row.
        deletions = sql.SQL(", ").join(
            sql.SQL("{} AS (DELETE FROM {})").format(sql.Identifier(f"d{n}"), sql.Identifier(table))
            for n, table in enumerate(tables)
        )
        cursor.execute(sql.SQL("WITH {} SELECT").format(deletions))
        for table, rows in self._first_rows.items():
            values = sql.SQL(", ").join(sql.Placeholder() * len(rows[0]))
            insert = sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(table), values)
            cursor.executemany(insert, rows)
        cursor.execute(_RESTART_NUMBERS)

    def _administer(self, statement: str, *names: str) -> None:
        """Run a statement that belongs in no transaction."""
        with self._connected("postgres") as cursor:
            cursor.connection.autocommit = True
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextmanager
    def _connected(self, name: str) -> Iterator[Any]:
        """A cursor of one transaction, committed when the block ends without an error."""
        with closing(psycopg2.connect(self.address(name))) as connection:
            with connection.cursor() as cursor:
                yield cursor
            connection.commit()


def _read_rows(cursor: Any, table: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
    return list(cursor.fetchall())


def _schema(cursor: Any) -> str:
    cursor.execute(_SCHEMA)
    (found,) = cursor.fetchone()
    return str(found)
