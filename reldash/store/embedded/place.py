"""The folders of the embedded Postgres, chosen so that its account can reach them."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from reldash.errors import StoreError
from reldash.store.embedded.account import ServerAccount

_ELSEWHERE = Path("/var/tmp")  # noqa: S108 - kept over restarts; folders in it are made by mkdtemp
_PREFIX = "reldash-"
_POINTER = "place"  # in the project's folder: the folder elsewhere
_ORIGIN = "project"  # in the folder elsewhere: the project's folder
_PRIVATE = 0o077  # permission bits that must not be set


@dataclass(frozen=True, slots=True)
class DataFolders:
    """The folders of one server.

    Attributes:
        folder: the project's: locks, password, log and port; belongs to whoever runs the project.
        home: holds the data directory; `account` can enter it. The same as `folder` where it can.
    """

    folder: Path
    home: Path
    account: ServerAccount

    @property
    def data(self) -> Path:
        """The data directory; complete if it exists."""
        return self.home / "data"

    @property
    def lock(self) -> Path:
        """Held by the process that is starting the server."""
        return self.folder / "lock"

    @property
    def users(self) -> Path:
        """Held shared by every process that uses the server."""
        return self.folder / "users"

    @property
    def keeper(self) -> Path:
        """Held by the keeper while the server may run."""
        return self.folder / "keeper"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "postgres.log"

    @property
    def password(self) -> Path:
        """The password, readable by its owner alone."""
        return self.folder / "password"

    @property
    def port(self) -> Path:
        """The last port, used again if it is free."""
        return self.folder / "port"


def find_place(folder: Path) -> DataFolders:
    """Choose the folders for the server of `folder` (existing, absolute); call it under its lock.

    If the account of root's server cannot enter `folder`, because a folder above it is private,
    the data is in a folder of its own under /var/tmp, named in the file `place`. It follows a
    project that is moved, and is not shared with a copy of the project.

    Raises:
        StoreError: there is no account to use, or it cannot reach the data.
    """
    pointed = _read_pointer(folder)
    account = ServerAccount.choose(folder / "data", pointed)
    if account.can_enter(folder):
        if pointed is None:
            return DataFolders(folder, folder, account)
    elif (folder / "data").exists():
        raise StoreError(
            "Embedded Postgres cannot reach its data",
            f"{folder / 'data'}: account {account.uid} cannot enter it; expected the folders "
            "above it as open as they were, or DATABASE_URL naming a server",
        )
    if pointed is not None and _is_ours(pointed, folder, account):
        return DataFolders(folder, pointed, account)
    return DataFolders(folder, _new_home(folder, account), account)


def _read_pointer(folder: Path) -> Path | None:
    """The folder under /var/tmp named in `folder`; it may no longer exist."""
    try:
        return Path((folder / _POINTER).read_text().strip())
    except OSError:
        return None


def _is_ours(home: Path, folder: Path, account: ServerAccount) -> bool:
    """Whether the folder exists, belongs to the account, and was created for this project."""
    try:
        found = home.lstat()
        origin = Path((home / _ORIGIN).read_text().strip())
    except OSError:
        return False
    if found.st_uid != account.uid or found.st_mode & _PRIVATE:
        return False  # /var/tmp is open to all
    if origin != folder:
        if _read_pointer(origin) == home:
            return False  # the original of a copied project uses it
        (home / _ORIGIN).write_text(str(folder))  # the project was moved
    return True


def _new_home(folder: Path, account: ServerAccount) -> Path:
    for left in _ELSEWHERE.glob(f"{_PREFIX}*"):  # of a project that was removed from this place
        try:
            if left.lstat().st_uid == account.uid and (left / _ORIGIN).read_text() == str(folder):
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue
    home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_ELSEWHERE))
    (home / _ORIGIN).write_text(str(folder))
    account.give(home)
    pointer = folder / f"{_POINTER}.new"
    pointer.write_text(str(home))
    pointer.replace(folder / _POINTER)
    return home
