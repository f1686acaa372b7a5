"""Fixtures of the tests of the store."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Connection

from reldash.store import Store
from reldash.store.engine import make_engine, parse_url
from tests.integration.store.reads import History
from tests.integration.store.servers import User, processes, wait_until


@pytest.fixture
def history(store: Store) -> History:
    """Records reads of one cluster."""
    return History(store)


@pytest.fixture
def connection(database_url: str) -> Iterator[Any]:
    """A plain connection to this test's database, past the store."""
    with closing(psycopg2.connect(database_url)) as opened:
        opened.autocommit = True
        yield opened


@pytest.fixture(scope="module")
def opened(new_database: Callable[[], str]) -> Iterator[Connection]:
    """A connection to an empty database as the store makes them."""
    engine = make_engine(parse_url(new_database()))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def user(data_folder: Path) -> Iterator[Callable[[], User]]:
    """Call it for one more process that uses the server of `data_folder`."""
    started: list[User] = []

    def start() -> User:
        started.append(User(data_folder))
        return started[-1]

    yield start
    for one in started:
        one.kill()
    wait_until(lambda: not processes(data_folder))
