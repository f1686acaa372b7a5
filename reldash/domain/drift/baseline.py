"""The baseline of a place: the environment it is promoted from, or a chosen one, or the newest."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import by_frequency, is_same
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.drift.gaps import Gap, distinct
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.standards import NEWEST, Standards
from reldash.domain.phrases import listed
from reldash.domain.registries.facts import RegistryFacts


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline of the places of one environment and customer.

    Attributes:
        environment: None if there is nothing to compare with.
        builds: each build that runs there: the decisive ones of places, that of most places first,
            then those being replaced; empty if there is nothing to compare with, or nothing of it
            could be read.
        gaps: the parts of it that were never read, or that hold nothing and were not read lately,
            a sentence each.
        stale: the parts of it that are used as they were last read, which is too long ago.
        reason: why there is nothing to compare with; else "".
        customer: whose copy it is; None for the copy without a customer.
    """

    environment: str | None = None
    builds: tuple[Build, ...] = ()
    gaps: tuple[str, ...] = ()
    reason: str = ""
    customer: str | None = None
    stale: tuple[Gap, ...] = ()

    @property
    def read_at(self) -> datetime | None:
        """When the oldest stale part of it was read (aware UTC); None if it is current."""
        return min((gap.read_at for gap in self.stale if gap.read_at), default=None)

    @property
    def name(self) -> str:
        """The environment, with the customer whose copy it is: "stg for acme"."""
        return f"{self.environment}{f' for {self.customer}' if self.customer else ''}"


class Baselines:
    """Finds and caches the baselines of one service's places.

    A customer's copy is compared with the same customer's copy in the nearest earlier environment
    that has one, else with the customer-less copy in the nearest that has that. A copy scaled to
    zero does not run there. An environment that was never read, or not lately without the service,
    ends the search: it gives `unknown`, and is never skipped. One that runs it and is stale is
    used as it was last read.
    """

    def __init__(
        self,
        places: Sequence[JudgedPlace],
        standards: Standards,
        newest: Callable[[Sequence[Build]], tuple[Build, ...]],
        workloads: frozenset[tuple[str, str]],
    ) -> None:
        self._standards = standards
        self._newest_of = newest
        self._workloads = workloads
        self._places: dict[tuple[str, str | None], list[JudgedPlace]] = defaultdict(list)
        for place in places:
            self._places[place.placed.environment, place.placed.customer].append(place)
        self._found: dict[tuple[str, str | None], Baseline] = {}
        self._running: dict[tuple[str, str | None], Baseline | None] = {}
        self._gaps: dict[str, tuple[str, ...]] = {}

    def of(self, environment: str, customer: str | None) -> Baseline:
        """The baseline of an environment's places of one customer, or of none."""
        found = self._found.get((environment, customer))
        if found is None:
            found = self._newest(customer) if self._standards.baseline == NEWEST else None
            found = found or self._nearest(environment, customer)
            self._found[environment, customer] = found
        return found

    def _nearest(self, environment: str, customer: str | None) -> Baseline:
        chain = self._standards.chains[environment]
        if not chain:
            return Baseline(reason=self._why_leading(environment))
        for wanted in dict.fromkeys((customer, None)):
            for earlier in chain:
                found = self._in(earlier, wanted)
                if found is not None:
                    return found
        return Baseline(reason=f"{listed(chain)} {'does' if len(chain) == 1 else 'do'} not run it")

    def _in(self, environment: str, customer: str | None) -> Baseline | None:
        """The baseline in one environment; None if that was read and does not run it."""
        if (environment, customer) not in self._running:
            self._running[environment, customer] = self._find(environment, customer)
        return self._running[environment, customer]

    def _find(self, environment: str, customer: str | None) -> Baseline | None:
        places = self._places.get((environment, customer), ())
        gaps = self._standards.unread[environment]
        counting = [place for place in places if place.counts]
        if not counting:
            gaps = gaps or self._unread_gaps(environment)
            return Baseline(environment, gaps=gaps, customer=customer) if gaps else None
        return Baseline(
            environment,
            _builds([place.running for place in counting], self._standards.facts),
            gaps,
            customer=customer,
            stale=stale_gaps(counting),
        )

    def _unread_gaps(self, environment: str) -> tuple[str, ...]:
        if environment not in self._gaps:
            found = self._standards.coverage.gaps(
                self._standards.clusters[environment],
                environment=environment,
                workloads=self._workloads,
            )
            self._gaps[environment] = tuple(gap.words for gap in found)
        return self._gaps[environment]

    def _newest(self, customer: str | None) -> Baseline:
        """The newest builds read anywhere, of the same customer or of none.

        Several if they cannot be ordered. Its environment is the first that runs it.
        """
        places = [
            place
            for environment in self._standards.environments
            for wanted in dict.fromkeys((customer, None))
            for place in self._places.get((environment, wanted), ())
            if place.counts
        ]
        if not places:
            return Baseline(reason="nothing runs it")
        counted = by_frequency([place.running.live for place in places], self._standards.facts)
        newest = self._newest_of([build for build, _ in counted])
        environment = next(
            place.placed.environment
            for place in places
            if any(is_same(own, newest[0], self._standards.facts) for own in place.running.live)
        )
        return Baseline(environment, newest, customer=customer, stale=stale_gaps(places))

    def _why_leading(self, environment: str) -> str:
        if environment == self._standards.baseline:
            return f"{environment} is the baseline chosen"
        if next(iter(self._standards.environments)) == environment:
            return f"{environment} comes first"
        return f"{environment} stands apart"


def stale_gaps(places: Sequence[JudgedPlace]) -> tuple[Gap, ...]:
    """A gap for each cluster in which places are stale."""
    return distinct(place.gap for place in places if place.gap is not None)


def _builds(counting: Sequence[RunningBuilds], facts: RegistryFacts) -> tuple[Build, ...]:
    found = [build for build, _ in by_frequency([runs.builds for runs in counting], facts)]
    leaving = [build for runs in counting if runs.live is not runs.builds for build in runs.live]
    found += [b for b in leaving if not any(is_same(b, known, facts) for known in found)]
    return tuple(dict.fromkeys(found))
