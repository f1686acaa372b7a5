"""Checks and conversion of freeze windows and retention in a fleet file."""

from datetime import timedelta

from reldash.config.document import Document, Loc
from reldash.config.error_text import quoted
from reldash.config.shapes import FreezeShape, HistoryShape
from reldash.domain.fleet.freezes import Freeze
from reldash.domain.fleet.recurrence import first_start, local_rule

SHORTEST_KEPT = timedelta(days=1)


def check_freeze(freeze: FreezeShape, loc: Loc, document: Document) -> None:
    """Check that a freeze ends after it starts, and that its rule starts with it.

    Raises:
        ConfigurationError: otherwise.
    """
    value = transform_freeze(freeze)
    if value.to_local <= value.from_local:
        raise document.error(
            (*loc, "to"), quoted(document.at((*loc, "to"))), f"a time after {_format(value)}"
        )
    if value.repeats:
        first = first_start(value.repeats, value.from_local)
        if first != value.from_local:
            when = f"first gives {first:%Y-%m-%d %H:%M}" if first else "gives none near that"
            expected = f"a rule whose first time is {_format(value)}; this one {when}"
            raise document.error((*loc, "repeats"), quoted(freeze.repeats), expected)


def check_history(history: HistoryShape, document: Document) -> None:
    """Check that history is kept for at least a day (ConfigurationError: otherwise)."""
    if history.keep < SHORTEST_KEPT:
        loc = ("history", "keep")
        raise document.error(loc, quoted(document.at(loc)), "at least 1d")


def transform_freeze(shape: FreezeShape) -> Freeze:
    """Convert the checked section to a value."""
    return Freeze(
        name=shape.name,
        environments=tuple(shape.environment),
        from_local=shape.from_local,
        to_local=shape.to_local,
        time_zone=shape.time_zone,
        repeats=local_rule(shape.repeats, shape.time_zone) if shape.repeats else "",
    )


def _format(freeze: Freeze) -> str:
    return f"{freeze.from_local:%Y-%m-%d %H:%M}"
