"""Compare two sides, service by service: same, newer, older, on one side only, unknown."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation, relate
from reldash.domain.comparison.sides import Side, SideCells, by_common_name
from reldash.domain.drift.lag import Lag, distance
from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.drift.states import Flag, State
from reldash.domain.images.references import parse_image_id
from reldash.domain.matrix.cells import Cell
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.versions.order import VersionOrder
from reldash.domain.versions.tag_rules import NO_RULES, TagRules


class Difference(StrEnum):
    """The difference of a service on the left from the right; the most important first."""

    DIFFERENT = "different"
    NEWER = "newer"
    OLDER = "older"
    REBUILT = "rebuilt"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    UNKNOWN = "unknown"
    SAME = "same"


DIFFERENCE_WORDS: dict[Difference, str] = {
    Difference.DIFFERENT: "different, and not comparable",
    Difference.NEWER: "newer on the left",
    Difference.OLDER: "older on the left",
    Difference.REBUILT: "the same version in different builds",
    Difference.ONLY_LEFT: "only on the left",
    Difference.ONLY_RIGHT: "only on the right",
    Difference.UNKNOWN: "never read on one side, or too long ago",
    Difference.SAME: "the same",
}


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A service on both sides.

    Attributes:
        service: its row's name; between customers without the customers' names.
        left, right: its cells; None if nothing was known of it at that moment.
        lag: how far left is behind or ahead of right, without dwell and releases; None if neither
            is older.
        method: how their versions were ordered ("semver" ...); "" if no order was needed.
    """

    service: str
    difference: Difference
    left: Cell | None
    right: Cell | None
    lag: Lag | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All services that either side has or may have, differences first.

    `counts` has every difference, in the order of the enum; `missing` names the clusters of both
    sides that were never read, or too long ago: services that run only there are in no row.
    """

    left: Side
    right: Side
    rows: tuple[ComparedRow, ...]
    counts: Mapping[Difference, int]
    missing: tuple[str, ...] = ()


FirstRollout = Callable[[str, str], datetime | None]
RulesOf = Callable[[str, Iterable[PlaceDetails]], TagRules]


def _not_known(_service: str, _version: str) -> None:
    """No first rollout for any version."""


def _no_rules(_service: str, _places: Iterable[PlaceDetails]) -> TagRules:
    """No rules for any service's tags."""
    return NO_RULES


def compare(
    left: SideCells,
    right: SideCells,
    *,
    facts: RegistryFacts = NO_FACTS,
    first_rollout_at: FirstRollout = _not_known,
    rules_of: RulesOf = _no_rules,
) -> Comparison:
    """Compare two sides, service by service.

    Equality by digest comes first; different builds are ordered pair by pair
    (`versions.order`). A side that runs several builds is newer or
    older if it is so against all that differ, and the same if both run the same ones. A stale cell
    is unknown, whatever it last ran. Services are matched by name, between two customers without
    the customers' own names.

    Args:
        left: one side.
        right: the other.
        facts: of registries; push times may order versions.
        first_rollout_at: when a version of a service (both by name) was first rolled out in the
            dashboard's first environment (aware UTC), or None; it may order versions too.
        rules_of: how the tags of a service (by name) with these deployments are read.
    """
    sides = by_common_name(left, right)
    found = [
        (name, _Found(sides[0].get(name), left), _Found(sides[1].get(name), right))
        for name in dict.fromkeys((*sides[0], *sides[1]))
    ]
    rows = [
        _row(name, ours, theirs, facts, _Sources(first_rollout_at, rules_of))
        for name, ours, theirs in found
        if any(one.is_there or one.is_open for one in (ours, theirs))
    ]
    rows.sort(key=lambda row: (_RANK[row.difference], row.service.casefold(), row.service))
    counts = Counter(row.difference for row in rows)
    return Comparison(
        left.side,
        right.side,
        tuple(rows),
        {kind: counts[kind] for kind in Difference},
        tuple(dict.fromkeys((*left.missing, *right.missing))),
    )


_RANK: Final = {kind: rank for rank, kind in enumerate(Difference)}


class _Sources(NamedTuple):
    """What orders versions beside their text."""

    first_rollout_at: FirstRollout
    rules_of: RulesOf


