"""Start of the embedded Postgres: finds it running, adopts it, or starts it."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from reldash.errors import StoreError
from reldash.store.embedded import keeper
from reldash.store.embedded.binaries import find_binaries, reachable_binaries
from reldash.store.embedded.locks import SHARED, is_locked
from reldash.store.embedded.place import DataFolders
from reldash.store.embedded.prepare import USER

HOST = "127.0.0.1"
_START_SECONDS = 60.0  # recovery after a crash can take a while
_PAUSE = 0.02
_TRIES = 3  # each with another port
_LOG_BYTES = 10_000_000  # a longer log is truncated at the next start
_NO_PROCESS = 2**31 - 1  # above every system's highest process id


def ensure_running(place: DataFolders, password: str, *, fsync: bool) -> int:
    """Find the server running, adopt it, or start it; returns its port. Call it under the lock."""
    for _ in range(_TRIES):
        if not is_locked(place.keeper, SHARED):
            _start_keeper(place, fsync=fsync)
        deadline = time.monotonic() + _START_SECONDS
        while is_locked(place.keeper, SHARED) and time.monotonic() < deadline:
            found = _read_postmaster(place)
            if found is not None and _answers(place, found[1], password):
                place.port.write_text(str(found[1]))
                return found[1]
            time.sleep(_PAUSE)
    raise StoreError(
        "Embedded Postgres does not start",
        f"{place.data}: {_last_error(place.log)}; see {place.log}",
    )


def _start_keeper(place: DataFolders, *, fsync: bool) -> None:
    running = _read_postmaster(place)
    if running is not None and not keeper.is_server(running[0], str(place.data)):
        _disown_process(place)
        running = None
    adopt, port = running or (None, _free_port(place))
    programs = reachable_binaries(find_binaries(), place.account, place.home)
    settings = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "100",
        "fsync": "on" if fsync else "off",
        "log_min_messages": "warning",
    }
    order = {
        "users": str(place.users),
        "keeper": str(place.keeper),
        "data": str(place.data),
        "command": [str(programs / "postgres"), "-D", str(place.data)]
        + [f"--{name}={value}" for name, value in settings.items()],
        "user": place.account.uid,
        "group": place.account.gid,
        "adopt": adopt,
    }
    too_long = place.log.exists() and place.log.stat().st_size > _LOG_BYTES
    with place.log.open("wb" if too_long else "ab") as log:
        subprocess.run(  # noqa: S603 - our own script; it goes into the background itself
            [sys.executable, "-I", "-S", keeper.__file__, json.dumps(order)],
            check=False,  # errors are in the log
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal must not reach it
        )


def _read_postmaster(place: DataFolders) -> tuple[int, int] | None:
    """(process id, port) from the server's pid file, which remains after a crash."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), int(lines[3])  # as in Postgres' pidfile.h
    except (OSError, ValueError, IndexError):
        return None


def _disown_process(place: DataFolders) -> None:
    """Make a left-over pid file name no process: another one may have got the id since.

    Postgres would mistake that process for itself and refuse to start. The rest of the file stays:
    it shows Postgres whether processes of the old server still hold its shared memory.
    """
    path = place.data / "postmaster.pid"
    if path.exists():
        _, _, rest = path.read_text().partition("\n")
        path.write_text(f"{_NO_PROCESS}\n{rest}")


def _free_port(place: DataFolders) -> int:
    """The port used last if it is free, so that other users find the server again."""
    try:
        last = int(place.port.read_text())
    except (OSError, ValueError):
        last = 0
    for wanted in (last, 0):
        with socket.socket() as probe:
            # as Postgres does: otherwise recently closed connections make the port look taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, wanted))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port
    raise StoreError("No free port", f"{HOST}: expected a free port for Postgres")


def _answers(place: DataFolders, port: int, password: str) -> bool:
    """Whether a server with this password and data directory answers on the port."""
    try:
        connection = psycopg2.connect(
            host=HOST,
            port=port,
            user=USER,
            password=password,
            dbname="postgres",
            connect_timeout=2,
        )
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            row = cursor.fetchone()
            return row is not None and row[0] == str(place.data)
    finally:
        connection.close()


def _last_error(log: Path) -> str:
    """The last error in the server's log, as one line."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    faults = [line for line in lines if "FATAL" in line or "PANIC" in line or "Error" in line]
    return (faults or lines or ["its log is empty"])[-1].strip()
