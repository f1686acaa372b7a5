"""Migration 0005, which moved history from rows with images to builds and descriptions."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import psycopg2.extras
import pytest
from alembic.command import upgrade
from alembic.config import Config
from sqlalchemy import create_engine

from reldash.domain.rollouts.conditions import running_digests
from reldash.domain.workloads.reads import Unread
from reldash.store import Store, migrations
from reldash.store.history.builds import description_id, description_of
from reldash.store.observation_rows import container_id
from tests.integration.store.reads import CLUSTER, MINUTE, History
from tests.unit.builders import NOW, observation, running

ODD = observation(
    service="odd",
    image="shop/odd:2",
    running=(running("shop/odd:2", build="b"), running("shop/odd:2", build="a")),
    labels={"team": "ä€𝄞", "app": "odd"},
    annotations={"note": "'; --"},
    position=2,
)
SHOP = observation(service="shop", default_container="shop")


@pytest.fixture
def old_url(postgres_url: str) -> Iterator[str]:
    """The address of a database as the version before left it, with a little history."""
    server = urlsplit(postgres_url)
    url = urlunsplit(server._replace(path="/before"))
    with closing(psycopg2.connect(urlunsplit(server._replace(path="/postgres")))) as admin:
        admin.autocommit = True
        admin.cursor().execute("CREATE DATABASE before")
        bring_to(url, "0004")
        with closing(psycopg2.connect(url)) as connection, connection:
            fill(connection.cursor())
        yield url
        admin.cursor().execute("DROP DATABASE before WITH (FORCE)")


def bring_to(url: str, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg2:"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        upgrade(config, version)
    engine.dispose()


def fill(cursor: Any) -> None:
    unread = '[{"kind": "Pod", "namespace": null, "title": "Not allowed", "message": "403"}]'
    cursor.execute(
        "INSERT INTO clusters (name, read_at, workloads, containers, pods, error_title,"
        " error_message, error_mend, failures, kubernetes_version, unread, bad, data_revision)"
        " VALUES (%s, %s, 2, 2, 2, '', '', '', 0, '', %s, '[]', 7)",
        (CLUSTER, NOW, unread),
    )
    for o in (ODD, SHOP):
        i = container_id(o.key)
        cursor.execute(
            "INSERT INTO containers VALUES (%s, %s, 'shop', 'Deployment', %s, %s, 'main')",
            (i, CLUSTER, o.workload, o.container),
        )
        intervals = [
            (f"{o.image}-old", [], NOW - 9 * MINUTE, NOW - 5 * MINUTE),
            (o.image, list(running_digests(o)), NOW - 5 * MINUTE, None),
        ]
        for image, digests, started_at, ended_at in intervals:
            cursor.execute(
                "INSERT INTO rollouts"
                " (container_id, image, digests, started_at, ended_at, ready_at, source)"
                " VALUES (%s, %s, %s, %s, %s, %s, 'observed')",
                (i, image, digests, started_at, ended_at, started_at),
            )
        cursor.execute(
            "INSERT INTO observations VALUES (%s, '\\x00', NULL, '1', %s, %s, %s, %s, %s, %s, 2, 2,"
            " NULL, 'complete', '', 'r1', NULL, NULL, NULL, NULL, NULL, 0)",
            (i, o.image, o.created_at, psycopg2.extras.Json(dict(o.labels)),
             psycopg2.extras.Json(dict(o.annotations)), o.default_container, o.position),
        )  # fmt: skip


@pytest.fixture
def moved(old_url: str) -> Iterator[Store]:
    store = Store.open(old_url)
    yield store
    store.close()


def test_every_interval_is_kept_with_its_image_digests_and_times(moved: Store) -> None:
    found = {
        (r.key, r.image, r.digests, r.started_at, r.ended_at) for r in moved.history.load_rollouts()
    }
    expected: set[object] = set()
    for o in (ODD, SHOP):
        begun = NOW - 5 * MINUTE
        expected.add((o.key, f"{o.image}-old", (), NOW - 9 * MINUTE, begun))
        expected.add((o.key, o.image, running_digests(o), begun, None))
    assert found == expected


def test_only_what_is_open_is_described_for_no_more_was_kept(moved: Store) -> None:
    found = {
        (record.rollout.key, record.rollout.ended_at is None): record.description
        for record in moved.history.load_records(clusters=[CLUSTER])
    }
    for o in (ODD, SHOP):
        assert found[o.key, False] is None
        assert found[o.key, True] == description_of(o)


def test_the_last_read_is_all_that_is_known_to_be_covered(moved: Store) -> None:
    (coverage,) = moved.history.load_coverage([CLUSTER])[CLUSTER]
    assert (coverage.from_at, coverage.until_at) == (NOW, NOW)
    assert coverage.unread == (Unread("Pod", None, "Not allowed", "403"),)


def test_history_goes_on_where_it_was(moved: Store) -> None:
    history = History(moved, at=NOW)
    history.read(ODD, observation(service="shop", version="x"))
    intervals = {(r.key.workload, r.image[-1], r.ended_at) for r in history.rollouts[2:]}
    assert intervals == {("odd", "2", None), ("shop", "2", NOW + MINUTE), ("shop", "x", None)}


def test_what_is_met_again_is_the_same_build_and_description(moved: Store, old_url: str) -> None:
    def ids(url: str) -> tuple[set[str], set[str]]:
        with closing(psycopg2.connect(url)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT id::text, image FROM builds")
            builds = {row[0] for row in cursor.fetchall()}
            cursor.execute("SELECT id::text FROM descriptions")
            return builds, {row[0] for row in cursor.fetchall()}

    _, described = ids(old_url)
    assert described == {description_id(description_of(o)) for o in (ODD, SHOP)}
    built, _ = ids(old_url)
    bare = [observation(service="new", image=f"{o.image}-old", running=()) for o in (ODD, SHOP)]
    History(moved).read(*bare)
    assert ids(old_url)[0] == built
