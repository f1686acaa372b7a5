"""Errors that are shown to people: a title, and a message with cause and remedy."""


class ReldashError(Exception):
    """Base class of errors shown to people, not as tracebacks.

    Attributes:
        title: a few words without a full stop, such as "Token missing".
        message: one line with the location, the value and what was expected; may be empty.
    """

    def __init__(self, title: str, message: str = "") -> None:
        super().__init__(f"{title}: {message}" if message else title)
        self.title = title
        self.message = message


class ConfigurationError(ReldashError):
    """Invalid settings or fleet file; commands exit with 2."""


class CollectError(ReldashError):
    """A cluster could not be read; other clusters are not affected.

    Attributes:
        remedy: how to fix it, in one line; may be empty.
    """

    def __init__(self, title: str, message: str = "", remedy: str = "") -> None:
        super().__init__(title, message)
        self.remedy = remedy


class StoreError(ReldashError):
    """Postgres could not be reached, started or migrated."""
