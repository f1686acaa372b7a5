"""The budget of an environment: the bounds on dwell and lag."""

from datetime import timedelta

import pytest

from reldash.domain.drift.budget import is_within, level
from reldash.domain.drift.lag import Lag
from reldash.domain.fleet.rules import Budget, LagLevel

TWO_WEEKS = timedelta(days=14)


@pytest.mark.parametrize(
    ("lag", "expected"),
    [
        (Lag(major=1, minor=3), LagLevel.MAJOR),
        (Lag(minor=1, patch=2), LagLevel.MINOR),
        (Lag(patch=1), LagLevel.PATCH),
        (Lag(), LagLevel.PATCH),
    ],
)
def test_the_level_is_the_highest_part_and_candidates_differ_by_a_patch(
    lag: Lag, expected: LagLevel
) -> None:
    assert level(lag) is expected


@pytest.mark.parametrize(
    ("budget", "lag", "method", "within"),
    [
        (None, Lag(), "semver", False),
        (Budget(), Lag(), "semver", False),
        (Budget(dwell=TWO_WEEKS), Lag(dwell=timedelta(days=14)), "semver", True),
        (Budget(dwell=TWO_WEEKS), Lag(dwell=timedelta(days=15)), "semver", False),
        (Budget(dwell=TWO_WEEKS), Lag(major=3), "semver", True),
        (Budget(lag=LagLevel.MINOR), Lag(minor=4), "semver", True),
        (Budget(lag=LagLevel.MINOR), Lag(major=1), "semver", False),
        (Budget(TWO_WEEKS, LagLevel.MINOR), Lag(minor=1, dwell=TWO_WEEKS * 2), "semver", False),
        (Budget(TWO_WEEKS, LagLevel.PATCH), Lag(minor=1), "semver", False),
        (Budget(TWO_WEEKS, LagLevel.PATCH), Lag(releases=3), "counter", True),
        (Budget(lag=LagLevel.MAJOR), Lag(releases=3), "counter", False),
    ],
)
def test_a_budget_holds_if_each_bound_that_is_set_holds(
    budget: Budget | None, lag: Lag, method: str, within: bool
) -> None:
    assert is_within(budget, lag, method) is within
