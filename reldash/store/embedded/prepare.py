"""Creation of the data directory of the embedded Postgres, with its password."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from reldash.errors import StoreError
from reldash.store.embedded.binaries import find_binaries, reachable_binaries
from reldash.store.embedded.place import DataFolders

USER = "reldash"


def prepare(place: DataFolders, *, fsync: bool) -> str:
    """Create password and data directory if missing; returns the password."""
    if place.data.exists():
        if not place.password.exists():
            raise StoreError(
                "Embedded Postgres has lost its password",
                f"{place.password} is missing; expected it beside the data in {place.home}",
            )
        return place.password.read_text()
    known = place.password.read_text() if place.password.exists() else ""
    password = known or secrets.token_urlsafe(24)
    half = place.home / "data.new"
    initial = place.home / "initial"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    place.account.give(half)
    try:
        _write_private(place.password, password)
        _write_private(initial, password)
        place.account.give(initial)
        _initialise(place, half, initial, fsync=fsync)
    finally:
        initial.unlink(missing_ok=True)
    half.rename(place.data)
    return password


def _initialise(place: DataFolders, data: Path, password: Path, *, fsync: bool) -> None:
    programs = reachable_binaries(find_binaries(), place.account, place.home)
    made = subprocess.run(  # noqa: S603 - our own program and paths
        [
            programs / "initdb",
            f"--pgdata={data}",
            f"--username={USER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",  # sorts the same everywhere
            "--no-instructions",
            *([] if fsync else ["--no-sync"]),
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=data,
        env={"LC_ALL": "C", "TZ": "UTC"},
        **place.account.popen,
    )
    if made.returncode:
        output = " ".join((made.stderr or made.stdout).split())
        raise StoreError("Embedded Postgres cannot be set up", f"initdb in {data}: {output}")


def _write_private(path: Path, text: str) -> None:
    """Write a file readable only by its owner, from its creation on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