@dataclass(frozen=True, slots=True)
class _Found:
    """A service on one side."""

    cell: Cell | None
    side: SideCells

    @property
    def is_there(self) -> bool:
        return self.cell is not None and bool(self.cell.places)

    @property
    def is_open(self) -> bool:
        """Whether it may or may not run there."""
        return self.cell is not None and self.cell.state is State.UNKNOWN and not self.is_there

    @property
    def is_unknown(self) -> bool:
        if self.cell is None:
            return self.side.has_gaps
        return self.is_open or any(Flag.STALE in place.flags for place in self.cell.places)


def _row(
    service: str,
    left: _Found,
    right: _Found,
    facts: RegistryFacts,
    sources: _Sources,
) -> ComparedRow:
    cells = left.cell, right.cell
    if left.is_unknown or right.is_unknown:
        return ComparedRow(service, Difference.UNKNOWN, *cells)
    if left.cell is None or right.cell is None or not (left.is_there and right.is_there):
        only = Difference.ONLY_LEFT if left.is_there else Difference.ONLY_RIGHT
        return ComparedRow(service, only, *cells)
    ours, theirs = _builds(left.cell), _builds(right.cell)
    order = _make_order(service, (left.cell, right.cell), sources)
    difference = _difference(ours, theirs, order, facts)
    if difference is Difference.SAME and (left.side.has_unread or right.side.has_unread):
        # Unread is never green: a part that was not read may run something else.
        difference = Difference.UNKNOWN
    lag = None
    if difference in (Difference.NEWER, Difference.OLDER):
        ends = [left.cell.version, right.cell.version]
        older, newer = ends if difference is Difference.OLDER else reversed(ends)
        lag = distance(older, newer, order, (), ahead=difference is Difference.NEWER)
        lag = replace(lag, releases=None)  # two sides do not know all versions between
    method = order.compare(left.cell.version, right.cell.version).method
    return ComparedRow(service, difference, *cells, lag, method)


def _make_order(service: str, cells: Iterable[Cell], sources: _Sources) -> VersionOrder:
    """The order of one service's versions on both sides."""
    places = [place for cell in cells for place in _counting(cell)]
    pushes: dict[str, datetime] = {}
    for place in places:
        if place.pushed_at is not None:
            known = pushes.get(place.version, place.pushed_at)
            pushes[place.version] = min(known, place.pushed_at)
    return VersionOrder(
        sources.rules_of(service, places),
        pushed_at=pushes.get,
        first_rollout_at=lambda version: sources.first_rollout_at(service, version),
    )


def _difference(
    ours: Iterable[Build], theirs: Iterable[Build], order: VersionOrder, facts: RegistryFacts
) -> Difference:
    pairs = {(a, b): _relation(a, b, order, facts) for a in ours for b in theirs}
    same = [pair for pair, relation in pairs.items() if relation is Relation.SAME]
    if {a for a, _ in same} == set(ours) and {b for _, b in same} == set(theirs):
        return Difference.SAME
    others = set(pairs.values()) - {Relation.SAME}
    if others <= {Relation.REBUILT}:
        return Difference.REBUILT
    others -= {Relation.REBUILT}
    if others == {Relation.NEWER}:
        return Difference.NEWER
    return Difference.OLDER if others == {Relation.OLDER} else Difference.DIFFERENT


def _relation(a: Build, b: Build, order: VersionOrder, facts: RegistryFacts) -> Relation:
    """The relation of two builds; the final release of a candidate is the newer one."""
    found = relate(a, b, lambda: order, facts)
    return Relation.NEWER if found is Relation.FINAL else found


def _counting(cell: Cell) -> tuple[PlaceDetails, ...]:
    """The places not scaled to zero; if there are none, all places."""
    return tuple(place for place in cell.places if place.wanted != 0) or cell.places


def _builds(cell: Cell) -> tuple[Build, ...]:
    return tuple(dict.fromkeys(_build(place) for place in _counting(cell)))


def _build(place: PlaceDetails) -> Build:
    """The build of a place; without digests during a rollout, which may be of either version."""
    digests = place.digests if len(place.running) < 2 else ()
    known = (parse_image_id(digest) for digest in digests)
    return Build(place.version, digests=frozenset(d for d in known if d is not None))
