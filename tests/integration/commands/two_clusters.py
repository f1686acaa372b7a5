"""A fleet of two clusters, dev and stg, served by `ApiServer`, and the commands over it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import trustme

from tests.integration.collectors.kubernetes_objects import Json, deployment, deployment_pod
from tests.integration.commands.conftest import Ran, Run
from tests.integration.recorded_server import LISTS, ApiServer, running

EVERYWHERE: Final = "{stg: ['*']}"
FLEET: Final = """
environments: [dev, stg]
dashboards: {{platform: {{title: Platform, environments: [dev, stg]}}}}
collect: {{interval: 1s, stale_after: {stale_after}}}
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

    def write(
        self, *namespaces: str, environment: str = EVERYWHERE, stale_after: str = "1h"
    ) -> None:
        """Write the file; without namespaces, stg is read whole."""
        more = f", namespaces: [{', '.join(namespaces)}]" if namespaces else ""
        access = {
            name: f"{{url: '{s.url}', ca_file: '{s.ca_file}', token_env: TEST_TOKEN}}"
            for name, s in self.servers.items()
        }
        text = FLEET.format(**access, more=more, environment=environment, stale_after=stale_after)
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


@contextmanager
def two_clusters(run: Run, folder: Path, new_database: Callable[[], str]) -> Iterator[Fleet]:
    """Serve both clusters, without objects."""
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    folders = {name: folder / name for name in ("dev", "stg")}
    for own in folders.values():
        own.mkdir()
    database = new_database()

    def run_here(*arguments: str, **variables: str) -> Ran:
        return run(*arguments, **variables, DATABASE_URL=database)

    with (
        running(ApiServer(), authority, folders["dev"]) as dev,
        running(ApiServer(), authority, folders["stg"]) as stg,
    ):
        yield Fleet(run_here, folder, {"dev": dev, "stg": stg})
