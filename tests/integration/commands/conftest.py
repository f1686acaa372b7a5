"""Run commands in this process, over a demo fleet that stands still."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from reldash.commands import main
from reldash.demo import DemoFleet
from tests.integration.demo_times import give_time


@dataclass(frozen=True, slots=True)
class Ran:
    """Output and exit code of a command."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFleet]:
    """All simulated clusters; their state does not change."""
    with DemoFleet.start(tmp_path_factory.mktemp("demo"), seed=5, speed=0) as fleet:
        give_time(fleet.fleet_file)
        yield fleet


@pytest.fixture(scope="module")
def module_database(new_database: Callable[[], str]) -> str:
    """One database for all tests of a module."""
    return new_database()


@pytest.fixture
def run(
    module_database: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Call it with arguments and settings to run `python -m reldash ARGUMENTS` in this process."""

    def run_command(*arguments: str, **variables: str) -> Ran:
        for name in [name for name in os.environ if name.startswith("RELDASH_")]:  # noqa: TID251 - a test's own environment
            monkeypatch.delenv(name)
        monkeypatch.setenv("DATABASE_URL", module_database)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["reldash", *arguments])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        return Ran(code, *capfd.readouterr())

    return run_command
