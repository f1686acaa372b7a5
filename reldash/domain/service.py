"""One service of a dashboard: its places, its past, and what follows from both together."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from reldash.domain.baseline import Baseline, Baselines
from reldash.domain.bypass import is_bypassed
from reldash.domain.cells import Row
from reldash.domain.comparing import Relation, is_same, relate
from reldash.domain.drift import Verdict, judge
from reldash.domain.lag import waiting_since
from reldash.domain.order import Order, choose_order
from reldash.domain.past import Past, Seen
from reldash.domain.places import PlaceRuns
from reldash.domain.running import Build
from reldash.domain.told import pushed_at
from reldash.domain.view import View


class Service:
    """A row while its cells are made. What few rows need is found out when it is asked for.

    `workloads` are kind and name of each that it is made of anywhere.
    """

    def __init__(self, row: Row, places: Sequence[PlaceRuns], past: Past, view: View) -> None:
        self.row = row
        self.places = tuple(places)
        self.past = past
        self.view = view
        self.workloads = frozenset(
            (str(o.kind), o.workload) for place in places for o in (place.placed.observation,)
        )
        self.baselines = Baselines(places, view, self.relate, self.workloads)

    def relate(self, build: Build, other: Build) -> Relation:
        """How one of its builds stands to another."""
        return relate(build, other, lambda: self.order, self.view.facts)

    def judge(self, build: Build, environment: str, customer: str | None) -> Verdict:
        """What a build in an environment, for a customer or none, is found to be."""
        return judge(
            build,
            self.baselines.of(environment, customer),
            self.view.environments[environment].budget,
            relate=self.relate,
            order=lambda: self.order,
            seen=lambda: self.versions,
            waited_since=self._waited_since,
            now=self.view.now,
        )

    @property
    def is_expected(self) -> bool:
        """Whether every environment must have it."""
        return self.row.service in self.view.rules.services.expected

    @cached_property
    def order(self) -> Order:
        """The one method that orders its versions."""
        live = {build.version for place in self.places for build in place.runs.live}
        return choose_order(
            live, pushed_at=self._pushed_at, first_rollout_at=self._first_rollout_at
        )

    @cached_property
    def versions(self) -> frozenset[str]:
        """Every version that runs anywhere now, or was seen anywhere."""
        live = {build.version for place in self.places for build in place.runs.live}
        return frozenset(live.union(seen.build.version for seen in self.past.seen))

    @cached_property
    def counting_in(self) -> dict[str, list[PlaceRuns]]:
        """Its places that count, by environment."""
        found: dict[str, list[PlaceRuns]] = defaultdict(list)
        for place in self.places:
            if place.counts:
                found[place.placed.environment].append(place)
        return found

    def is_bypassed(self, build: Build, environment: str) -> bool:
        """Whether a build came to an environment past the earlier ones; see `bypass`.

        Not where an earlier one could not be read: it may be there.
        """
        chain = self.view.promoted[environment]
        if not chain or any(self.view.unread[name] for name in chain):
            return False
        earlier = [seen for name in chain for seen in self._seen_in.get(name, ())]
        running = [
            own
            for place in self.places
            if place.placed.environment in chain
            and (place.placed.observation.ready or place.placed.observation.wanted is None)
            for own in place.runs.live
        ]
        earlier.sort(key=lambda seen: seen.sighting.first_started_at)
        return is_bypassed(
            build, self._arrived_at(build, environment), earlier, running, self.relate
        )

    def _arrived_at(self, build: Build, environment: str) -> datetime | None:
        """When a build first came to an environment; None if it may have been there before."""
        found = [seen for seen in self._seen_in.get(environment, ()) if self._is(seen, build)]
        if not found or not all(seen.began for seen in found):
            return None
        return min(seen.sighting.first_started_at for seen in found)

    def _waited_since(self, build: Build, baseline: Baseline) -> datetime | None:
        seen = [
            one
            for one in self._seen_in.get(baseline.environment or "", ())
            if one.customer == baseline.customer
        ]
        return waiting_since(build, baseline.builds[0], seen, self.relate)

    def _is(self, seen: Seen, build: Build) -> bool:
        return is_same(seen.build, build, self.view.facts)

    @cached_property
    def _seen_in(self) -> dict[str, list[Seen]]:
        found: dict[str, list[Seen]] = defaultdict(list)
        for seen in self.past.seen:
            found[seen.environment].append(seen)
        return found

    def _first_rollout_at(self, version: str) -> datetime | None:
        return self._first_rollouts.get(version)

    @cached_property
    def _first_rollouts(self) -> dict[str, datetime]:
        """When each version first ran in the dashboard's first environment."""
        first = next(iter(self.view.environments))
        found: dict[str, datetime] = {}
        for seen in self._seen_in.get(first, ()):
            at = seen.sighting.first_started_at
            found[seen.build.version] = min(found.get(seen.build.version, at), at)
        return found

    def _pushed_at(self, version: str) -> datetime | None:
        return self._pushes.get(version)

    @cached_property
    def _pushes(self) -> dict[str, datetime]:
        """When any build of each version that is known was first pushed to a registry."""
        if not self.view.facts.pushes:
            return {}
        live = (build for place in self.places for build in place.runs.live)
        found: dict[str, datetime] = {}
        for build in dict.fromkeys((*live, *(seen.build for seen in self.past.seen))):
            at = pushed_at(build, self.view.facts)
            if at is not None:
                found[build.version] = min(found.get(build.version, at), at)
        return found
