"""One place of a service: what it runs, the flags it gives, whether it decides anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reldash.domain.builds.running import RunningBuilds, running_builds
from reldash.domain.drift.flags import place_flags, rolling
from reldash.domain.drift.registry_info import RegistryInfo
from reldash.domain.drift.standards import Standards
from reldash.domain.drift.states import Flag
from reldash.domain.grouping.rows import PlacedContainer
from reldash.domain.workloads.observations import (
    Sighting,
)


@dataclass(frozen=True, slots=True)
class JudgedPlace:
    """A placed container with what it runs.

    Attributes:
        sightings: what was seen of the container, in any order.
        flags: those that this place alone gives, in the enum's order, with their sentences.
        stale: a sentence that says when it was last read, if that is too long ago; else "".
        counts: whether it decides states, `mixed` and baselines: neither stale nor idle.
        told: what registries tell of what it runs.
    """

    placed: PlacedContainer
    runs: RunningBuilds
    sightings: Sequence[Sighting]
    flags: Mapping[Flag, str]
    stale: str
    counts: bool
    told: RegistryInfo

    @property
    def version(self) -> str:
        """The version of the build that most of its pods run."""
        return self.runs.builds[0].version

    @property
    def open_rollout(self) -> Sighting | None:
        """The sighting that has not ended; None if none is known."""
        for sighting in self.sightings:
            if sighting.current_started_at is not None:
                return sighting
        return None

    @property
    def label(self) -> str:
        """Cluster, namespace and workload, as sentences name a place."""
        o = self.placed.observation
        return f"{o.cluster} {o.namespace}/{o.workload}"


def judge_place(
    placed: PlacedContainer, sightings: Sequence[Sighting], view: Standards
) -> JudgedPlace:
    """What a place runs and which flags it gives, as far as it was read lately enough."""
    observation = placed.observation
    collect = view.rules.collect
    runs = running_builds(observation, rolling=bool(rolling(observation, collect)))
    told, stale = view.told.of(runs), ""
    if view.coverage.is_stale(observation.observed_at):
        stale = view.coverage.last_read(observation.cluster, observation.observed_at)
    environment = view.environments[placed.environment]
    return JudgedPlace(
        placed=placed,
        runs=runs,
        sightings=sightings,
        flags=(
            {Flag.STALE: stale}
            if stale
            else place_flags(observation, runs, environment, collect, told)
        ),
        stale=stale,
        counts=not stale and observation.wanted != 0,
        told=told,
    )
