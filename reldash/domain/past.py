"""What is known of the past of a dashboard's services: sightings, by the row they belong to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property

from reldash.domain.columns import KeyBy
from reldash.domain.filters import Scope
from reldash.domain.images import ImageError, parse_image
from reldash.domain.model import ContainerKey, Observation, RolloutSource, Sighting
from reldash.domain.rows import Placed, RowGroup
from reldash.domain.running import Build, build_of
from reldash.domain.view import View

# How long after a workload was made its first rollout may have been noticed.
_MADE_FOR_IT = timedelta(hours=1)

_Key = tuple[str, str, str, str, str]  # cluster, namespace, kind, workload, container


@dataclass(frozen=True, slots=True)
class Seen:
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
        """When it was first ready there, or if that is not known, first rolled out."""
        return self.sighting.ready_at or self.sighting.first_started_at


class Past:
    """The sightings of one row, and what follows from them."""

    def __init__(self, sightings: Sequence[tuple[Sighting, str, str | None, Observation | None]]):
        self._sightings = sightings
        self._open = {
            _key(sighting.key): sighting
            for sighting, *_ in sightings
            if sighting.current_started_at is not None
        }

    def open_rollout(self, observation: Observation) -> Sighting | None:
        """The container's sighting that has not ended; None if nothing is known."""
        return self._open.get(_observation_key(observation))

    def last_in(self, column: str, key_of: KeyBy, scope: Scope) -> Sighting | None:
        """The latest sighting in a column, within a scope; None if it never ran there."""
        found = [
            sighting
            for sighting, environment, customer, _ in self._sightings
            if key_of(sighting.key.cluster, environment, sighting.key.namespace, customer) == column
            and scope.includes(sighting.key.cluster, sighting.key.namespace, customer)
        ]
        return max(found, key=_last_known, default=None)

    def continued_since(self, environment: str, version: str, since: datetime) -> datetime:
        """Since when a version has run in an environment without a break, by any container.

        `since` is when those that run now began.
        """
        if all(observation is not None for *_, observation in self._sightings):
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
    def seen(self) -> tuple[Seen, ...]:
        """Every sighting, oldest first; images are parsed only for rows that are asked."""
        first: dict[_Key, datetime] = {}
        for sighting, *_ in self._sightings:
            key = _key(sighting.key)
            first[key] = min(first.get(key, sighting.first_started_at), sighting.first_started_at)
        found = [
            Seen(sighting, environment, customer, _began(sighting, first, now), _build(sighting))
            for sighting, environment, customer, now in self._sightings
        ]
        return tuple(sorted(found, key=lambda seen: seen.sighting.first_started_at))


class Pasts:
    """All sightings of a dashboard. A row has those of the containers it shows.

    It also has those of containers that are gone, if workload and container are called as one of
    its own elsewhere and the image's repository is one of its own: labels are not kept.
    """

    def __init__(
        self, sightings: Iterable[Sighting], groups: Iterable[RowGroup], view: View
    ) -> None:
        self._view = view
        self._named: dict[tuple[str, str], list[Sighting]] = defaultdict(list)
        for sighting in sightings:
            self._named[sighting.key.workload, sighting.key.container].append(sighting)
        self._places: dict[_Key, tuple[str, Placed]] = {
            _observation_key(placed.observation): (group.row.service, placed)
            for group in groups
            for placed in group.primary
        }
        self._environments: dict[tuple[str, str], str | None] = {}

    def of(self, group: RowGroup) -> Past:
        """The past of one row."""
        found: list[tuple[Sighting, str, str | None, Observation | None]] = []
        names = {(p.observation.workload, p.observation.container) for p in group.primary}
        for sighting in (s for name in names for s in self._named.get(name, ())):
            known = self._places.get(_key(sighting.key))
            if known is None:
                environment = self._environment_of(sighting.key)
                if environment is not None and _short_name(sighting.image) in _short_names(group):
                    found.append((sighting, environment, self._customer_of(sighting.key), None))
            elif known[0] == group.row.service:
                placed = known[1]
                found.append((sighting, placed.environment, placed.customer, placed.observation))
        return Past(found)

    def _environment_of(self, key: ContainerKey) -> str | None:
        place = (key.cluster, key.namespace)
        if place not in self._environments:
            self._environments[place] = self._find_environment(key)
        return self._environments[place]

    def _find_environment(self, key: ContainerKey) -> str | None:
        patterns = self._view.rules.services.exclude_namespaces
        if any(fnmatchcase(key.namespace, pattern) for pattern in patterns):
            return None
        for cluster in self._view.rules.clusters:
            if cluster.name == key.cluster and self._view.dashboard.key in cluster.dashboards:
                environment = cluster.environment_of(key.namespace)
                return environment if environment in self._view.environments else None
        return None

    def _customer_of(self, key: ContainerKey) -> str | None:
        """By the namespace alone: the labels of what is gone are not known."""
        rule = self._view.dashboard.customer
        match = rule.namespace.fullmatch(key.namespace) if rule and rule.namespace else None
        return match["customer"] if match else None


def _last_known(sighting: Sighting) -> datetime:
    return sighting.last_ended_at or sighting.current_started_at or sighting.first_started_at


def _began(
    sighting: Sighting, first: dict[_Key, datetime], observation: Observation | None
) -> bool:
    started_at = sighting.first_started_at
    return (
        sighting.source is RolloutSource.REVISION
        or started_at > first[_key(sighting.key)]
        or (observation is not None and started_at - observation.created_at <= _MADE_FOR_IT)
    )


def _build(sighting: Sighting) -> Build:
    """The build that was seen; with several digests of one tag, known by all of them."""
    builds = [build_of(sighting.image, digest) for digest in sighting.digests]
    if len(builds) < 2:
        return builds[0] if builds else build_of(sighting.image)
    digests = frozenset(digest for build in builds for digest in build.digests)
    return Build(builds[0].version, builds[0].tagged, digests)


def _short_names(group: RowGroup) -> set[str]:
    return {_short_name(placed.observation.image) for placed in group.primary}


def _short_name(image: str) -> str:
    try:
        return parse_image(image).short_name
    except ImageError:
        return image


def _key(key: ContainerKey) -> _Key:
    return key.cluster, key.namespace, key.kind, key.workload, key.container


def _observation_key(o: Observation) -> _Key:
    return o.cluster, o.namespace, o.kind, o.workload, o.container
