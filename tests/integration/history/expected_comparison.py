"""The expected result of comparing two sides, from the script, without any code under test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from reldash.domain.comparison.sides import Side
from tests.integration.history.oracle import Knowledge, Oracle
from tests.integration.history.release_plan import CLUSTERS_OF, COMMITS, kind_of
from tests.integration.history.script import Build, Place
from tests.integration.history.script_reads import dashboard_of


class Presence(Enum):
    """Whether a service is present on one side."""

    ABSENT = "absent"
    UNKNOWN = "unknown"  # not read recently enough, at least in part
    THERE = "there"


@dataclass(frozen=True)
class ServiceOnSide:
    """A service on one side; `whole` is whether all of it was read recently enough."""

    presence: Presence
    builds: frozenset[Build] = frozenset()
    whole: bool = True


def holds(side: Side, place: Place) -> bool:
    """Whether a place belongs to a side."""
    return (
        side.environment in ("", place.environment)
        and side.cluster in ("", place.cluster)
        and side.namespace in ("", place.namespace)
        and side.customer in ("", place.customer)
    )


def names_at(oracle: Oracle, dashboard: str, at: datetime) -> set[str]:
    """The services known at a moment anywhere in a dashboard."""
    return {
        runs[0]
        for place in oracle.spans
        if dashboard_of(place) == dashboard and (runs := oracle.running(place, at)) is not None
    }


def service_on_side(oracle: Oracle, side: Side, dashboard: str, service: str) -> ServiceOnSide:
    """Derive a service on one side from the script."""
    assert side.as_of is not None
    at, builds, is_stale = side.as_of, set[Build](), False
    for place in oracle.spans:
        runs = oracle.running(place, at)
        if runs and runs[0] == service and dashboard_of(place) == dashboard and holds(side, place):
            builds.add(runs[1])
            is_stale |= oracle.as_of(place, at).known is Knowledge.UNKNOWN
    kind = kind_of(service.removesuffix("-next"))
    was_read = all(oracle.was_read(name, kind, at) for name in clusters(dashboard, side))
    if not builds:
        return ServiceOnSide(Presence.ABSENT if was_read else Presence.UNKNOWN)
    presence = Presence.UNKNOWN if is_stale else Presence.THERE
    return ServiceOnSide(presence, frozenset(builds), whole=was_read)


def clusters(dashboard: str, side: Side) -> list[str]:
    """The clusters that a side covers."""
    return [side.cluster] if side.cluster else CLUSTERS_OF[dashboard][side.environment]


def difference(left: ServiceOnSide, right: ServiceOnSide, first: Mapping[str, datetime]) -> str:
    """The expected difference; `first` is when each commit was first seen in dev."""
    if Presence.UNKNOWN in (left.presence, right.presence):
        return "unknown"
    if left.presence is Presence.ABSENT:
        return "only_right"
    if right.presence is Presence.ABSENT:
        return "only_left"
    if left.builds == right.builds:
        return "same" if left.whole and right.whole else "unknown"
    found = {
        relation(a, b, first) for a in left.builds for b in right.builds if a != b
    }  # fmt: skip
    if found == {"rebuilt"}:
        return "rebuilt"
    found.discard("rebuilt")
    return found.pop() if len(found) == 1 else "different"


def relation(a: Build, b: Build, first: Mapping[str, datetime]) -> str:
    """The relation of one build to another."""
    if a.version == b.version:
        return "rebuilt"
    if "." not in a.version:
        if a.version not in first or b.version not in first:
            return "different"
        return "newer" if first[a.version] > first[b.version] else "older"
    return "newer" if numbers(a.version) > numbers(b.version) else "older"


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def first_of_commits(oracle: Oracle) -> Mapping[str, datetime]:
    """When each version of the service whose tags are commits was first seen in dev."""
    found: dict[str, datetime] = {}
    for place, spans in oracle.spans.items():
        if place.service == COMMITS and place.cluster == "dev":
            for span in spans:
                found.setdefault(span.build.version, span.started_at)
    return found
