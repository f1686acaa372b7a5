"""Database connections: the address, the engine, and driver errors as StoreError."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import msgspec
import psycopg2.errors
import psycopg2.extensions
import psycopg2.sql
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from reldash.errors import StoreError

# Opens a transaction that ends with the block, committed if the block raised nothing.
Transaction = Callable[[], AbstractContextManager[Connection]]

_DRIVER = "postgresql+psycopg2"
_SCHEMES = ("postgres", "postgresql", _DRIVER)
_MAINTENANCE = "postgres"  # the database that every server has
_CONNECT_SECONDS = 5
# Set by statements, since connection poolers reject them in the startup packet. A process that is
# frozen inside a transaction must not hold its locks for ever.
_SESSION = text(
    "SELECT set_config('timezone', 'UTC', false),"
    " set_config('statement_timeout', '60s', false),"
    " set_config('idle_in_transaction_session_timeout', '60s', false)"
)


def _read_time(value: str | bytes | None, _cursor: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))


# The driver's own parser of `timestamptz` takes twice as long, and a past moment has a million.
_TIMES = psycopg2.extensions.new_type(
    psycopg2.extensions.PYDATETIMETZ.values, "RELDASH_TIME", _read_time
)


def parse_url(address: str) -> URL:
    """Parse a database address for SQLAlchemy; postgres:// and postgresql:// mean psycopg2.

    Raises:
        StoreError: it is not the address of a Postgres database. The message does not repeat it:
            text that cannot be parsed may contain a password anywhere.
    """
    expected = "DATABASE_URL: expected postgresql://user:password@host:port/database"
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError("Database address not understood", expected) from None
    if url.drivername not in _SCHEMES:
        raise StoreError(
            "Database address not understood", f"{expected}, found {url.drivername}://"
        )
    if not url.database:
        raise StoreError("Database address not understood", f"{expected}, found no database's name")
    return url.set(drivername=_DRIVER)


def place_of(url: URL) -> str:
    """An address without its password, safe to show: "user@host:port/database"."""
    user = f"{url.username}@" if url.username else ""
    return f"{user}{url.host or 'localhost'}:{url.port or 5432}/{url.database}"


def make_engine(url: URL) -> Engine:
    """An engine for an existing database; no connection is made yet."""
    engine = create_engine(
        url,
        pool_size=5,
        max_overflow=10,
        pool_pre_ping=True,  # the server may have been restarted meanwhile
        hide_parameters=True,  # errors must not show the data
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        connect_args={
            "application_name": "reldash",
            "connect_timeout": _CONNECT_SECONDS,
            "client_encoding": "utf8",
            "keepalives_idle": 30,
        },
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SESSION.text)
        connection.commit()
        psycopg2.extensions.register_type(_TIMES, connection)

    return engine


@contextmanager
def faults_of(place: str) -> Iterator[None]:
    """Convert SQLAlchemy errors raised within the block to a StoreError with a one-line message."""
    try:
        yield
    except DBAPIError as error:
        title = "Database not reachable" if _is_connection_fault(error) else "Database error"
        raise StoreError(
            title, f"{place}: {_one_line(error.orig)}; expected {_EXPECTED[title]}"
        ) from error
    except SQLAlchemyError as error:
        raise StoreError("Database error", f"{place}: {_one_line(error)}") from error


_EXPECTED = {
    "Database not reachable": "a Postgres server there that lets this user in",
    "Database error": "a database that only this program changes",
}


def create_database(url: URL) -> None:
    """Create the database unless it exists.

    Does nothing if another process creates it at the same time.

    Raises:
        StoreError: the server cannot be reached, or the user may not create it.
    """
    engine = create_engine(
        url.set(database=_MAINTENANCE),
        isolation_level="AUTOCOMMIT",  # CREATE DATABASE runs in no transaction
        hide_parameters=True,
        connect_args={"application_name": "reldash", "connect_timeout": _CONNECT_SECONDS},
    )
    known = text("SELECT 1 FROM pg_database WHERE datname = :name")
    create = psycopg2.sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
        psycopg2.sql.Identifier(str(url.database))
    )
    try:
        with faults_of(place_of(url)), engine.connect() as connection:
            if connection.scalar(known, {"name": url.database}) is not None:
                return
            driver = connection.connection.driver_connection
            try:
                with driver.cursor() as cursor:  # type: ignore[union-attr] # it is connected
                    cursor.execute(create)
            except (psycopg2.errors.DuplicateDatabase, psycopg2.errors.UniqueViolation):
                return  # another process was faster
            except psycopg2.Error as error:
                raise StoreError(
                    "Database missing",
                    f"{place_of(url)}: it does not exist and cannot be created: "
                    f"{_one_line(error)}; expected it to exist, or a user who may create it",
                ) from error
    finally:
        engine.dispose()


def _is_connection_fault(error: DBAPIError) -> bool:
    """Whether the server was not reached, or closed the connection."""
    return error.connection_invalidated or isinstance(error.orig, psycopg2.OperationalError)


def _one_line(error: object) -> str:
    """The error's message on one line, without the statement."""
    return " ".join(str(error).split()) or type(error).__name__
