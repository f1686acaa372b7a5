"""`python -m reldash demo` as a real process with a real server: start and end."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.ports import free_port
from tests.integration.waiting import wait_for

PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def demo(folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process group of its own, as under a terminal; killed if left over."""
    settings = {"RELDASH_DATA": str(folder), "PYTHONUNBUFFERED": "1", **variables}
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}  # noqa: TID251 - a child's environment
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "reldash", "demo", *arguments],
            cwd=PROJECT,
            env=inherited | settings,
            stdout=out,
            stderr=err,
            text=True,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def processes_of(folder: Path, group: int) -> list[str]:
    """Command lines of live processes in the group, or that name the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            state, _, its_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
            if state != "Z" and (int(its_group) == group or str(folder) in command):
                found.append(command)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_fleet_without_dashboard_exits_with_0_on_a_signal(
    tmp_path: Path, number: signal.Signals
) -> None:
    with demo(tmp_path, "--no-serve") as process:
        wait_for(lambda: "simulated clusters" in (tmp_path / "err").read_text())
        assert (tmp_path / "demo" / "fleet.yaml").is_file()
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert processes_of(tmp_path, process.pid) == []


@dataclass(frozen=True, slots=True)
class Running:
    """A demo whose dashboard answers, and the folder of its data and output."""

    process: subprocess.Popen[str]
    folder: Path


@contextmanager
def dashboard(folder: Path, **variables: str) -> Iterator[Running]:
    """The demo without its past, once the dashboard answers."""
    port = free_port()
    with demo(folder, "--port", str(port), "--no-past", **variables) as process:
        said = f"The release dashboard is at http://localhost:{port}"
        wait_for(lambda: said in (folder / "out").read_text(), seconds=60)
        yield Running(process, folder)


@pytest.fixture(scope="module")
def beside_real_clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo in a shell that was meant for real clusters before."""
    real = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL_EKS": "http://127.0.0.1:9"}
    with dashboard(tmp_path_factory.mktemp("demo"), **real) as running:
        yield running


def test_the_demo_ignores_settings_for_the_real_aws_and_database(
    beside_real_clusters: Running,
) -> None:
    folder = beside_real_clusters.folder
    wait_for(lambda: "platform-stg," in inventory(folder), seconds=60)
    variables = (folder / "demo" / "environment").read_text()
    key = variables.partition("AWS_SECRET_ACCESS_KEY=")[2].partition("\n")[0]
    assert key not in (folder / "out").read_text() + (folder / "err").read_text()


def test_dashboard_and_fleet_end_together_on_ctrl_c(beside_real_clusters: Running) -> None:
    process = beside_real_clusters.process
    folder = beside_real_clusters.folder
    assert len(processes_of(folder, process.pid)) > 2  # demo, server, Postgres
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them at once
    expect_end(beside_real_clusters)


def test_dashboard_and_fleet_end_together_on_sigterm(tmp_path: Path) -> None:
    with dashboard(tmp_path) as running:
        running.process.send_signal(signal.SIGTERM)
        expect_end(running)


def expect_end(running: Running) -> None:
    """Fail unless the demo ends with 0, without a traceback or a process left."""
    assert running.process.wait(timeout=20) == 0
    wait_for(lambda: processes_of(running.folder, running.process.pid) == [])
    assert "Traceback" not in (running.folder / "err").read_text()


def test_a_dashboard_that_dies_ends_the_demo_with_its_code(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", str(free_port()), "--no-past") as process:
        child = wait_for(lambda: server_of(process.pid), seconds=30)
        os.kill(child, signal.SIGKILL)
        assert process.wait(timeout=20) == 128 + signal.SIGKILL


def test_a_port_in_use_is_reported_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo(tmp_path, "--port", str(port)) as process:
            assert process.wait(timeout=20) == 1
    said = (tmp_path / "err").read_text().splitlines()
    assert len(said) == 1
    assert f"localhost:{port} is in use" in said[0]


def test_a_signal_ends_a_demo_that_is_still_recording_its_history(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", str(free_port())) as process:
        wait_for(lambda: "last days" in (tmp_path / "err").read_text(), seconds=60)
        process.send_signal(signal.SIGTERM)
        expect_end(Running(process, tmp_path))


def inventory(folder: Path) -> str:
    """The output of another command in a shell with the demo's environment.

    It was meant for real clusters before: what it does must not reach their database.
    """
    file = folder / "demo" / "environment"
    if not file.is_file():
        return ""
    command = f". {file} && exec {sys.executable} -m reldash inventory --format csv"
    done = subprocess.run(  # noqa: S603 - a shell of our own, as the README has it
        ["/bin/sh", "-c", command],
        cwd=PROJECT,
        env={"DATABASE_URL": "postgresql://127.0.0.1:9/real", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def server_of(demo: int) -> int:
    """The process id of the demo's own `serve` or what it became; 0 while there is none."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            command = (process / "cmdline").read_bytes()
            if parent == demo and (b"serve" in command or b"streamlit" in command):
                return int(process.name)
    return 0
