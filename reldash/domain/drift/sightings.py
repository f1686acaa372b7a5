"""Sightings of a dashboard's services: the images that ran, by the row they belong to."""

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
from reldash.domain.rollouts.starts import FIRST_ROLLOUT_WITHIN
from reldash.domain.workloads.observations import ContainerKey, Observation, RolloutSource, Sighting

_Key = tuple[str, str, str, str, str]  # cluster, namespace, kind, workload, container


class GoneSighting(NamedTuple):
    """A sighting of a container that no longer exists, with its place in the dashboard."""

    sighting: Sighting
    environment: str
    customer: str | None


class ServiceSightings:
    """The sightings of one row: builds, arrivals, last sightings by column."""

    def __init__(self, places: Sequence[JudgedPlace], gone: Sequence[GoneSighting]) -> None:
        self._places = places
        self._gone = gone

    def last_seen(self, key_of: ColumnKeyOf, scope: Scope) -> Mapping[str, Sighting]:
        """The latest sighting of containers that no longer exist, by column, within a scope."""
        found: dict[str, Sighting] = {}
        for seen in self._gone:
            key = seen.sighting.key
            if scope.includes(key.cluster, key.namespace, seen.customer):
                column = key_of(key.cluster, seen.environment, key.namespace, seen.customer)
                known = found.get(column, seen.sighting)
                found[column] = max(known, seen.sighting, key=_last_known)
        return found

    def continued_since(self, environment: str, version: str, since: datetime) -> datetime:
        """Since when a version has run in an environment without a break, in any container.

        `since` is when the containers that run it now started it.
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
        """Every sighting, oldest first; computed on demand, since it parses images."""
        found = [
            SeenBuild(
                sighting,
                place.placed.environment,
                place.placed.customer,
                _start_is_known(sighting, place.sightings, place.placed.observation.created_at),
                _build(sighting),
            )
            for place in self._places
            for sighting in place.sightings
        ]
        found += [
            SeenBuild(s, gone.environment, gone.customer, _start_is_known(s, (s,), None), _build(s))
            for gone in self._gone
            for s in (gone.sighting,)
        ]
        return tuple(sorted(found, key=lambda seen: seen.sighting.first_started_at))

    @cached_property
    def builds(self) -> tuple[Build, ...]:
        """Every distinct build."""
        return tuple(dict.fromkeys(seen.build for seen in self.seen))

    @cached_property
    def arrivals(self) -> Arrivals:
        """The sightings folded by environment and build."""
        return Arrivals(self.seen)


class DashboardSightings:
    """All sightings of a dashboard, assigned to rows.

    A row has the sightings of its containers. It also has those of containers that no longer
    exist, if workload and container have the names of one of its own elsewhere and the image's
    repository is one of its own: sightings have no labels to name them by.
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
        """The sightings of a container that exists."""
        return self._of[_observation_key(observation)]

    def gone(self, group: RowGroup) -> list[GoneSighting]:
        """The sightings of a row's containers that no longer exist."""
        if not self._gone:
            return []
        names = {(p.observation.workload, p.observation.container) for p in group.primary}
        sightings = [sighting for name in names for sighting in self._gone.get(name, ())]
        if not sightings:
            return []
        repositories = {_short_name(placed.observation.image) for placed in group.primary}
        return [
            # By the namespace alone: labels of containers that no longer exist are not known.
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


def _start_is_known(
    sighting: Sighting, others: Iterable[Sighting], created_at: datetime | None
) -> bool:
    """Whether it is known when it started; see `SeenBuild`."""
    started_at = sighting.first_started_at
    return (
        sighting.source is RolloutSource.REVISION
        or any(other.first_started_at < started_at for other in others)
        or (created_at is not None and started_at - created_at <= FIRST_ROLLOUT_WITHIN)
    )


def _build(sighting: Sighting) -> Build:
    """The build of a sighting, with all of its digests."""
    # With all arguments, as for running pods: `build_of` is cached by its arguments, so that one
    # build is one object.
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
