"""Lag: how far a version is behind or ahead of another, and how long the newer one has waited."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import EQUAL, Relation
from reldash.domain.rollouts.arrivals import Arrival
from reldash.domain.versions.order import VersionOrder


@dataclass(frozen=True, slots=True)
class Lag:
    """The distance of a cell from its baseline.

    Attributes:
        major, minor, patch: the difference of the first semver part that differs; else 0.
        releases: the number of distinct versions seen anywhere between the two, counting the
            baseline's; None if they cannot be ordered.
        dwell: how long anything newer, up to the baseline's version, has waited in the baseline
            to be promoted.
        ahead: True if the cell is the newer one.
        until: when the dwell ends, since one side was not read after it (aware UTC); None if it
            goes on.
    """

    major: int = 0
    minor: int = 0
    patch: int = 0
    releases: int | None = None
    dwell: timedelta | None = None
    ahead: bool = False
    until: datetime | None = None


def distance(
    older: str, newer: str, order: VersionOrder, seen: Iterable[str], *, ahead: bool = False
) -> Lag:
    """The distance between two versions that the order can compare, without dwell."""
    major, minor, patch = order.first_difference(older, newer)
    return Lag(major, minor, patch, order.releases_between(older, newer, seen), ahead=ahead)


def with_dwell(lag: Lag, since: datetime | None, now: datetime, *reads: datetime | None) -> Lag:
    """A lag with its dwell, which is None if the older side was not read since it began.

    Args:
        lag: the distance.
        since: when the wait began (aware UTC); None if that is not known.
        now: the moment of judgement (aware UTC).
        reads: when stale sides were last read (aware UTC); None for one that is current.
    """
    until = min((at for at in reads if at is not None), default=None)
    end = until or now
    if since is None or end < since:
        return lag
    return replace(lag, dwell=end - since, until=until)


def waiting_since(
    build: Build,
    target: Build,
    arrivals: Iterable[Arrival],
    relate: Callable[[Build, Build], Relation],
) -> datetime | None:
    """Since when anything newer has waited in the baseline to be promoted; None if not known.

    That is when the first build after this one, up to the one that runs there now, became ready:
    a release that supersedes a waiting one does not make the wait shorter. Later builds that the
    baseline was rolled back from do not count.

    Args:
        build: the build of the cell.
        target: the build of the baseline.
        arrivals: in the baseline's environment.
        relate: the relation of two builds, by the method that orders `build` and `target`.
    """
    found = [
        one.ready_at
        for one in arrivals
        if one.ready_at is not None
        and (
            (to_target := relate(one.build, target)) in EQUAL
            or (to_target is Relation.OLDER and relate(one.build, build) is Relation.NEWER)
        )
    ]
    return min(found, default=None)
