"""A cluster read whole, then in some namespaces, then whole again: nothing false is recorded."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import trustme

from tests.integration.collectors.kubernetes_objects import Json, deployment, deployment_pod
from tests.integration.commands.conftest import Ran, Run
from tests.integration.recorded_server import LISTS, Answer, ApiServer, listed, running, status

EVERYWHERE: Final = "{stg: ['*']}"
FLEET: Final = """
environments: [dev, stg]
dashboards: {{platform: {{title: Platform, environments: [dev, stg]}}}}
collect: {{stale_after: 1h}}
clusters:
  - {{name: dev, dashboard: platform, environment: dev, server: {dev}}}
  - {{name: stg, dashboard: platform, environment: {environment}, server: {stg}{more}}}
"""


def objects(*placed: tuple[str, str, str]) -> dict[str, list[Json]]:
    """The lists of Deployments, by namespace, service and version, with a pod each."""
    found: dict[str, list[Json]] = {path: [] for path in LISTS.values()}
    for namespace, name, version in placed:
        image, uid = f"shop/{name}:{version}", f"{namespace}-{name}"
        labels = {"app": name}
        made = deployment(name, image, namespace=namespace, uid=uid, labels=labels)
        made["spec"]["selector"]["matchLabels"] = labels
        made["spec"]["template"]["metadata"]["labels"] = labels
        found[LISTS["deployments"]].append(made)
        digest = version[0]
        ready = deployment_pod(name, "1", image, namespace=namespace, labels=labels, digest=digest)
        found[LISTS["pods"]].append(ready)
    return found


class Fleet:
    """Two clusters, and a fleet file for them that the tests write anew."""

    def __init__(self, run: Run, folder: Path, servers: dict[str, ApiServer]) -> None:
        self.servers = servers
        self._run, self._file = run, folder / "fleet.yaml"
        self.write()

    def write(self, *namespaces: str, environment: str = EVERYWHERE) -> None:
        """Write the file; without namespaces, stg is read whole."""
        more = f", namespaces: [{', '.join(namespaces)}]" if namespaces else ""
        access = {
            name: f"{{url: '{s.url}', ca_file: '{s.ca_file}', token_env: TEST_TOKEN}}"
            for name, s in self.servers.items()
        }
        text = FLEET.format(**access, more=more, environment=environment)
        self._file.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> Ran:
        """Run a command over the fleet."""
        return self._run(*arguments, RELDASH_FLEET=str(self._file), TEST_TOKEN="a-token")

    def collect(self) -> None:
        """Read both clusters once."""
        ran = self.run("collect", "--once")
        assert ran.code == 0, ran.err

    def cell(self, service: str) -> Any:
        """A service's cell in stg."""
        rows = json.loads(self.run("matrix", "platform", "--format", "json").out)["rows"]
        return next(row["cells"]["stg"] for row in rows if row["service"] == service)

    def events(self, service: str) -> list[tuple[str, str, str]]:
        """Namespace, kind and new version of a service's changes in stg, oldest first."""
        ran = self.run("history", service, "--format", "json", "--environment", "stg")
        found = json.loads(ran.out)
        return [(one["namespace"], one["kind"], one["after"]) for one in reversed(found)]


@pytest.fixture
def fleet(
    run: Run,
    tmp_path: Path,
    new_database: Callable[[], str],
) -> Iterator[Fleet]:
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    folders = {name: tmp_path / name for name in ("dev", "stg")}
    for folder in folders.values():
        folder.mkdir()
    database = new_database()

    def run_here(*arguments: str, **variables: str) -> Ran:
        return run(*arguments, **variables, DATABASE_URL=database)

    with (
        running(ApiServer(), authority, folders["dev"]) as dev,
        running(ApiServer(), authority, folders["stg"]) as stg,
    ):
        dev.lists |= objects(
            ("shop", "api", "1.0.0"), ("pay", "web", "1.0.0"), ("pay", "job", "1.0.0")
        )
        stg.lists |= objects(("shop", "api", "1.0.0"), ("pay", "web", "1.0.0"))
        yield Fleet(run_here, tmp_path, {"dev": dev, "stg": stg})


def test_narrowing_and_widening_a_cluster_records_nothing_false(fleet: Fleet) -> None:
    fleet.collect()
    assert [fleet.cell(name)["state"] for name in ("api", "web", "job")] == [
        "in_step",
        "in_step",
        "absent",
    ]
    assert fleet.run("drift", "platform", "--fail").code == 0

    fleet.write("pay")
    fleet.collect()
    fleet.collect()
    assert fleet.events("api") == []
    kept = fleet.cell("api")
    assert (kept["version"], kept["flags"]) == ("1.0.0", ["stale"])
    assert fleet.cell("web")["state"] == "in_step"
    assert fleet.cell("job")["state"] == "unknown"
    assert fleet.run("drift", "platform", "--fail").code == 1

    fleet.write()
    fleet.collect()
    assert fleet.events("api") == fleet.events("web") == []
    assert (fleet.cell("api")["state"], fleet.cell("api")["flags"]) == ("in_step", [])
    assert fleet.cell("job")["state"] == "absent"
    assert fleet.run("drift", "platform", "--fail").code == 0


def test_what_happened_meanwhile_is_recorded_once_when_the_cluster_is_read_whole_again(
    fleet: Fleet,
) -> None:
    stg = fleet.servers["stg"]
    stg.lists |= objects(("shop", "api", "1.0.0"), ("pay", "web", "1.0.0"), ("gone", "web", "1.0"))
    fleet.collect()
    fleet.write("pay")
    stg.lists |= objects(("shop", "api", "2.0.0"), ("pay", "web", "2.0.0"))
    fleet.collect()
    assert (fleet.events("api"), fleet.events("web")) == ([], [("pay", "changed", "2.0.0")])

    fleet.write()
    fleet.collect()
    fleet.collect()
    assert fleet.events("api") == [("shop", "changed", "2.0.0")]
    assert sorted(fleet.events("web")) == [("gone", "removed", ""), ("pay", "changed", "2.0.0")]


def test_an_environment_made_of_the_namespaces_read_is_known_whole(fleet: Fleet) -> None:
    fleet.write("pay", environment="{stg: [pay]}")
    fleet.collect()
    assert fleet.cell("job")["state"] == "absent"
    assert fleet.run("drift", "platform", "--fail").code == 0


def broken_after_a_page(server: ApiServer) -> None:
    """Deployments answer with one page, and with an error when the next one is requested."""
    first = listed(server.lists[LISTS["deployments"]][:1], token="1")
    server.handlers[LISTS["deployments"]] = lambda request: (
        Answer(500, status(500, "etcd is gone"))
        if request.query.get("continue")
        else Answer(body=first)
    )


@pytest.mark.parametrize(
    "break_",
    [
        pytest.param(lambda s: s.refuse(LISTS["deployments"]), id="refused"),
        pytest.param(broken_after_a_page, id="broken off after a page"),
    ],
)
def test_a_kind_that_is_not_listed_to_its_end_removes_nothing(
    fleet: Fleet, break_: Callable[[ApiServer], None]
) -> None:
    fleet.collect()
    stg = fleet.servers["stg"]
    break_(stg)
    fleet.collect()
    assert [fleet.cell(name)["version"] for name in ("api", "web")] == ["1.0.0", "1.0.0"]
    assert fleet.cell("job")["state"] == "unknown"
    del stg.handlers[LISTS["deployments"]]
    fleet.collect()
    assert fleet.events("api") == fleet.events("web") == []
