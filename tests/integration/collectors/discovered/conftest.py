"""A fleet file that names no cluster, and an AWS that has some."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reldash.config import Settings, load_fleet
from reldash.services.context import Context
from reldash.store import Store
from tests.integration.collectors.aws_front import OTHER_ROLE, AwsFront
from tests.integration.collectors.discovered.places import ELSEWHERE, EXTERNAL_ID, FILE, TAGS
from tests.integration.collectors.kubernetes_objects import deployment
from tests.integration.recorded_server import LISTS, ApiServer


@pytest.fixture
def open_context(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Context]]:
    """Call it for a context over the file; settings may be given by field name."""
    path = tmp_path / "fleet.yaml"
    path.write_text(FILE)
    opened: list[Context] = []

    def open_one(**settings: Any) -> Context:
        given = Settings(fleet=path, **settings)
        opened.append(Context(given, load_fleet(path), Store.open(database_url)))
        return opened[-1]

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def context(open_context: Callable[..., Context], front: AwsFront) -> Context:
    """The fleet, before anything was looked for, in an AWS of its own."""
    front.external_ids[OTHER_ROLE] = EXTERNAL_ID
    return open_context()


@pytest.fixture
def aws(front: AwsFront, server: ApiServer) -> AwsFront:
    """Two clusters with tags in two accounts, and one without."""
    server.lists[LISTS["deployments"]] = [deployment()]
    front.add_cluster("home", server, tags=TAGS)
    front.add_cluster("far", server, region=ELSEWHERE)
    front.add_cluster("other", server, OTHER_ROLE, tags={**TAGS, "environment": "prod"})
    return front
