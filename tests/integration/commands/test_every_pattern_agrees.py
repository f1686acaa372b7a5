"""All cases of bug reports in one fleet: matrix, image search, past and gate say the same."""

import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import pytest
import trustme

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import ClusterEntry, ServerAccess
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.reads import ClusterRead
from reldash.store import Store
from tests.integration.collectors.object_cases import neighbours, object_cases
from tests.integration.commands import pods_apart
from tests.integration.commands.conftest import Ran, Run
from tests.integration.recorded_server import LISTS, ApiServer, running
from tests.integration.waiting import wait_for
from tests.unit.builders import cluster

ENVIRONMENTS: Final = ("dev", "stg", "prod")
# What the past does not know: numbers of replicas, and images that are blank.
NOT_RECORDED: Final = {"r31", "o07"}
FLEET: Final = """
environments: [dev, stg, {name: prod, pinned: true}]
dashboards: {platform: {title: Platform, environments: [dev, stg, prod]}}
collect: {stale_after: 1h}
clusters:
""" + "".join(
    f"  - {{name: {name}, dashboard: platform, environment: {name},"
    ' server: {url: "https://127.0.0.1:1", token_env: TEST_TOKEN}}\n'
    for name in ENVIRONMENTS
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> str:
    """A database with the objects of all cases in three clusters, each read twice."""
    folder = tmp_path_factory.mktemp("patterns")
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    cases = list(object_cases())
    cases += [near for case in cases for near in neighbours(case)]
    database = new_database()
    with closing(Store.open(database)) as store:
        for name in ENVIRONMENTS:
            objects = [each for case in cases for each in case.objects.get(name, ())]
            objects += pods_apart.objects() if name == "prod" else []
            with running(ApiServer(), authority, folder) as server:
                server.install_argo([each for each in objects if each["kind"] == "Rollout"])
                for plural, path in LISTS.items():
                    server.lists[path] = [
                        each for each in objects if f"{each['kind'].lower()}s" == plural
                    ]
                token_file = folder / "token"
                token_file.write_text("a-token")
                access = ServerAccess(server.url, ca_file=server.ca_file, token_file=token_file)
                lease = store.leases.acquire(name, "tests", timedelta(hours=1))
                assert lease is not None
                for _ in range(2):
                    entry = ClusterEntry(cluster(name), access)
                    found = get_cluster(entry, CollectRules(), revisions=True)
                    assert isinstance(found, ClusterRead), found
                    store.clusters.record(found, lease)
    return database


@pytest.fixture
def ask(run: Run, recorded: str, tmp_path: Path) -> Callable[..., Ran]:
    """Run a command over the recorded fleet."""
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(FLEET, encoding="utf-8")

    def run_here(*arguments: str) -> Ran:
        return run(
            *arguments, RELDASH_FLEET=str(fleet), DATABASE_URL=recorded, TEST_TOKEN="a-token"
        )

    return run_here


@pytest.fixture
def rows(ask: Callable[..., Ran]) -> list[Any]:
    """The rows of the matrix."""
    found: list[Any] = json.loads(ask("matrix", "platform", "--format", "json").out)["rows"]
    assert len(found) > 60
    return found


@pytest.fixture
def inventory(ask: Callable[..., Ran]) -> list[dict[str, Any]]:
    """The containers of the inventory."""
    found: list[dict[str, Any]] = json.loads(ask("inventory", "--format", "json").out)
    return found


def test_the_matrix_shows_what_the_inventory_lists(
    rows: list[Any], inventory: list[dict[str, Any]]
) -> None:
    listed: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for container in inventory:
        listed[container["service"], container["environment"]].add(container["version"])
    for row in rows:
        for environment, cell in row["cells"].items():
            assert set(cell["versions"]) <= listed[row["service"], environment], row["service"]


def test_the_image_search_finds_all_that_the_inventory_lists(
    ask: Callable[..., Ran], inventory: list[dict[str, Any]]
) -> None:
    images = {container["image"] for container in inventory if container["image"]}
    found = json.loads(ask("image", *sorted(images), "--running", "--format", "json").out)
    key = itemgetter("cluster", "namespace", "workload", "container", "role")
    missing = [
        c for c in inventory if c["image"] and key(c) not in set(map(key, found)) and runs(c)
    ]
    assert not missing


def runs(container: dict[str, Any]) -> bool:
    return bool(container["ready"])


def test_the_past_of_this_moment_is_what_the_matrix_shows(
    ask: Callable[..., Ran], rows: list[Any]
) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=1)
    text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"  # moments are whole seconds, and never ahead
    wait_for(lambda: datetime.now(UTC) >= moment)
    ran = ask("matrix", "platform", "--as-of", text, "--format", "json")
    assert ran.code == 0, ran.err
    past = json.loads(ran.out)["rows"]
    assert shown(past) == shown(rows)


def shown(rows: list[Any]) -> dict[tuple[str, str], list[str]]:
    """The versions of each cell, where the past can know them."""
    return {
        (row["service"], environment): cell["versions"]
        for row in rows
        if row["service"].rpartition("-")[2] not in NOT_RECORDED
        for environment, cell in row["cells"].items()
    }


def test_the_gate_names_each_cell_that_drifts_with_its_version_and_state(
    ask: Callable[..., Ran], rows: list[Any]
) -> None:
    ran = ask("drift", "platform", "--fail", "--format", "json")
    listed = {
        (one["service"], one["environment"], one["version"], one["state"])
        for one in json.loads(ran.out)
    }
    drifting = {
        (row["service"], environment, cell["version"], cell["state"])
        for row in rows
        for environment, cell in row["cells"].items()
        if cell["state"] in {"behind", "ahead", "diverged"}
    }
    everything = {
        (row["service"], environment, cell["version"], cell["state"])
        for row in rows
        for environment, cell in row["cells"].items()
    }
    assert ran.code == 1
    assert drifting <= listed <= everything
