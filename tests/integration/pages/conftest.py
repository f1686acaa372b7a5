"""The demo fleet, collected once, as a signed-in viewer finds it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import streamlit as st

from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.services.collecting.collector import Collector
from reldash.services.context import Context, close_context, get_context, load_context
from reldash.services.registries.read import REGISTRIES
from reldash.services.view_cache import ViewCache
from reldash.store import Store
from reldash.ui import gate
from tests.integration.demo_times import give_time
from tests.integration.pages import registry_data
from tests.integration.sessions import (
    KEY,
    VIEWER,
    accounts_of,
    add_user,
    new_session,
    open_session,
)


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
def registry_fleet(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[tuple[str, str]]:
    """The database and the fleet file of a smaller fleet, with registry data (`registry_data`)."""
    url = new_database()
    clusters = ("platform-dev", "platform-stg", "platform-prod-eu", "platform-prod-us")
    folder = tmp_path_factory.mktemp("registries")
    with DemoFleet.start(folder, seed=7, speed=0, clusters=clusters) as fleet:
        file = fleet.fleet_file
        give_time(file, stale_after="2h")
        with closing(Context(Settings(fleet=file), load_fleet(file), Store.open(url))) as context:
            collector = Collector(context)
            collector.collect()
            collector.stop()
            now, store = context.now(), context.store
            images = registry_data.image_facts(
                store.snapshots.load(context.cluster_names).observations, now
            )
            # Held for as long as these tests run, so that nothing asks the registries themselves.
            lease = store.leases.acquire(REGISTRIES, "tests", timedelta(hours=1))
            assert lease is not None
            store.registries.save(images, [], registry_data.registry_reads(images, now), lease)
            store.registries.save_findings(registry_data.image_findings(images), lease)
        file.write_text(f"{file.read_text()}\nregistry: {{ttl: 1h}}\n")
        yield url, str(file)


@pytest.fixture(scope="session")
def open_contexts() -> Iterator[dict[str, Context]]:
    """The contexts that tests share, by the address of their database; empty at first.

    Most tests only read. Opening a fleet and judging it again for each would be most of the time.
    """
    found: dict[str, Context] = {}
    yield found
    for context in found.values():
        context.close()


@pytest.fixture
def registry_context(
    registry_fleet: tuple[str, str],
    open_contexts: dict[str, Context],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Context]:
    """The context of the fleet with registry data."""
    yield from share_context(monkeypatch, open_contexts, *registry_fleet)


@pytest.fixture
def context(
    collected: tuple[str, str],
    open_contexts: dict[str, Context],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Context]:
    """The context that pages and routes of this process find."""
    yield from share_context(monkeypatch, open_contexts, *collected)


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


def set_environment(patch: pytest.MonkeyPatch, url: str, fleet_file: str) -> None:
    """Set the variables that name this database and fleet."""
    patch.setenv("DATABASE_URL", url)
    patch.setenv("RELDASH_FLEET", fleet_file)
    patch.setenv("RELDASH_SECRET_KEY", KEY)


def share_context(
    patch: pytest.MonkeyPatch, contexts: dict[str, Context], url: str, fleet_file: str
) -> Iterator[Context]:
    """As `open_context`, with a context that is kept in `contexts`, and a session that is."""
    set_environment(patch, url, fleet_file)
    close_context()
    if url not in contexts:
        contexts[url] = load_context()
    patch.setattr("reldash.services.context._context", contexts[url])
    token = valid_session(contexts[url].store)
    patch.setattr(gate, "read_token", lambda: token)
    forget_older_views(contexts[url])
    yield contexts[url]


def open_context(patch: pytest.MonkeyPatch, url: str, fleet_file: str) -> Iterator[Context]:
    """What `get_context` returns until the test ends; pages find a viewer's session.

    Streamlit's own test runner has no cookies, so the session's token is handed to the gate.
    """
    set_environment(patch, url, fleet_file)
    close_context()
    clear_streamlit_caches()
    opened = get_context()
    token = new_session(url)
    patch.setattr(gate, "read_token", lambda: token)
    yield opened
    close_context()
    clear_streamlit_caches()


_shown: tuple[str, int, int, int] | None = None


def forget_older_views(context: Context) -> None:
    """Keep views and caches only if they are of this database, its revision and this minute.

    Else they would be computed again in the background, and the older ones be shown meanwhile.
    """
    global _shown
    minute = int(context.now().timestamp()) // 60
    newest = (context.store.place, *context.store.cache_key.load(), minute)
    if newest != _shown:
        clear_streamlit_caches()
        context.views = ViewCache()
        _shown = newest


def clear_streamlit_caches() -> None:
    """Forget what pages cached: the keys do not say of which database it is."""
    global _shown
    _shown = None
    st.cache_resource.clear()  # noqa: TID251 - no test sees another's views
    st.cache_data.clear()  # noqa: TID251 - likewise


_tokens: dict[str, str] = {}


def valid_session(store: Store) -> str:
    """The token of a viewer's session, a new one only where a test has ended the last."""
    accounts = accounts_of(store)
    token = _tokens.get(store.place, "")
    if accounts.check_session(token) is None:
        if accounts.find_user(VIEWER) is None:
            add_user(accounts)
        token = _tokens[store.place] = open_session(accounts)
    return token
