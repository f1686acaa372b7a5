"""The demo fleet, collected once, as pages and routes find it for somebody who is signed in."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import streamlit as st

from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.services.collecting.collector import Collector
from reldash.services.context import Context, close_context, get_context
from reldash.services.registries.read import REGISTRIES
from reldash.store import Store
from reldash.ui import gate
from tests.integration.demo_times import give_time
from tests.integration.pages import told
from tests.integration.sessions import KEY, new_session


@pytest.fixture(scope="session")
def collected(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[tuple[str, str]]:
    """The database and the fleet file of a demo fleet that was read once and is gone since.

    What was read does not grow stale, however long the tests take.
    """
    url = new_database()
    with DemoFleet.start(tmp_path_factory.mktemp("demo"), seed=7, speed=0) as fleet:
        give_time(fleet.fleet_file, stale_after="2h")
        # Its token is for one read; on a busy machine it would be over before that is.
        fleet.accounts["platform-shared-ap"].lasts = None
        settings = Settings(fleet=fleet.fleet_file)
        with closing(Context(settings, load_fleet(fleet.fleet_file), Store.open(url))) as context:
            collector = Collector(context)
            collector.collect()
            collector.stop()
        yield url, str(fleet.fleet_file)


@pytest.fixture(scope="session")
def told_of_images(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[tuple[str, str]]:
    """The database and the fleet file of a smaller fleet, with what registries told (`told`)."""
    url = new_database()
    clusters = ("platform-dev", "platform-stg", "platform-prod-eu", "platform-prod-us")
    folder = tmp_path_factory.mktemp("told")
    with DemoFleet.start(folder, seed=7, speed=0, clusters=clusters) as fleet:
        file = fleet.fleet_file
        give_time(file, stale_after="2h")
        with closing(Context(Settings(fleet=file), load_fleet(file), Store.open(url))) as context:
            collector = Collector(context)
            collector.collect()
            collector.stop()
            now, store = context.now(), context.store
            images = told.tell(store.snapshots.load(context.cluster_names).observations, now)
            # Held for as long as these tests run, so that nothing asks the registries themselves.
            lease = store.leases.acquire(REGISTRIES, "tests", timedelta(hours=1))
            assert lease is not None
            store.registries.save(images, [], told.reads(images, now), lease)
            store.registries.save_findings(told.findings(images), lease)
        file.write_text(f"{file.read_text()}\nregistry: {{ttl: 1h}}\n")
        yield url, str(file)


@pytest.fixture
def told_context(
    told_of_images: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Context]:
    """The context of the fleet of which registries were asked."""
    yield from open_context(monkeypatch, *told_of_images)


@pytest.fixture
def context(collected: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """The context that pages and routes of this process open by themselves."""
    yield from open_context(monkeypatch, *collected)


@pytest.fixture
def other_context(
    collected: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Context]:
    """The same fleet, but customer-solutions goes by the name of `edge`."""
    url, fleet_file = collected
    file = tmp_path / "fleet.yaml"
    text = Path(fleet_file).read_text()
    file.write_text(
        text.replace("customer-solutions", "edge").replace("Customer Solutions", "Edge")
    )
    for name in ("ca.crt", "tokens"):
        (tmp_path / name).symlink_to(Path(fleet_file).with_name(name))
    yield from open_context(monkeypatch, url, str(file))


@pytest.fixture
def unread_context(
    collected: tuple[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Context]:
    """The same fleet before its first read."""
    yield from open_context(monkeypatch, database_url, collected[1])


@pytest.fixture
def token(context: Context) -> str:  # noqa: ARG001 - whose session it is
    """The token of the session that pages of `context` find."""
    found = gate.read_token()
    assert found is not None
    return found


def open_context(patch: pytest.MonkeyPatch, url: str, fleet_file: str) -> Iterator[Context]:
    """What `get_context` gives until the test ends; pages find a viewer's session.

    Streamlit's own test runner has no cookies, so the session's token is handed to the gate.
    """
    patch.setenv("DATABASE_URL", url)
    patch.setenv("RELDASH_FLEET", fleet_file)
    patch.setenv("RELDASH_SECRET_KEY", KEY)
    close_context()
    st.cache_resource.clear()  # noqa: TID251 - views of another test's database
    opened = get_context()
    token = new_session(url)
    patch.setattr(gate, "read_token", lambda: token)
    yield opened
    close_context()
