"""Relations and distances between the builds of one service, cached by pair."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation, relate
from reldash.domain.drift.lag import Lag, distance
from reldash.domain.drift.registry_info import pushed_at
from reldash.domain.drift.sightings import ServiceSightings
from reldash.domain.drift.standards import Standards
from reldash.domain.versions.order import Order, choose_order


class Relations:
    """The order of a service's versions, and the relation of each pair of its builds.

    `live` are the builds that run anywhere now.
    """

    def __init__(self, live: Iterable[Build], past: ServiceSightings, standards: Standards) -> None:
        self._live = tuple(dict.fromkeys(live))
        self._past = past
        self._standards = standards
        self._found: dict[tuple[Build, Build], Relation] = {}
        self._distances: dict[tuple[str, str, bool], Lag] = {}

    def relate(self, build: Build, other: Build) -> Relation:
        """The relation of one of its builds to another."""
        found = self._found.get((build, other))
        if found is None:
            found = relate(build, other, lambda: self.order, self._standards.facts)
            self._found[build, other] = found
        return found

    def distance(self, older: str, newer: str, *, ahead: bool = False) -> Lag:
        """The distance between two of its versions; see `lag.distance`."""
        found = self._distances.get((older, newer, ahead))
        if found is None:
            found = distance(older, newer, self.order, self._versions, ahead=ahead)
            self._distances[older, newer, ahead] = found
        return found

    @cached_property
    def order(self) -> Order:
        """The one method that orders its versions."""
        live = {build.version for build in self._live}
        return choose_order(
            live,
            pushed_at=lambda version: self._pushes.get(version),
            first_rollout_at=lambda version: self._first_rollouts.get(version),
        )

    @cached_property
    def _versions(self) -> frozenset[str]:
        """Every version that runs anywhere now, or was seen anywhere."""
        return frozenset(build.version for build in (*self._live, *self._past.builds))

    @cached_property
    def _first_rollouts(self) -> dict[str, datetime]:
        """When each version first ran in the dashboard's first environment."""
        first = next(iter(self._standards.environments))
        found: dict[str, datetime] = {}
        for arrival in self._past.arrivals.in_environment(first):
            version, at = arrival.build.version, arrival.first_seen_at
            found[version] = min(found.get(version, at), at)
        return found

    @cached_property
    def _pushes(self) -> dict[str, datetime]:
        """When any build of each version that is known was first pushed to a registry."""
        if not self._standards.facts.pushes:
            return {}
        found: dict[str, datetime] = {}
        for build in dict.fromkeys((*self._live, *self._past.builds)):
            at = pushed_at(build, self._standards.facts)
            if at is not None:
                found[build.version] = min(found.get(build.version, at), at)
        return found
