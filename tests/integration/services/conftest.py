"""A demo fleet without changes, and contexts over it, each with its own database."""

from collections.abc import Callable, Iterator

import pytest

from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.services.context import Context
from reldash.store import Store


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFleet]:
    """All simulated clusters; their state changes only by `step`."""
    with DemoFleet.start(tmp_path_factory.mktemp("demo"), seed=7, speed=0) as fleet:
        yield fleet


def open_context_over(demo: DemoFleet, url: str, **settings: str) -> Context:
    """A context over the demo fleet and a database; settings are given by field name."""
    chosen = Settings(fleet=demo.fleet_file, **settings)  # type: ignore[arg-type]  # all are text
    return Context(chosen, load_fleet(demo.fleet_file), Store.open(url))


@pytest.fixture
def open_context(demo: DemoFleet, database_url: str) -> Iterator[Callable[..., Context]]:
    """Call it for a context over the demo fleet; settings may be given by field name."""
    opened: list[Context] = []

    def open_one(**settings: str) -> Context:
        opened.append(open_context_over(demo, database_url, **settings))
        return opened[-1]

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def context(open_context: Callable[..., Context]) -> Context:
    """A context with the default settings and an empty database."""
    return open_context()
