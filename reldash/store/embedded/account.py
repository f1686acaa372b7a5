"""The system account of the embedded Postgres, which refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypedDict

from reldash.errors import StoreError

_ROOT = 0
_NAMES = ("postgres", "nobody")


class PopenIdentity(TypedDict):
    """Arguments of `subprocess` that set the identity of a child."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """An account of this machine; `uid` and `gid` are None for that of the current process."""

    uid: int | None
    gid: int | None

    @classmethod
    def choose(cls, data: Path, elsewhere: Path | None) -> Self:
        """The current account; for root the owner of `data`, else `postgres` or `nobody`.

        Of those two the owner of the folder `elsewhere` is preferred, if it exists: an account
        added to the machine later must not separate a server from its data.
        """
        if os.geteuid() != _ROOT:
            return cls(None, None)
        if data.exists() and (owner := data.stat()).st_uid != _ROOT:
            return cls(owner.st_uid, owner.st_gid)
        known = [entry for entry in pwd.getpwall() if entry.pw_name in _NAMES]
        known.sort(key=lambda entry: _NAMES.index(entry.pw_name))
        if elsewhere is not None and elsewhere.is_dir():
            uid = elsewhere.stat().st_uid
            known.sort(key=lambda entry: entry.pw_uid != uid)
        if known:
            return cls(known[0].pw_uid, known[0].pw_gid)
        raise StoreError(
            "No account for Postgres",
            "Postgres refuses to run as root and this machine has no account "
            f"{' or '.join(_NAMES)}; expected one of them, or DATABASE_URL naming a server",
        )

    @property
    def is_self(self) -> bool:
        """Whether it is the current account, so that no ownership has to change."""
        return self.uid is None

    @property
    def popen(self) -> PopenIdentity:
        """Arguments for `subprocess` that make a child run as this account, in no other group."""
        return {
            "user": self.uid,
            "group": self.gid,
            "extra_groups": None if self.is_self else [],
        }

    def give(self, path: Path) -> None:
        """Make this account the owner of one file or folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def give_all(self, folder: Path) -> None:
        """Make this account the owner of a folder and all below it."""
        self.give(folder)
        for path in folder.rglob("*"):
            self.give(path)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can enter `folder`: tried in a child process."""
        if self.is_self:
            return True
        tried = subprocess.run(  # noqa: S603 - fixed arguments and a path
            ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
            check=False,
            capture_output=True,
            cwd="/",
            env={},
            **self.popen,
        )
        return tried.returncode == 0
