"""The one family of errors that people see: a title, and a message that says how to mend it."""


class ReldashError(Exception):
    """An error meant for people.

    Attributes:
        title: a few words without a full stop, such as "Token missing".
        message: one line naming the place, the value and what was expected; may be empty.
    """

    def __init__(self, title: str, message: str = "") -> None:
        super().__init__(f"{title}: {message}" if message else title)
        self.title = title
        self.message = message


class ConfigurationError(ReldashError):
    """The environment or the fleet file is wrong; commands exit with 2."""


class CollectError(ReldashError):
    """One cluster could not be read. Never takes another cluster down.

    Attributes:
        mend: one line: what to do about it; may be empty.
    """

    def __init__(self, title: str, message: str = "", mend: str = "") -> None:
        super().__init__(title, message)
        self.mend = mend


class StoreError(ReldashError):
    """Postgres could not be reached, started or migrated."""
