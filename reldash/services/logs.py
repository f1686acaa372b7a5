"""The application's log on stderr, for the server and the commands."""

import logging
import re
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# What would end a line, move a terminal's cursor, or reverse the direction of what follows.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class OneLineFormatter(logging.Formatter):
    r"""Writes one line for each message, whatever characters the values in it have.

    Control characters come as Python escapes (\n, \x1b). A traceback follows on lines of its own,
    which begin with blanks so that none of them looks like a message.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line of a record."""
        return _CONTROL.sub(_escaped, super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - likewise
        """The traceback of a record, indented."""
        lines = super().formatException(ei).splitlines()  # type: ignore[arg-type]  # logging's own
        return "\n".join(f"  {_CONTROL.sub(_escaped, line)}" for line in lines)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def set_up_logs() -> None:
    """Send this application's log to stderr; the logs of libraries are left alone."""
    log = logging.getLogger("reldash")
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(OneLineFormatter(FORMAT))
        log.addHandler(handler)
    log.setLevel(logging.INFO)
