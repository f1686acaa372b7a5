"""The Postgres that comes along: for the demo, development and tests, and small installations."""

from pathlib import Path
from types import TracebackType
from typing import Self


class EmbeddedPostgres:
    """A use of this project's own Postgres; a context manager that releases at its end."""

    url: str  # of the database "reldash", with the password

    def release(self) -> None:
        """End this use; the server stops if it was the last one. May be called twice."""
        raise NotImplementedError

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
    """Use the Postgres of `folder`, starting it if no process uses it yet."""
    raise NotImplementedError
