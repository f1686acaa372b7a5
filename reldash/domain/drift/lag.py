"""Lag: how far a version is behind or ahead of another, and how long the newer one has waited."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import EQUAL, Relation
from reldash.domain.rollouts.arrivals import Arrival
from reldash.domain.versions.order import Order


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a cell stands from its baseline.

    Attributes:
        major, minor, patch: numbers by which the first differing semver part differs; else 0.
        releases: distinct versions seen anywhere that lie between, counting the baseline's;
            None where they cannot be ordered.
        dwell: for how long anything newer, up to the baseline's version, has waited in the
            baseline to come here.
        ahead: True if the cell is the newer one.
    """

    major: int = 0
    minor: int = 0
    patch: int = 0
    releases: int | None = None
    dwell: timedelta | None = None
    ahead: bool = False


def distance(
    older: str, newer: str, order: Order, seen: Iterable[str], *, ahead: bool = False
) -> Lag:
    """The distance between two versions that the order can tell apart, without dwell."""
    major, minor, patch, releases = order.lag(older, newer, seen)
    return Lag(major, minor, patch, releases, ahead=ahead)


def waiting_since(
    build: Build,
    target: Build,
    arrivals: Iterable[Arrival],
    relate: Callable[[Build, Build], Relation],
) -> datetime | None:
    """Since when anything newer has waited in the baseline to come here; None if not known.

    That is when the first build after this one, up to the one that runs there now, became ready:
    what supersedes a waiting release every few days does not make the wait shorter. Later builds
    that the baseline went back from do not count.

    Args:
        build: what runs here.
        target: what runs in the baseline.
        arrivals: what came to the baseline's environment.
        relate: how one build stands to another.
    """
    found = [
        one.ready_at
        for one in arrivals
        if one.ready_at is not None
        and (
            relate(one.build, target) in EQUAL
            or (
                relate(one.build, target) is Relation.OLDER
                and relate(one.build, build) is Relation.NEWER
            )
        )
    ]
    return min(found, default=None)
