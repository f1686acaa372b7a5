"""Other processes that use an embedded Postgres, and the list of processes that run."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

PROJECT = Path(__file__).parents[3]

# Uses the server of a folder, says so, and waits to be told to let go, or to be killed.
USE = """
import sys
from pathlib import Path
from reldash.store.embedded import embedded_postgres

with embedded_postgres(Path(sys.argv[1]), fsync=False) as server:
    print(server.url, flush=True)
    sys.stdin.readline()
"""


class User:
    """Another process that uses the server of a folder."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-c", USE, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def let_go(self) -> None:
        self.process.communicate("\n")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def processes(folder: Path) -> list[int]:
    """Ids of the postmasters and keepers of a folder, wherever its data lies."""
    home = folder / "postgres"
    pointer = home / "place"
    marks = [str(home)] + ([pointer.read_text()] if pointer.exists() else [])
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if any(mark in line for mark in marks) and ("-D" in line or "keeper.py" in line):
            found.append(int(entry.name))
    return sorted(found)


def kind_of(pid: int) -> str:
    line = Path(f"/proc/{pid}/cmdline").read_text()
    return "keeper" if "keeper.py" in line else "postmaster"


def pid_of(folder: Path, kind: str) -> int:
    (found,) = [pid for pid in processes(folder) if kind_of(pid) == kind]
    return found


def data_of(folder: Path) -> Path:
    pointer = folder / "postgres" / "place"
    home = Path(pointer.read_text()) if pointer.exists() else folder / "postgres"
    return home / "data"


def query(url: str, statement: str = "SELECT 1") -> object:
    address = urlsplit(url)
    with closing(psycopg2.connect(address._replace(path="/postgres").geturl())) as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        row = cursor.fetchone()
        return None if row is None else row[0]
