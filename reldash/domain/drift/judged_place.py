"""One place of a service: the builds it runs, its own flags, and whether it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reldash.domain.builds.running import RunningBuilds, running_builds
from reldash.domain.drift.flags import place_flags, rolling
from reldash.domain.drift.registry_info import RegistryInfo
from reldash.domain.drift.running_since import is_of_build
from reldash.domain.drift.standards import Standards
from reldash.domain.drift.states import Flag
from reldash.domain.grouping.rows import PlacedContainer
from reldash.domain.workloads.observations import (
    Sighting,
)


@dataclass(frozen=True, slots=True)
class JudgedPlace:
    """A placed container with the builds it runs and the flags it gives by itself.

    Attributes:
        running: its builds.
        sightings: of the container, in any order.
        flags: in the enum's order, with their sentences.
        stale: a sentence on when it was last read, if it may not be current; else "".
        counts: whether it decides states, `mixed` and baselines: neither stale nor idle.
        registry_info: registry information on its builds.
    """

    placed: PlacedContainer
    running: RunningBuilds
    sightings: Sequence[Sighting]
    flags: Mapping[Flag, str]
    stale: str
    counts: bool
    registry_info: RegistryInfo

    @property
    def version(self) -> str:
        """The version of the build that most of its pods run."""
        return self.running.builds[0].version

    @property
    def open_rollout(self) -> Sighting | None:
        """The sighting that has not ended; None if none is known."""
        for sighting in self.sightings:
            if sighting.current_started_at is not None:
                return sighting
        return None

    @property
    def since(self) -> Sighting | None:
        """The sighting that tells since when it runs `version`; None if none does."""
        found = self.open_rollout
        return found if found is not None and is_of_build(found, self.running.builds[0]) else None

    @property
    def label(self) -> str:
        """Cluster, namespace and workload: its name in sentences."""
        o = self.placed.observation
        return f"{o.cluster} {o.namespace}/{o.workload}"


def judge_place(
    placed: PlacedContainer, sightings: Sequence[Sighting], standards: Standards
) -> JudgedPlace:
    """Judge one place by itself; a stale one has no flag but `stale`."""
    observation = placed.observation
    collect = standards.rules.collect
    running = running_builds(observation, rolling=bool(rolling(observation, collect)))
    registry_info = standards.registries.of(running)
    stale = standards.coverage.why_stale(observation)
    environment = standards.environments[placed.environment]
    return JudgedPlace(
        placed=placed,
        running=running,
        sightings=sightings,
        flags=(
            {Flag.STALE: stale}
            if stale
            else place_flags(observation, running, environment, collect, registry_info)
        ),
        stale=stale,
        counts=not stale and observation.wanted != 0,
        registry_info=registry_info,
    )
