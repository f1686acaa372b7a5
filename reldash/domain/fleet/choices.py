"""The error for a choice (dashboard, environment, filter value ...) that does not exist."""

from reldash.errors import ReldashError


class ChoiceError(ReldashError):
    """A dashboard, environment, moment or filter value that does not exist or is too long."""
