"""The order of one service's versions: one method for all of its live versions.

Two methods side by side can make cycles (a older than b by text, b than c by time, c than a by
text), so the first method that covers all live versions is used for every pair.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import TypeAlias

from reldash.domain.versions.parse import parse_version
from reldash.domain.versions.schemes import Rank, Scheme, Version, compare_in_scheme

TimeOf: TypeAlias = Callable[[str], datetime | None]


def _never(_: str) -> None:
    """No time for any version."""


@dataclass(frozen=True, slots=True)
class Order:
    """A method that compares the versions of one service.

    Attributes:
        method: "semver", "date", "counter", "push time", "first rollout", or "" if nothing
            orders them and only equality is known.
        scheme: the scheme whose text order is used; None for the methods by time.
        times: earliest time of each live version, by `Version.identity`.
        time_of: the times of versions that are not live, by text.
    """

    method: str = ""
    scheme: Scheme | None = None
    times: Mapping[tuple[object, ...], datetime] = field(default_factory=dict)
    time_of: TimeOf = _never

    def compare(self, a: str, b: str) -> int | None:
        """Compare two version texts.

        Returns:
            -1 if `a` is older, 1 if it is newer; 0 if both spell one version (v1.4.2 and
            1.4.2); None if they differ and are not comparable, as different variants are,
            or different commits on level versions (0.20.1-b524415, 0.20.1-c634526).

        -1 is transitive, and 0 is an equivalence whose members compare alike with all others.
        """
        return self._compare(parse_version(a), parse_version(b))

    def lag(self, older: str, newer: str, seen: Iterable[str]) -> tuple[int, int, int, int | None]:
        """The distance by which `older` is behind `newer`.

        Args:
            older: the version that is behind.
            newer: the version it is compared with.
            seen: all version texts of the service that were seen anywhere.

        Returns:
            The difference of the first differing number, as (major, minor, patch), all 0 if the
            method is not "semver"; and the number of distinct versions seen between the two,
            counting `newer`, or None if `older` is not older.
        """
        first, last = parse_version(older), parse_version(newer)
        standing = self._compare(first, last)
        if standing != -1:
            return 0, 0, 0, 0 if standing == 0 else None
        between = {
            version.identity
            for version in (last, *map(parse_version, seen))
            if self._compare(first, version) == -1 and self._compare(version, last) in (-1, 0)
        }
        major, minor, patch = (
            _first_difference(first, last) if self.scheme is Scheme.SEMVER else (0, 0, 0)
        )
        return major, minor, patch, len(between)

    def covers(self, versions: Collection[Version]) -> bool:
        """Whether the method applies to every one of these versions."""
        if self.scheme is None:
            return all(version.identity in self.times for version in versions)
        shapes = {(version.scheme, version.shape) for version in versions}
        return len(shapes) == 1 and shapes.pop()[0] is self.scheme

    def separates(self, versions: Collection[Version]) -> bool:
        """Whether it orders every two versions that differ and are of one variant."""
        return all(
            a.variant != b.variant or self._compare(a, b) is not None
            for a, b in combinations(versions, 2)
        )

    def _compare(self, a: Version, b: Version) -> int | None:
        if a.identity == b.identity:
            return 0
        if a.variant != b.variant:
            return None
        if self.scheme is not None:
            return compare_in_scheme(a, b) if a.scheme is self.scheme else None
        earlier, later = self._time(a), self._time(b)
        if earlier is None or later is None or earlier == later:
            return None
        return -1 if earlier < later else 1

    def _time(self, version: Version) -> datetime | None:
        known = self.times.get(version.identity)
        return known if known is not None else self.time_of(version.text)


def choose_order(
    versions: Iterable[str], *, pushed_at: TimeOf = _never, first_rollout_at: TimeOf = _never
) -> Order:
    """Choose the one method by which all live versions of a service are compared.

    It is the first, in the order of `Order.method`, that applies to all of them and orders those
    of one variant: versions such as 0.20.1-b524415 and 0.20.1-c634526 are numbered, but their
    numbers do not order them, so a time may. If no method orders all, it is the first that
    applies at all; if none applies, the method is "".

    Args:
        versions: texts of the live versions.
        pushed_at: when a version's image was first pushed to a registry (aware UTC), or None.
        first_rollout_at: when it first ran in the dashboard's first environment, or None.
    """
    parsed = [parse_version(text) for text in sorted(set(versions))]
    first_that_applies = Order()
    for order in _methods(parsed, pushed_at, first_rollout_at) if parsed else ():
        if order.covers(parsed):
            if order.separates(parsed):
                return order
            first_that_applies = first_that_applies if first_that_applies.method else order
    return first_that_applies


def _methods(
    versions: Collection[Version], pushed_at: TimeOf, first_rollout_at: TimeOf
) -> Iterator[Order]:
    """All methods, the preferred first; times are looked up only if they are reached."""
    for scheme in (Scheme.SEMVER, Scheme.DATE, Scheme.COUNTER):
        yield Order(scheme.value, scheme)
    yield _by_time("push time", versions, pushed_at)
    yield _by_time("first rollout", versions, first_rollout_at)


def is_final_of(final: str, candidate: str) -> bool:
    """Whether one version is the final release of a candidate: 1.5.0 of 1.5.0-rc.2.

    The final release of a later build's candidate is that build: 1.5.0-hotfix.1 of
    1.5.0-hotfix.1-rc.1. Variants must be equal; commits and build metadata do not matter.
    """
    one, other = parse_version(final), parse_version(candidate)
    if not other.is_prerelease:
        return False
    before = [step.rank for step in other.steps].index(Rank.PRE)
    return (one.scheme, one.key, one.variant, one.steps) == (
        other.scheme,
        other.key,
        other.variant,
        other.steps[:before],
    )


def _by_time(method: str, versions: Iterable[Version], time_of: TimeOf) -> Order:
    """An order by time; a version with two spellings has the earlier of their times."""
    times: dict[tuple[object, ...], datetime] = {}
    for version in versions:
        at = time_of(version.text)
        if at is not None:
            times[version.identity] = min(at, times.get(version.identity, at))
    return Order(method, None, times, time_of)


def _first_difference(older: Version, newer: Version) -> tuple[int, int, int]:
    """The difference of the first differing number, if that is major, minor or patch."""
    distance = [0, 0, 0]
    width = max(len(older.key), len(newer.key))
    pairs = zip(_padded(older.key, width), _padded(newer.key, width), strict=True)
    at, difference = next(((at, b - a) for at, (a, b) in enumerate(pairs) if a != b), (3, 0))
    if at < len(distance):
        distance[at] = difference
    return distance[0], distance[1], distance[2]


def _padded(numbers: tuple[int, ...], width: int) -> tuple[int, ...]:
    return numbers + (0,) * (width - len(numbers))
