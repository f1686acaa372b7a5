"""Arrivals: when each build of a service first came to an environment, and was first ready."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reldash.domain.builds.build import Build
from reldash.domain.workloads.observations import RolloutSource, Sighting


@dataclass(frozen=True, slots=True)
class SeenBuild:
    """A sighting with its environment, customer and build.

    Attributes:
        start_is_known: whether it is known when it started. The first sighting of a container may
            have run long before, unless revisions show its start or its workload was created then.
    """

    sighting: Sighting
    environment: str
    customer: str | None
    start_is_known: bool
    build: Build

    @property
    def was_ready(self) -> bool:
        """Whether a replica of it became ready; assumed of revisions, which do not record it."""
        return self.sighting.ready_at is not None or self.sighting.source is RolloutSource.REVISION

    @property
    def arrived_at(self) -> datetime:
        """When it was first ready there, or if that is not known, first rolled out.

        A sighting from revisions was ready at the first read, but may have been long before: it
        counts from its rollout, else every wait would start on the day of the installation.
        """
        if self.sighting.source is RolloutSource.REVISION:
            return self.sighting.first_started_at
        return self.sighting.ready_at or self.sighting.first_started_at


@dataclass(frozen=True, slots=True)
class Arrival:
    """All sightings of one build in an environment, or by one customer there.

    Attributes:
        first_seen_at: when it was first seen (aware UTC).
        start_is_known: whether it is known that it was not there before; see `SeenBuild`.
        ready_at: when it was first ready (see `SeenBuild.arrived_at`); None if it never was.
    """

    build: Build
    first_seen_at: datetime
    start_is_known: bool
    ready_at: datetime | None


class Arrivals:
    """The arrivals of one service, oldest first; computed on demand and cached.

    A service with a thousand places has seen only a few builds.
    """

    def __init__(self, seen: Iterable[SeenBuild]) -> None:
        """`seen` comes oldest first."""
        self._seen: dict[str, list[SeenBuild]] = defaultdict(list)
        for one in seen:
            self._seen[one.environment].append(one)
        self._in: dict[str, Sequence[Arrival]] = {}
        self._for: dict[str, dict[str | None, Sequence[Arrival]]] = {}

    def in_environment(self, name: str) -> Sequence[Arrival]:
        """The arrivals in an environment, at any place."""
        if name not in self._in:
            self._in[name] = fold(self._seen.get(name, ()))
        return self._in[name]

    def of_customer(self, environment: str, customer: str | None) -> Sequence[Arrival]:
        """The arrivals in an environment at places of one customer, or of none."""
        if environment not in self._for:
            parts: dict[str | None, list[SeenBuild]] = defaultdict(list)
            for one in self._seen.get(environment, ()):
                parts[one.customer].append(one)
            self._for[environment] = {
                part: fold(seen) if len(parts) > 1 else self.in_environment(environment)
                for part, seen in parts.items()
            }
        return self._for[environment].get(customer, ())


def fold(seen: Iterable[SeenBuild]) -> Sequence[Arrival]:
    """Fold sightings (oldest first) to an arrival for each build, in order of first sighting."""
    found: dict[Build, list[SeenBuild]] = defaultdict(list)
    for one in seen:
        found[one.build].append(one)
    return [
        Arrival(
            build,
            first_seen_at=sightings[0].sighting.first_started_at,
            start_is_known=all(one.start_is_known for one in sightings),
            ready_at=min((one.arrived_at for one in sightings if one.was_ready), default=None),
        )
        for build, sightings in found.items()
    ]
