"""The flag `bypassed`: a build in an environment that was never seen ready in an earlier one."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import EQUAL, Relation, is_same
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.sightings import ServiceSightings
from reldash.domain.drift.standards import Standards
from reldash.domain.rollouts.arrivals import Arrival
from reldash.domain.workloads.observations import Observation, WorkloadKind


class BypassedBuilds:
    """Finds and caches which builds of one service bypassed earlier environments."""

    def __init__(
        self,
        places: Collection[JudgedPlace],
        past: ServiceSightings,
        standards: Standards,
        relate: Callable[[Build, Build], Relation],
    ) -> None:
        self._places = places
        self._past = past
        self._standards = standards
        self._relate = relate
        self._found: dict[tuple[Build, str], bool] = {}
        self._before: dict[str, tuple[Sequence[Arrival], set[Build]]] = {}

    def has(self, build: Build, environment: str) -> bool:
        """Whether a build bypassed the environments before this one; see `is_bypassed`.

        False if an earlier one could not be read, or not lately: the build may have run there.
        """
        found = self._found.get((build, environment))
        if found is None:
            found = self._found[build, environment] = self._find(build, environment)
        return found

    def _find(self, build: Build, environment: str) -> bool:
        chain = self._standards.promoted[environment]
        if not chain or any(self._standards.unread[name] for name in chain):
            return False
        if any(p.stale for p in self._places if p.placed.environment in chain):
            return False
        if environment not in self._before:
            came = self._arrivals_in(chain)
            ready = self._running_in(chain) | {a.build for a in came if a.ready_at is not None}
            self._before[environment] = came, ready
        came, ready = self._before[environment]
        if build in ready:  # as nearly all are
            return False
        arrived_at = self._arrived_at(build, environment)
        return arrived_at is not None and is_bypassed(build, arrived_at, came, ready, self._relate)

    def _arrived_at(self, build: Build, environment: str) -> datetime | None:
        """When a build first came to an environment; None if it may have been there before."""
        found = [
            arrival
            for arrival in self._past.arrivals.in_environment(environment)
            if is_same(arrival.build, build, self._standards.facts)
        ]
        if not found or not all(arrival.start_is_known for arrival in found):
            return None
        return min(arrival.first_seen_at for arrival in found)

    def _arrivals_in(self, chain: Sequence[str]) -> Sequence[Arrival]:
        """The arrivals in environments, oldest first."""
        found = [one for name in chain for one in self._past.arrivals.in_environment(name)]
        return sorted(found, key=lambda arrival: arrival.first_seen_at)

    def _running_in(self, chain: Sequence[str]) -> set[Build]:
        """The builds that are ready in environments now."""
        return {
            build
            for place in self._places
            if place.placed.environment in chain and _is_ready(place.placed.observation)
            for build in place.running.live
        }


def _is_ready(observation: Observation) -> bool:
    """Whether a replica is ready; a CronJob has none, and counts unless it is suspended."""
    is_cron_job = observation.kind is WorkloadKind.CRON_JOB and observation.wanted is None
    return observation.ready > 0 or is_cron_job


def is_bypassed(
    build: Build,
    arrived_at: datetime,
    earlier: Sequence[Arrival],
    ready_earlier: Iterable[Build],
    relate: Callable[[Build, Build], Relation],
) -> bool:
    """Whether neither this version nor this build was ever seen ready in an earlier environment.

    Only within known history: False if the build may have arrived before anything is known of the
    earlier environments, or if it is older than the first build known there.

    Args:
        build: a build that runs in an environment.
        arrived_at: when it first came there.
        earlier: the arrivals in the earlier environments, oldest first.
        ready_earlier: the builds that are ready there now, or were once.
        relate: the relation of two builds.
    """
    if not earlier:
        return False
    first = earlier[0]
    if first.first_seen_at > arrived_at:
        return False
    if relate(build, first.build) is Relation.OLDER:
        return False
    return not any(relate(build, other) in EQUAL for other in ready_earlier)
