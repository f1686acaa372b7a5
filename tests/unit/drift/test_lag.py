"""Lag: the distance between two versions, and how long the newer one has waited."""

from datetime import timedelta

import pytest

from reldash.domain.drift.lag import Lag, distance
from reldash.domain.drift.reasons.states import distance_words
from reldash.domain.versions.order import VersionOrder
from reldash.domain.workloads.observations import RolloutSource
from tests.unit.builders import REGISTRY, days_ago, observation, sighting
from tests.unit.matrix_builders import cell_in


@pytest.mark.parametrize(
    ("older", "newer", "lag", "words"),
    [
        ("1.4.2", "2.1.0", Lag(major=1, releases=2), "1 major version"),
        ("1.4.2", "1.6.0", Lag(minor=2, releases=2), "2 minor versions"),
        ("1.4.2", "1.4.3", Lag(patch=1, releases=1), "1 patch version"),
        ("1.5.0-rc.1", "1.5.0", Lag(releases=2), "2 releases"),
        ("main-142-abc1234", "main-143-def5678", Lag(releases=1), "1 release"),
    ],
)
def test_the_distance_is_the_first_part_that_differs_and_the_releases_between(
    older: str, newer: str, lag: Lag, words: str
) -> None:
    seen = ["1.4.2", "1.5.0-rc.1", "1.5.0-rc.2", older, newer]
    seen = [version for version in seen if version[0] == older[0]]
    found = distance(older, newer, VersionOrder(), seen)
    assert distance_words(found) == words
    assert (found.major, found.minor, found.patch) == (lag.major, lag.minor, lag.patch)


def days_behind(*releases: tuple[str, float]) -> float | None:
    """For how long prod at 1.4.2 is behind stg, which ran these releases since so many days."""
    now = releases[-1][0]
    stg = observation("stg", now)
    ends = [days_ago(days) for _, days in releases[1:]]
    seen = [
        sighting(
            stg,
            image=f"{REGISTRY}/api:{version}",
            started_at=days_ago(days),
            ended_at=ends[i] if i < len(ends) else None,
        )
        for i, (version, days) in enumerate(releases)
    ]
    lag = cell_in("prod", [stg, observation("prod", "1.4.2")], sightings=seen).lag
    assert lag is not None
    return lag.dwell / timedelta(days=1) if lag.dwell is not None else None


def test_the_wait_starts_when_the_baselines_version_was_ready() -> None:
    assert days_behind(("1.4.2", 30), ("1.5.0", 12)) == 12


def test_newer_releases_in_the_baseline_do_not_make_the_wait_shorter() -> None:
    assert days_behind(("1.4.2", 30), ("1.4.3", 20), ("1.5.0", 2)) == 20


def test_a_later_version_that_the_baseline_rolled_back_does_not_count() -> None:
    assert days_behind(("2.0.0", 90), ("1.4.2", 80), ("1.4.3", 2)) == 2


def test_a_version_that_was_never_ready_does_not_wait() -> None:
    stg = observation("stg", "1.5.0")
    seen = [sighting(stg, ready_at=None)]
    lag = cell_in("prod", [stg, observation("prod", "1.4.2")], sightings=seen).lag
    assert lag is not None
    assert lag.dwell is None


def test_a_version_known_from_revisions_has_waited_since_it_was_rolled_out() -> None:
    stg, prod = observation("stg", "1.5.0"), observation("prod", "1.4.2")
    read_first = sighting(
        stg, started_at=days_ago(30), ready_at=days_ago(1), source=RolloutSource.REVISION
    )
    lag = cell_in("prod", [stg, prod], sightings=[read_first]).lag
    assert lag is not None
    assert lag.dwell == timedelta(days=30)


def test_a_cell_that_is_ahead_has_a_distance_and_no_wait() -> None:
    lag = cell_in("prod", [observation("stg", "1.4.2"), observation("prod", "1.6.0")]).lag
    assert lag == Lag(minor=2, releases=1, ahead=True)
