"""One place of a service: the builds it runs, its own flags, and whether it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reldash.domain.builds.build import build_of
from reldash.domain.builds.running import RunningBuilds, running_builds
from reldash.domain.drift.flags import NO_FLAGS, in_order, place_flags, rolling
from reldash.domain.drift.gaps import Gap
from reldash.domain.drift.registry_info import RegistryInfo
from reldash.domain.drift.running_since import is_of_build
from reldash.domain.drift.standards import Standards
from reldash.domain.drift.states import Flag
from reldash.domain.grouping.rows import PlacedContainer
from reldash.domain.workloads.observations import (
    NEVER,
    Sighting,
)


@dataclass(frozen=True, slots=True)
class JudgedPlace:
    """A placed container with the builds it runs and the flags it gives by itself.

    Attributes:
        running: its builds.
        sightings: of the container, in any order.
        flags: in the enum's order, with their sentences; those of a stale one are as last read.
        stale: a sentence on when it was last read, if it may not be current; else "".
        counts: whether it decides states, `mixed` and baselines: all do but those that are idle,
            and those that history has and no read found.
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

    def started_at(self, version: str) -> datetime | None:
        """When it started to run a version (aware UTC); None if it does not, or it is not known."""
        if len(self.running.builds) == 1:
            rollout = self.since if self.version == version else None
            return rollout.current_started_at if rollout else None
        if all(build.version != version for build in self.running.builds):
            return None
        starts = [
            sighting.current_started_at or sighting.first_started_at
            for sighting in self.sightings
            if build_of(sighting.image).version == version
        ]
        return max(starts, default=None)

    @property
    def was_read(self) -> bool:
        """Whether any read found it; else only history has it."""
        return self.placed.observation.observed_at != NEVER

    @property
    def gap(self) -> Gap | None:
        """Since when it was not read; None if it is current."""
        o = self.placed.observation
        return Gap(o.cluster, self.stale, o.observed_at) if self.stale else None

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
    """Judge one place by itself; a stale one as it was last read."""
    observation = placed.observation
    collect = standards.rules.collect
    running = running_builds(observation, rolling=bool(rolling(observation, collect)))
    registry_info = standards.registries.of(running)
    stale = standards.coverage.why_stale(observation)
    environment = standards.environments[placed.environment]
    was_read = observation.observed_at != NEVER
    flags: Mapping[Flag, str] = NO_FLAGS
    if was_read:
        flags = place_flags(observation, running, environment, collect, registry_info)
    return JudgedPlace(
        placed=placed,
        running=running,
        sightings=sightings,
        flags=in_order({**flags, Flag.STALE: stale}) if stale else flags,
        stale=stale,
        counts=was_read and observation.wanted != 0,
        registry_info=registry_info,
    )
