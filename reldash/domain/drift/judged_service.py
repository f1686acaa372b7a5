"""One service of a dashboard: its judged places, its history, and verdicts on its builds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation
from reldash.domain.drift.baseline import Baseline, Baselines
from reldash.domain.drift.bypassed import BypassedBuilds
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.lag import waiting_since
from reldash.domain.drift.relations import Relations
from reldash.domain.drift.sightings import ServiceSightings
from reldash.domain.drift.standards import Standards
from reldash.domain.drift.verdict import Verdict, judge
from reldash.domain.grouping.rows import Row
from reldash.domain.versions.order import TEXT
from reldash.domain.versions.tag_rules import TagRules, rules_for


class JudgedService:
    """A service while the cells of its row are made; verdicts are computed on demand and cached.

    A service may have a thousand places, but it has few builds: the verdict on one in an
    environment holds for all places that run it there.

    Attributes:
        workloads: kind and name of each workload that it consists of anywhere.
    """

    def __init__(
        self, row: Row, places: Sequence[JudgedPlace], past: ServiceSightings, standards: Standards
    ) -> None:
        self.row = row
        self.places = tuple(places)
        self.past = past
        self.standards = standards
        self.workloads = frozenset(
            (str(o.kind), o.workload) for place in places for o in (place.placed.observation,)
        )
        live = (build for place in places for build in place.running.live)
        self._relations = Relations(live, past, standards, self._tag_rules())
        self._baselines = Baselines(places, standards, self._relations.newest, self.workloads)
        self._bypasses = BypassedBuilds(places, past, standards, self._relate_by_text)
        self._verdicts: dict[tuple[Build, str, str | None, datetime | None], Verdict] = {}

    def relate(self, build: Build, other: Build) -> Relation:
        """The relation of one of its builds to another."""
        return self._relations.relate(build, other)

    def judge(
        self,
        build: Build,
        environment: str,
        customer: str | None,
        seen_at: datetime | None = None,
    ) -> Verdict:
        """The verdict on a build in an environment, for a customer or none.

        `seen_at` is when it was last seen there, if that is too long ago.
        """
        found = self._verdicts.get((build, environment, customer, seen_at))
        if found is None:
            found = self._verdicts[build, environment, customer, seen_at] = judge(
                build,
                self._baselines.of(environment, customer),
                self.standards.environments[environment].budget,
                relations=self._relations,
                waited_since=self._waited_since,
                now=self.standards.now,
                seen_at=seen_at,
            )
        return found

    def is_bypassed(self, build: Build, environment: str) -> bool:
        """Whether a build bypassed the environments before this one."""
        return self._bypasses.has(build, environment)

    @property
    def is_expected(self) -> bool:
        """Whether every environment must have it."""
        return self.row.service in self.standards.rules.services.expected

    @cached_property
    def counting_in(self) -> Mapping[str, Mapping[str | None, Sequence[JudgedPlace]]]:
        """Its places that count and are current, by environment and customer."""
        found: dict[str, dict[str | None, list[JudgedPlace]]] = {
            name: defaultdict(list) for name in self.standards.environments
        }
        for place in self.places:
            if place.counts and not place.stale:
                found[place.placed.environment][place.placed.customer].append(place)
        return found

    def _waited_since(self, build: Build, baseline: Baseline) -> datetime | None:
        arrivals = self.past.arrivals.of_customer(baseline.environment or "", baseline.customer)
        target = baseline.builds[0]
        relations = self._relations
        method = relations.method(build.version, target.version)
        by_one = relations.relate_by(relations.order.only(method))
        return waiting_since(build, target, arrivals, by_one)

    def _relate_by_text(self, build: Build, other: Build) -> Relation:
        """Whether a build came before the recorded history is told by its text, never by time."""
        relations = self._relations
        return relations.relate_by(relations.order.only(TEXT))(build, other)

    def _tag_rules(self) -> TagRules:
        images = {place.placed.observation.image for place in self.places}
        customers = {place.placed.customer for place in self.places} - {None}
        return rules_for(
            self.standards.rules,
            self.row.service,
            images=images,
            names=(*self.row.service.split(" · "), *(name for _, name in self.workloads)),
            places=self.standards.places | {str(name).lower() for name in customers},
        )
