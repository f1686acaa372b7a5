"""Relations and distances between the builds of one service, cached by pair."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation, relate
from reldash.domain.drift.lag import Lag, distance
from reldash.domain.drift.registry_info import pushed_at
from reldash.domain.drift.sightings import ServiceSightings
from reldash.domain.drift.standards import Standards
from reldash.domain.versions.order import VersionOrder
from reldash.domain.versions.tag_rules import TagRules

VersionIdentity: TypeAlias = tuple[object, ...]  # of `Reading`


class Relations:
    """The order of a service's versions, and the relation of each pair of its builds.

    Args:
        live: the builds that run anywhere now.
        past: the service's history.
        standards: of the matrix.
        rules: how the service's tags are read.
    """

    def __init__(
        self,
        live: Iterable[Build],
        past: ServiceSightings,
        standards: Standards,
        rules: TagRules,
    ) -> None:
        self._live = tuple(dict.fromkeys(live))
        self._past = past
        self._standards = standards
        self._rules = rules
        self._found: dict[VersionOrder, dict[tuple[Build, Build], Relation]] = {}
        self._distances: dict[tuple[str, str, bool], Lag] = {}

    def relate(self, build: Build, other: Build) -> Relation:
        """The relation of one of its builds to another."""
        return self._relate(self.order)(build, other)

    def method(self, version: str, other: str) -> str:
        """The method that orders a pair of versions; see `VersionOrder.compare`."""
        return self.order.compare(version, other).method

    def relate_by(self, order: VersionOrder) -> Callable[[Build, Build], Relation]:
        """`relate` with another order: by text alone, say."""
        return self._relate(order)

    def _relate(self, order: VersionOrder) -> Callable[[Build, Build], Relation]:
        known = self._found.setdefault(order, {})

        def related(build: Build, other: Build) -> Relation:
            found = known.get((build, other))
            if found is None:
                found = relate(build, other, lambda: order, self._standards.facts)
                known[build, other] = found
            return found

        return related

    def newest(self, builds: Sequence[Build]) -> tuple[Build, ...]:
        """The newest of some builds, in their order; several where nothing compares them.

        Method by method, since two methods may contradict each other over three builds: the
        newest by text, of these by push time, of these by first rollout.
        """
        left = tuple(builds)
        for order in self.order.each_method():
            by_one = self.relate_by(order)
            left = tuple(
                one for one in left if not any(by_one(one, b) is Relation.OLDER for b in left)
            )
        return left

    def distance(self, older: str, newer: str, *, ahead: bool = False) -> Lag:
        """The distance between two of its versions; see `lag.distance`."""
        found = self._distances.get((older, newer, ahead))
        if found is None:
            found = distance(older, newer, self.order, self._versions, ahead=ahead)
            self._distances[older, newer, ahead] = found
        return found

    @cached_property
    def order(self) -> VersionOrder:
        """The order of its versions."""
        return VersionOrder(
            self._rules,
            pushed_at=lambda version: self._pushes.get(self._identity(version)),
            first_rollout_at=lambda version: self._first_rollouts.get(self._identity(version)),
        )

    @cached_property
    def _versions(self) -> frozenset[str]:
        """Every version that runs anywhere now, or was seen anywhere."""
        return frozenset(build.version for build in (*self._live, *self._past.builds))

    def _identity(self, version: str) -> VersionIdentity:
        """Equal for two ways to write one version, so that both have the earlier of their times."""
        return self._rules.read(version).identity

    @cached_property
    def _first_rollouts(self) -> dict[VersionIdentity, datetime]:
        """When each version first ran in the dashboard's first environment."""
        first = next(iter(self._standards.environments))
        found: dict[VersionIdentity, datetime] = {}
        for arrival in self._past.arrivals.in_environment(first):
            version, at = self._identity(arrival.build.version), arrival.first_seen_at
            found[version] = min(found.get(version, at), at)
        return found

    @cached_property
    def _pushes(self) -> dict[VersionIdentity, datetime]:
        """When any build of each version that is known was first pushed to a registry."""
        if not self._standards.facts.pushes:
            return {}
        found: dict[VersionIdentity, datetime] = {}
        for build in dict.fromkeys((*self._live, *self._past.builds)):
            at = pushed_at(build, self._standards.facts)
            if at is not None:
                version = self._identity(build.version)
                found[version] = min(found.get(version, at), at)
        return found
