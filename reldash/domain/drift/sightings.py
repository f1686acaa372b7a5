"""What is known of the past of a dashboard's services: sightings, by the row they belong to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from reldash.domain.builds.build import Build, build_of
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.standards import Standards
from reldash.domain.fleet.namespaces import Namespaces
from reldash.domain.fleet.scope import ColumnKeyOf, Scope
from reldash.domain.grouping.rows import PlacedContainer, RowGroup
from reldash.domain.images.references import ImageError, parse_image
from reldash.domain.rollouts.arrivals import Arrivals, SeenBuild
from reldash.domain.rollouts.starts import MADE_FOR_IT
from reldash.domain.workloads.observations import ContainerKey, Observation, RolloutSource, Sighting

_Key = tuple[str, str, str, str, str]  # cluster, namespace, kind, workload, container


class GoneSighting(NamedTuple):
    """A sighting of a container that is there no more, with its place in the dashboard."""

    sighting: Sighting
    environment: str
    customer: str | None


class ServiceSightings:
    """The sightings of one row, and what follows from them."""

    def __init__(self, places: Sequence[JudgedPlace], gone: Sequence[GoneSighting]) -> None:
        self._places = places
        self._gone = gone

    def last_seen(self, key_of: ColumnKeyOf, scope: Scope) -> Mapping[str, Sighting]:
        """The latest sighting of what is gone, by the column that it was in, within a scope."""
        found: dict[str, Sighting] = {}
        for seen in self._gone:
            key = seen.sighting.key
            if scope.includes(key.cluster, key.namespace, seen.customer):
                column = key_of(key.cluster, seen.environment, key.namespace, seen.customer)
                known = found.get(column, seen.sighting)
                found[column] = max(known, seen.sighting, key=_last_known)
        return found

    def continued_since(self, environment: str, version: str, since: datetime) -> datetime:
        """Since when a version has run in an environment without a break, by any container.

        `since` is when those that run now began.
        """
        if not self._gone:
            return since
        for seen in reversed(self.seen):
            started_at, ended_at = seen.sighting.first_started_at, seen.sighting.last_ended_at
            if (
                seen.environment == environment
                and seen.build.version == version
                and (ended_at is None or ended_at >= since)
            ):
                since = min(since, started_at)
        return since

    @cached_property
    def seen(self) -> tuple[SeenBuild, ...]:
        """Every sighting, oldest first; images are parsed only for rows that are asked."""
        found = [
            SeenBuild(
                sighting,
                place.placed.environment,
                place.placed.customer,
                _began(sighting, place.sightings, place.placed.observation.created_at),
                _build(sighting),
            )
            for place in self._places
            for sighting in place.sightings
        ]
        found += [
            SeenBuild(s, gone.environment, gone.customer, _began(s, (s,), None), _build(s))
            for gone in self._gone
            for s in (gone.sighting,)
        ]
        return tuple(sorted(found, key=lambda seen: seen.sighting.first_started_at))

    @cached_property
    def builds(self) -> tuple[Build, ...]:
        """Every build that was seen."""
        return tuple(dict.fromkeys(seen.build for seen in self.seen))

    @cached_property
    def arrivals(self) -> Arrivals:
        """The sightings by environment and build."""
        return Arrivals(self.seen)


class DashboardSightings:
    """All sightings of a dashboard. A row has those of the containers that it shows.

    It also has those of containers that are gone, if workload and container are called as one of
    its own elsewhere and the image's repository is one of its own: labels are not kept.
    """

    def __init__(
        self, sightings: Iterable[Sighting], placed: Iterable[PlacedContainer], standards: Standards
    ) -> None:
        self._namespaces = Namespaces(standards.rules, standards.dashboard)
        self._of: dict[_Key, list[Sighting]] = {_observation_key(p.observation): [] for p in placed}
        self._gone: dict[tuple[str, str], list[Sighting]] = defaultdict(list)
        for sighting in sightings:
            known = self._of.get(_key(sighting.key))
            if known is None:
                self._gone[sighting.key.workload, sighting.key.container].append(sighting)
            else:
                known.append(sighting)

    def of(self, observation: Observation) -> Sequence[Sighting]:
        """The sightings of a container that is there."""
        return self._of[_observation_key(observation)]

    def gone(self, group: RowGroup) -> list[GoneSighting]:
        """The sightings of a row's containers that are there no more."""
        if not self._gone:
            return []
        names = {(p.observation.workload, p.observation.container) for p in group.primary}
        sightings = [sighting for name in names for sighting in self._gone.get(name, ())]
        if not sightings:
            return []
        repositories = {_short_name(placed.observation.image) for placed in group.primary}
        return [
            # By the namespace alone: the labels of what is gone are not known.
            GoneSighting(
                sighting, environment, self._namespaces.customer_of(key.cluster, key.namespace)
            )
            for sighting in sightings
            for key in (sighting.key,)
            if _short_name(sighting.image) in repositories
            and (environment := self._namespaces.environment_of(key.cluster, key.namespace))
            is not None
        ]


def _last_known(sighting: Sighting) -> datetime:
    return sighting.last_ended_at or sighting.current_started_at or sighting.first_started_at


def _began(sighting: Sighting, others: Iterable[Sighting], created_at: datetime | None) -> bool:
    """Whether it is known when it began; see `SeenBuild.began`."""
    started_at = sighting.first_started_at
    return (
        sighting.source is RolloutSource.REVISION
        or any(other.first_started_at < started_at for other in others)
        or (created_at is not None and started_at - created_at <= MADE_FOR_IT)
    )


def _build(sighting: Sighting) -> Build:
    """The build that was seen; with several digests of one tag, known by all of them."""
    # With all arguments, as for what runs now: cached by how it is called, a build is one value.
    builds = [build_of(sighting.image, digest, "") for digest in sighting.digests]
    if len(builds) < 2:
        return builds[0] if builds else build_of(sighting.image)
    digests = frozenset(digest for build in builds for digest in build.digests)
    return Build(builds[0].version, builds[0].tagged, digests)


def _short_name(image: str) -> str:
    try:
        return parse_image(image).short_name
    except ImageError:
        return image


def _key(key: ContainerKey) -> _Key:
    return key.cluster, key.namespace, key.kind, key.workload, key.container


def _observation_key(o: Observation) -> _Key:
    return o.cluster, o.namespace, o.kind, o.workload, o.container
