"""While no cluster could be read, no command says that nothing was found, and no gate passes."""

from collections.abc import Callable
from pathlib import Path

from tests.integration.commands.conftest import Run
from tests.integration.commands.two_clusters import two_clusters

CALM = ("No results", "0 cells drift", "no services", "the same")


def test_no_command_is_calm_while_nothing_was_read(
    run: Run, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    with two_clusters(run, tmp_path, new_database) as fleet:
        for server in fleet.servers.values():
            for path in server.lists:
                server.refuse(path)
        fleet.run("collect", "--once")
        for command in (
            "matrix platform",
            "drift platform",
            "compare platform dev stg",
            "inventory",
        ):
            ran = fleet.run(*command.split())
            assert not [words for words in CALM if words in ran.out + ran.err], command
            assert "stg has never been read" in ran.err or "stg was never read" in ran.err, command
        for gate in ("drift platform --fail", "compare platform dev stg --fail --kind older"):
            ran = fleet.run(*gate.split())
            assert (ran.code, "cannot tell: stg" in ran.err) == (1, True), gate
