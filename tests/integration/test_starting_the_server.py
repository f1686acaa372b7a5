"""Starting the server: not without a secret key, and with what runs beside the pages."""

import asyncio
import secrets
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reldash.server.lifespan import lifespan
from reldash.services.context import close_context
from tests.integration.ports import free_port

PROJECT = Path(__file__).resolve().parents[2]
WAYS = {
    "serve": ["-m", "reldash", "serve", "--port"],
    "streamlit run": ["-m", "streamlit", "run", "Home.py", "--server.port"],
}
EXPECTED = "expected 32 random bytes or more in base64 or hex (`openssl rand -base64 32`)\n"


def start(way: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start a server whose database and fleet file do not exist either."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": "postgresql://me:pw@127.0.0.1:1/x",
        "RELDASH_FLEET": str(folder / "none.yaml"),
    }
    return subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *way, str(free_port())],
        cwd=PROJECT,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_without_a_key_the_server_does_not_start(tmp_path: Path, way: list[str]) -> None:
    ran = start(way, tmp_path)
    assert ran.returncode == 2
    assert ran.stderr == (
        f"Invalid settings: environment or .env: RELDASH_SECRET_KEY: not set, {EXPECTED}"
    )


def test_a_key_that_could_be_guessed_is_none(tmp_path: Path) -> None:
    ran = start(WAYS["serve"], tmp_path, RELDASH_SECRET_KEY="changeme" * 8)
    assert ran.returncode == 2
    assert ran.stderr == (
        "Invalid settings: environment: RELDASH_SECRET_KEY: a value not shown here,"
        f" {EXPECTED[:-1]}; its 48 bytes are too alike to be random: only 6 different values\n"
    )


def test_with_a_key_the_next_fault_is_reported(tmp_path: Path) -> None:
    ran = start(WAYS["serve"], tmp_path, RELDASH_SECRET_KEY=secrets.token_hex(32))
    assert ran.returncode == 2
    assert "none.yaml" in ran.stderr


FLEET = """
environments: [dev]
dashboards: {platform: {title: Platform, environments: [dev]}}
clusters: []
"""


def test_what_runs_in_the_background_ends_with_the_server(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(FLEET)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("RELDASH_FLEET", str(fleet))
    monkeypatch.setenv("RELDASH_SECRET_KEY", secrets.token_hex(32))
    close_context()

    def running() -> set[str]:
        return {thread.name for thread in threading.enumerate()}

    async def serve() -> set[str]:
        async with lifespan(None):
            return running()

    with ThreadPoolExecutor(1) as pool:  # in this thread Playwright may keep a loop running
        assert "garbage" in pool.submit(asyncio.run, serve()).result()
    assert "garbage" not in running()
