"""The demo fleet, collected once, as pages and routes of this process find it."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.services.collect import Collector
from reldash.services.context import Context, close_context, get_context
from reldash.store import Store


@pytest.fixture(scope="session")
def collected(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[tuple[str, str]]:
    """The database and the fleet file of a demo fleet that was read once and is gone since."""
    url = new_database()
    with DemoFleet.start(tmp_path_factory.mktemp("demo"), seed=7, speed=0) as fleet:
        settings = Settings(fleet=fleet.fleet_file)
        with closing(Context(settings, load_fleet(fleet.fleet_file), Store.open(url))) as context:
            collector = Collector(context)
            collector.collect()
            collector.stop()
        yield url, str(fleet.fleet_file)


@pytest.fixture
def context(collected: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """The context that pages and routes of this process open by themselves."""
    url, fleet_file = collected
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("RELDASH_FLEET", fleet_file)
    close_context()
    yield get_context()
    close_context()
