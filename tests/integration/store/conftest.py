"""What tests of the store have in common."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from reldash.store import Store
from tests.integration.store.reads import History


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
