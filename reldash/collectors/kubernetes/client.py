"""An open way into one cluster, for one read."""

import time
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

import msgspec

from reldash.collectors.http.errors import (
    FaultyAnswerError,
    NotReachedError,
    ReadError,
    SignInError,
)
from reldash.collectors.http.text import one_line
from reldash.collectors.http.transport import Transport
from reldash.collectors.kubernetes.connection import open_way
from reldash.config import ClusterEntry
from reldash.domain.fleet.rules import CollectRules

WHOLE: Final = 6  # times the time limit of one answer, for the read of a whole cluster


class _Version(msgspec.Struct, frozen=True, rename="camel"):
    git_version: str = ""


_VERSION: Final = msgspec.json.Decoder(_Version)


def time_limit(rules: CollectRules) -> timedelta:
    """How long the read of one cluster may take as a whole.

    `rules.timeout` bounds connecting and every silence. A cluster that answers may take longer:
    20,000 pods are forty pages.
    """
    return rules.timeout * WHOLE


class ClusterClient:
    """An open way into one cluster, for one read. Use it in a `with`, or close it."""

    def __init__(self, entry: ClusterEntry, rules: CollectRules) -> None:
        """Open the cluster; nothing is sent yet. See `open_cluster`."""
        silence = rules.timeout.total_seconds()
        deadline = time.monotonic() + time_limit(rules).total_seconds()
        self._way = open_way(entry, time.monotonic() + silence)
        self.transport = Transport(
            self._way.pool,
            self._way.url,
            self._way.sign_in,
            silence=silence,
            deadline=deadline,
        )

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections; what was kept of the way and did not do is not kept on."""
        if isinstance(error, SignInError):
            self._way.refused(error)
        elif isinstance(error, NotReachedError):
            self._way.not_reached(error)
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.transport.close()

    def get_version(self) -> str:
        """The server's version such as "v1.36.2"; "" where it does not say.

        Raises:
            ReadError: it does not answer, does not know who asks, or is no API server.
        """
        try:
            return one_line(_VERSION.decode(self.transport.get("/version")).git_version)
        except ReadError as error:
            if error.status is None or isinstance(error, SignInError | FaultyAnswerError):
                raise
            return ""
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise FaultyAnswerError(
                "Not a Kubernetes API server",
                f"{self.transport.url}/version did not tell a version",
                "check the URL",
            ) from error


def open_cluster(entry: ClusterEntry, rules: CollectRules) -> ClusterClient:
    """Open a cluster for one read.

    Raises:
        CollectError: what the entry names (context, token, CA file, plugin) is missing or
            unusable.
    """
    return ClusterClient(entry, rules)
