"""The embedded Postgres: started, shared, stopped, and closed to others."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from reldash.store.embedded import EmbeddedPostgres, embedded_postgres
from tests.integration.store.servers import (
    PROJECT,
    USE,
    User,
    data_of,
    kind_of,
    processes,
    query,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that the tests of this file only look at."""
    return tmp_path_factory.mktemp("looked-at")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    with embedded_postgres(folder, fsync=False) as started:
        yield started


def test_it_serves_and_is_gone_when_its_one_user_lets_go(data_folder: Path) -> None:
    with embedded_postgres(data_folder) as server:
        assert query(server.url, "SHOW fsync") == "on"
        assert len(processes(data_folder)) == 2
    assert processes(data_folder) == []


def test_it_listens_on_loopback_and_asks_for_the_password(server: EmbeddedPostgres) -> None:
    address = urlsplit(server.url)
    assert address.hostname == "127.0.0.1"
    assert query(server.url, "SHOW listen_addresses") == "127.0.0.1"
    assert query(server.url, "SHOW unix_socket_directories") == ""
    assert query(server.url, "SHOW password_encryption") == "scram-sha-256"
    assert address.password is not None
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        query(server.url.replace(address.password, "guess"))


@pytest.mark.usefixtures("server")
def test_password_and_data_are_readable_by_their_owner_alone(folder: Path) -> None:
    for path in (folder / "postgres" / "password", data_of(folder)):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_no_process_shows_the_password_in_its_command_line(
    server: EmbeddedPostgres, folder: Path
) -> None:
    password = urlsplit(server.url).password
    assert password is not None
    for pid in processes(folder):
        assert password not in Path(f"/proc/{pid}/cmdline").read_text()


@pytest.mark.usefixtures("server")
def test_ctrl_c_in_the_terminal_does_not_reach_it(folder: Path) -> None:
    for pid in processes(folder):
        assert os.getsid(pid) != os.getsid(0)


def test_it_is_shared_and_stopped_by_the_last_who_uses_it(
    data_folder: Path, user: Callable[[], User]
) -> None:
    first, second = user(), user()
    own = embedded_postgres(data_folder, fsync=False)
    assert first.url == second.url == own.url
    first.let_go()
    own.release()
    own.release()  # once more does no harm
    assert query(second.url) == 1
    second.let_go()
    assert processes(data_folder) == []


def test_many_who_start_it_at_once_share_one(data_folder: Path) -> None:
    others = [
        subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-c", USE, data_folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        for _ in range(4)
    ]
    said = [other.stdout.readline() for other in others if other.stdout is not None]
    kinds = [kind_of(pid) for pid in processes(data_folder)]
    for other in others:
        other.communicate("\n")
    assert len(set(said)) == 1
    assert sorted(kinds) == ["keeper", "postmaster"]
    assert processes(data_folder) == []


def test_a_taken_port_is_replaced_by_another(data_folder: Path) -> None:
    with embedded_postgres(data_folder, fsync=False) as server:
        port = urlsplit(server.url).port
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with embedded_postgres(data_folder, fsync=False) as server:
            assert urlsplit(server.url).port != port
            assert query(server.url) == 1
