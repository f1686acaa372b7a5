"""Choices of a dashboard, environment, cluster or filter that do not exist."""

from reldash.errors import ReldashError


class ChoiceError(ReldashError):
    """A filter asks for something that does not exist."""
