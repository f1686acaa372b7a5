"""Errors of reading a cluster, a registry or a part of one, each with its remedy."""

from typing import Final

from reldash.collectors.http.text import one_line
from reldash.errors import CollectError

GRANT: Final = "bind deploy/rbac.yaml to the account, or name the namespaces it may read"


class ReadError(CollectError):
    """A request, a list or a whole cluster that could not be read.

    Attributes:
        status: HTTP status of the response; None if there was no response.
    """

    def __init__(
        self, title: str, message: str, remedy: str = "", *, status: int | None = None
    ) -> None:
        super().__init__(one_line(title), one_line(message), one_line(remedy))
        self.status = status


class UnauthorizedError(ReadError):
    """The server rejected the credentials (401), or treats the request as anonymous."""


class NotReachedError(ReadError):
    """No server, or no trusted one, at the address: name resolution, connection or TLS failed."""


class ForbiddenError(ReadError):
    """The account lacks the permission (403)."""


class NotServedError(ReadError):
    """The server has no such resource (404)."""


class InvalidResponseError(ReadError):
    """The response is not usable: a proxy's page, broken JSON, too large ..."""


class OutOfTimeError(ReadError):
    """The time limit of the read has passed."""


class NoResponseError(OutOfTimeError, NotReachedError):
    """The server did not answer in time; it may be down, or the address wrong."""
