"""One embedded Postgres for each process of a run, and an empty database for each test."""

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from reldash.store import Store
from reldash.store.embedded import embedded_postgres
from tests.databases import Databases

# Folders whose files share servers or other costly fixtures: each runs in one process as a whole.
# Those of the browser come first: they take the longest, and there is one for each of two cores.
TOGETHER = (
    "tests/browser/full_fleet/",
    "tests/browser/",
    "tests/integration/pages/servers/",
    "tests/integration/history/",
)


class _ByServers(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
    """Gives processes whole files, or whole folders where `TOGETHER` names them."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByServers:
    """The distribution of tests to processes."""
    return _ByServers(config, log)


def pytest_collection_finish() -> None:
    """Collect garbage seldom: modules that stay are a large heap to go through each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remove what servers of this run, started by root, kept outside of its private folders."""
    yield
    for project in Path("/var/tmp").glob("reldash-*/project"):  # noqa: S108 - not made here
        with suppress(FileNotFoundError):  # another run's, which removes it at this moment
            if Path(project.read_text()).is_relative_to(tmp_path_factory.getbasetemp()):
                shutil.rmtree(project.parent)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the run's own server; databases are made by `new_database`."""
    with embedded_postgres(tmp_path_factory.mktemp("data"), fsync=False) as server:
        yield server.url


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A folder for an embedded Postgres of this test's own."""
    return tmp_path / "data"


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Databases:
    """The databases of this run's server."""
    return Databases(postgres_url)


@pytest.fixture(scope="session")
def new_database(databases: Databases) -> Callable[[], str]:
    """Call it for the address of one more empty, migrated database."""
    return databases.create


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of this test's own empty, migrated database."""
    with databases.lend() as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store over this test's own database."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
