"""The budget of an environment: being behind within it is `waiting`."""

from datetime import timedelta

from reldash.domain.drift.lag import Lag
from reldash.domain.fleet.rules import Budget, LagLevel
from reldash.domain.versions.order import NUMBERED_METHODS

_LEVELS = tuple(LagLevel)  # smallest first


def is_within(budget: Budget | None, lag: Lag, method: str) -> bool:
    """Whether being behind by this much is within the environment's budget.

    Every bound that is set must hold; without a budget nothing is within. An unknown dwell counts
    as zero. A bound on the lag is about major, minor and patch: if versions are not ordered by
    their numbers, the bound on dwell decides, and without one nothing is within.
    """
    if budget is None or (budget.dwell is None and budget.lag is None):
        return False
    if budget.dwell is not None and (lag.dwell or timedelta()) > budget.dwell:
        return False
    if budget.lag is None:
        return True
    if method not in NUMBERED_METHODS:
        return budget.dwell is not None
    return _LEVELS.index(level(lag)) <= _LEVELS.index(budget.lag)


def level(lag: Lag) -> LagLevel:
    """The highest part in which versions differ; candidates of one release differ by a patch."""
    if lag.major:
        return LagLevel.MAJOR
    return LagLevel.MINOR if lag.minor else LagLevel.PATCH
