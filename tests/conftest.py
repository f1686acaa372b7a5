"""One embedded Postgres for the whole run, and a fresh migrated database for each test."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from psycopg2 import sql

from reldash.store import Store
from reldash.store.embedded import embedded_postgres


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the run's own server; databases are made by `new_database`."""
    with embedded_postgres(tmp_path_factory.mktemp("data"), fsync=False) as server:
        yield server.url


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Callable[[], str]:
    """Call it for the address of one more empty, migrated database."""
    Store.open(postgres_url).close()
    template = urlsplit(postgres_url)
    numbers = count(1)

    def create() -> str:
        name = f"test_{next(numbers)}"
        with closing(psycopg2.connect(urlunsplit(template._replace(path="/postgres")))) as admin:
            admin.autocommit = True
            admin.cursor().execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template.path.lstrip("/"))
                )
            )
        return urlunsplit(template._replace(path=f"/{name}"))

    return create


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The address of this test's own empty, migrated database."""
    return new_database()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store over this test's own database."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
