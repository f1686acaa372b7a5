"""Client of one cluster, for one read."""

import time
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

import msgspec

from reldash.collectors.http.errors import (
    InvalidResponseError,
    NotReachedError,
    ReadError,
    UnauthorizedError,
)
from reldash.collectors.http.text import one_line
from reldash.collectors.http.transport import Transport
from reldash.collectors.kubernetes.connection import open_connection
from reldash.config import ClusterEntry
from reldash.domain.fleet.rules import CollectRules

READ_TIMEOUTS: Final = 6  # a whole read may take so many times `rules.timeout`


class _Version(msgspec.Struct, frozen=True, rename="camel"):
    git_version: str = ""


_VERSION: Final = msgspec.json.Decoder(_Version)


def time_limit(rules: CollectRules) -> timedelta:
    """Time limit for one read of a cluster.

    `rules.timeout` bounds connecting and every pause in a response. A responding cluster may take
    longer: 20,000 pods are forty pages.
    """
    return rules.timeout * READ_TIMEOUTS


class ClusterClient:
    """Client of one cluster, for one read. Use it in a `with` block, or close it."""

    def __init__(self, entry: ClusterEntry, rules: CollectRules) -> None:
        """Open the connection; no request is sent yet. See `open_cluster`."""
        silence = rules.timeout.total_seconds()
        deadline = time.monotonic() + time_limit(rules).total_seconds()
        self._connection = open_connection(entry, time.monotonic() + silence)
        self.transport = Transport(
            self._connection.pool,
            self._connection.url,
            self._connection.sign_in,
            silence=silence,
            deadline=deadline,
            proxy=self._connection.proxy,
        )

    @property
    def insecure(self) -> str:
        """What does not protect the connection, as a phrase; "" if it is protected."""
        return self._connection.insecure

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections, and discard cached credentials or addresses that failed."""
        if isinstance(error, UnauthorizedError):
            self._connection.refused(error)
        elif isinstance(error, NotReachedError):
            self._connection.not_reached(error)
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.transport.close()

    def get_version(self) -> str:
        """The server's version such as "v1.36.2"; "" if it does not report one.

        Raises:
            ReadError: no response, credentials rejected, or not an API server.
        """
        try:
            return one_line(_VERSION.decode(self.transport.get("/version")).git_version)
        except ReadError as error:
            if error.status is None or isinstance(error, UnauthorizedError | InvalidResponseError):
                raise
            return ""
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise InvalidResponseError(
                "Not a Kubernetes API server",
                f"{self.transport.url}/version returned no version",
                "check the URL",
            ) from error


def open_cluster(entry: ClusterEntry, rules: CollectRules) -> ClusterClient:
    """Open a cluster for one read.

    Raises:
        CollectError: a context, token, CA file or plugin of the entry is missing or unusable.
    """
    return ClusterClient(entry, rules)
