"""Use of the embedded Postgres: starts, shares or adopts the server, and releases it."""

import atexit
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from reldash.errors import StoreError
from reldash.store.embedded.locks import SHARED, is_locked, locked, wait_lock
from reldash.store.embedded.place import DataFolders, find_place
from reldash.store.embedded.prepare import USER, prepare
from reldash.store.embedded.start import HOST, ensure_running

_DATABASE = "reldash"
_WAIT_SECONDS = 120.0  # for others to start or stop it
_PAUSE = 0.02


class EmbeddedPostgres:
    """One use of the server of a folder, as a context manager that releases it.

    Attributes:
        url: address of the database "reldash" with the password; `Store.open` creates it.
    """

    def __init__(self, place: DataFolders, url: str, use: int) -> None:
        self.url = url
        self._place = place
        self._use: int | None = use
        atexit.register(self.release)

    def release(self) -> None:
        """End this use; if it was the last, wait until the server has stopped.

        May be called more than once. The end of the process releases it, too.
        """
        if self._use is None:
            return
        os.close(self._use)
        self._use = None
        atexit.unregister(self.release)
        deadline = time.monotonic() + _WAIT_SECONDS
        while is_locked(self._place.keeper, SHARED) and time.monotonic() < deadline:
            if is_locked(self._place.users) and not is_locked(self._place.users, SHARED):
                return  # others use it
            time.sleep(_PAUSE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def embedded_postgres(folder: Path, *, fsync: bool = True) -> EmbeddedPostgres:
    """Use the Postgres of `folder`, starting it if no process uses it yet.

    It listens on 127.0.0.1 only and requires a password; its files are below `folder`/postgres,
    or in a folder of its own under /var/tmp if root's server cannot reach that. It stops when its
    last user releases it or ends.

    Args:
        folder: created if missing.
        fsync: False for tests only: faster, but data may be lost if the machine crashes.

    Raises:
        StoreError: it cannot be started; the message names the log.
    """
    home = folder.resolve() / "postgres"
    try:
        home.mkdir(parents=True, exist_ok=True)
        use = wait_lock(home / "users", SHARED, _WAIT_SECONDS)
        try:
            with locked(home / "lock", _WAIT_SECONDS):
                place = find_place(home)
                password = prepare(place, fsync=fsync)
                port = ensure_running(place, password, fsync=fsync)
        except BaseException:
            os.close(use)
            raise
    except OSError as error:
        raise StoreError(
            "Embedded Postgres cannot be used",
            f"{home}: {error.strerror or error}; expected a folder that can be written to, "
            "or DATABASE_URL naming a server",
        ) from error
    return EmbeddedPostgres(place, f"postgresql://{USER}:{password}@{HOST}:{port}/{_DATABASE}", use)
