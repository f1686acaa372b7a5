"""What was seen of a service, folded by build: its thousand places have seen but a few builds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reldash.domain.builds.build import Build
from reldash.domain.workloads.observations import RolloutSource, Sighting


@dataclass(frozen=True, slots=True)
class SeenBuild:
    """A sighting with its place in the dashboard.

    Attributes:
        began: whether its start is known. The first that is seen of a container may have run long
            before, unless it came with revisions or its workload was made then.
    """

    sighting: Sighting
    environment: str
    customer: str | None
    began: bool
    build: Build

    @property
    def was_ready(self) -> bool:
        """Whether a replica of it became ready; revisions do not say, and are believed."""
        return self.sighting.ready_at is not None or self.sighting.source is RolloutSource.REVISION

    @property
    def arrived_at(self) -> datetime:
        """When it was first ready there, or if that is not known, first rolled out.

        What came with revisions was seen ready at the first read, however long it had been: else
        every wait would begin on the day of the installation.
        """
        if self.sighting.source is RolloutSource.REVISION:
            return self.sighting.first_started_at
        return self.sighting.ready_at or self.sighting.first_started_at


@dataclass(frozen=True, slots=True)
class Arrival:
    """All sightings of one build in an environment, or by one customer there.

    Attributes:
        came_at: when it was first seen (aware UTC).
        began: whether it is known that it was not there before; see `SeenBuild.began`.
        ready_at: when it was first ready (see `SeenBuild.arrived_at`); None if it never was.
    """

    build: Build
    came_at: datetime
    began: bool
    ready_at: datetime | None


class Arrivals:
    """The arrivals of one service, oldest first; folded for whom they are asked for."""

    def __init__(self, seen: Iterable[SeenBuild]) -> None:
        """`seen` comes oldest first."""
        self._seen: dict[str, list[SeenBuild]] = defaultdict(list)
        for one in seen:
            self._seen[one.environment].append(one)
        self._in: dict[str, Sequence[Arrival]] = {}
        self._for: dict[str, dict[str | None, Sequence[Arrival]]] = {}

    def in_environment(self, name: str) -> Sequence[Arrival]:
        """What came to an environment, by any place."""
        if name not in self._in:
            self._in[name] = fold(self._seen.get(name, ()))
        return self._in[name]

    def of_customer(self, environment: str, customer: str | None) -> Sequence[Arrival]:
        """What came to an environment by places of one customer, or of none."""
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
    """An arrival for each build, in the order in which they were first seen.

    `seen` comes oldest first.
    """
    found: dict[Build, list[SeenBuild]] = defaultdict(list)
    for one in seen:
        found[one.build].append(one)
    return [
        Arrival(
            build,
            came_at=sightings[0].sighting.first_started_at,
            began=all(one.began for one in sightings),
            ready_at=min((one.arrived_at for one in sightings if one.was_ready), default=None),
        )
        for build, sightings in found.items()
    ]
