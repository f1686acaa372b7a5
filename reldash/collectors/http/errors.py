"""Why a cluster, or a part of it, could not be read: one error with how to mend it."""

from typing import Final

from reldash.collectors.http.text import one_line
from reldash.errors import CollectError

GRANT: Final = "bind deploy/rbac.yaml to the account, or name the namespaces it may read"


class ReadError(CollectError):
    """A request, a list or a whole cluster that could not be read.

    Attributes:
        status: the HTTP status that said so; None where no answer came.
    """

    def __init__(
        self, title: str, message: str, mend: str = "", *, status: int | None = None
    ) -> None:
        super().__init__(one_line(title), one_line(message), one_line(mend))
        self.status = status


class SignInError(ReadError):
    """The server does not know who asks (401, or everything is asked as nobody)."""


class NotReachedError(ReadError):
    """Nothing, or nothing trustworthy, is at the server's address: name, connection, TLS."""


class RefusedError(ReadError):
    """The account may not do it (403)."""


class NotServedError(ReadError):
    """The server has no such resource (404)."""


class FaultyAnswerError(ReadError):
    """The server answered, but not with what was asked for: a proxy's page, broken JSON ..."""


class OutOfTimeError(ReadError):
    """The time limit of the read has passed."""


class SilentError(OutOfTimeError, NotReachedError):
    """The server did not answer in time, or nobody is at its address."""
