"""Opening the database: created if missing, migrated once, with clear errors."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from reldash.errors import StoreError
from reldash.store import Store
from reldash.store.tables import metadata
from tests.integration.store.reads import CLUSTER, lease_of, read_of
from tests.unit.builders import observation


@pytest.fixture
def missing_url(postgres_url: str) -> Iterator[str]:
    """The address of a database that does not exist, with a name that needs quoting."""
    server = urlsplit(postgres_url)
    drop = 'DROP DATABASE IF EXISTS "Not Yet; -- there"'
    with closing(psycopg2.connect(urlunsplit(server._replace(path="/postgres")))) as admin:
        admin.autocommit = True
        yield urlunsplit(server._replace(path="/Not%20Yet%3B%20--%20there"))
        admin.cursor().execute(drop)


def test_a_missing_database_is_created_and_migrated(missing_url: str) -> None:
    store = Store.open(missing_url)
    store.clusters.record(read_of(observation()), lease_of(store))
    assert len(store.snapshots.load([CLUSTER]).observations) == 1
    store.close()


def test_many_processes_may_create_and_migrate_it_at_once(missing_url: str) -> None:
    barrier = threading.Barrier(6)
    opened: list[tuple[int, int]] = []

    def start() -> None:
        barrier.wait()
        store = Store.open(missing_url)
        opened.append(store.cache_key.load())
        store.close()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [(0, 0)] * 6


def test_opening_again_keeps_what_is_there(database_url: str) -> None:
    for expected in (0, 1):
        store = Store.open(database_url)
        assert len(store.snapshots.load([CLUSTER]).observations) == expected
        lease = lease_of(store)
        store.clusters.record(read_of(observation()), lease)
        store.leases.release(lease)
        store.close()


def test_migrations_make_the_tables_that_the_code_uses(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg2:"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    tables = [d for d in differences if d[0] not in {"remove_index", "remove_constraint"}]
    assert tables == []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_the_usual_spellings_of_an_address_are_understood(database_url: str, scheme: str) -> None:
    store = Store.open(database_url.replace("postgresql", scheme, 1))
    assert store.cache_key.load() == (0, 0)
    store.close()


def test_a_database_of_a_later_version_is_refused(database_url: str, connection: Any) -> None:
    connection.cursor().execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError) as caught:
        Store.open(database_url)
    assert caught.value.title == "Database is newer than the program"
    assert "schema version 9999" in caught.value.message


@pytest.mark.parametrize(
    "address",
    [
        "mysql://user:hush-hush@localhost/fleet",
        "postgresql://user:hush-hush@localhost",
        "postgresql://user:hush-hush@localhost:port/fleet",
        "hush-hush",
        "",
    ],
)
def test_an_address_that_is_none_is_refused_in_one_line(address: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(address)
    assert caught.value.title == "Database address not understood"
    assert "expected postgresql://user:password@host:port/database" in caught.value.message
    assert_shows_no_secret(caught.value)


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(StoreError) as caught:
        Store.open(f"postgresql://user:hush-hush@127.0.0.1:{port}/fleet")
    assert caught.value.title == "Database not reachable"
    assert caught.value.message.startswith(f"user@127.0.0.1:{port}/fleet: ")
    assert "expected a Postgres server there" in caught.value.message
    assert_shows_no_secret(caught.value)


def test_a_wrong_password_is_reported_without_repeating_it(database_url: str) -> None:
    server = urlsplit(database_url)
    wrong = server._replace(netloc=f"reldash:hush-hush@127.0.0.1:{server.port}")
    with pytest.raises(StoreError, match="password authentication failed") as caught:
        Store.open(urlunsplit(wrong))
    assert_shows_no_secret(caught.value)


def test_a_user_who_may_not_create_the_database_gets_a_clear_error(
    missing_url: str, connection: Any
) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE ROLE modest LOGIN PASSWORD 'hush-hush'")
    server = urlsplit(missing_url)
    modest = server._replace(netloc=f"modest:hush-hush@127.0.0.1:{server.port}")
    try:
        with pytest.raises(StoreError, match="permission denied") as caught:
            Store.open(urlunsplit(modest))
    finally:
        cursor.execute("DROP ROLE modest")
    assert caught.value.title == "Database missing"
    assert_shows_no_secret(caught.value)


def test_a_connection_that_broke_is_replaced(store: Store, connection: Any) -> None:
    assert store.cache_key.load() == (0, 0)
    connection.cursor().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert store.cache_key.load() == (0, 0)


def test_connections_are_named_on_the_server(store: Store, connection: Any) -> None:
    store.cache_key.load()
    cursor = connection.cursor()
    cursor.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'reldash'"
    )
    assert cursor.fetchone() == (1,)


def assert_shows_no_secret(error: StoreError) -> None:
    """Neither the error nor those that it was raised from hold the password, and it is one line."""
    shown: BaseException | None = error
    while shown is not None:
        assert "hush-hush" not in f"{shown} {shown!r}"
        shown = shown.__cause__
    assert "\n" not in f"{error}"
