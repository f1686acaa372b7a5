"""The versions of a cell: the one that gives it its state first, and where each of them runs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from reldash.domain.builds.build import Build
from reldash.domain.builds.running import count_pods
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.verdict import Verdict, by_concern
from reldash.domain.phrases import counted, listed

_MOST_NAMED = 2  # clusters or namespaces of one version


class CellVersions(NamedTuple):
    """The versions of a cell, each with the number of places that run it.

    Attributes:
        deciding: those that decide the state: the one with the most serious verdict first, of
            equals that of most places.
        leaving: those that a rolling update is replacing.
        where: the clusters or namespaces that run each, or how many of the pods or deployments do;
            empty if there is only one version.
    """

    deciding: tuple[tuple[str, int], ...]
    leaving: tuple[tuple[str, int], ...] = ()
    where: Mapping[str, str] = MappingProxyType({})


def cell_versions(
    verdicts: Sequence[Verdict], places: Sequence[JudgedPlace], names: Mapping[str, str]
) -> CellVersions:
    """The versions of a cell.

    Args:
        verdicts: on the builds that decide, those of most places first.
        places: those of the cell that count, or all if none does; not empty.
        names: the short name of each cluster.
    """
    first = places[0].running
    if len(first.live) == 1 and all(place.running is first for place in places):
        return CellVersions(((first.builds[0].version, len(places)),))
    running: dict[str, list[JudgedPlace]] = {}
    for verdict in by_concern(verdicts):
        running.setdefault(verdict.build.version, [])
    number = len(running)
    for place in places:
        for version in _distinct(place.running.builds) | _distinct(place.running.live):
            running.setdefault(version, []).append(place)
    shares = tuple((version, len(own)) for version, own in running.items())
    if len(shares) == 1:
        return CellVersions(shares)
    return CellVersions(shares[:number], shares[number:], _where(running, places, names))


def _distinct(builds: Sequence[Build]) -> dict[str, None]:
    return {build.version: None for build in builds}


def _where(
    running: Mapping[str, Sequence[JudgedPlace]],
    places: Sequence[JudgedPlace],
    names: Mapping[str, str],
) -> dict[str, str]:
    """Where each version runs: by cluster, else by namespace, else by its share."""
    clusters = {
        version: {names.get(name, name): None for p in own for name in (_cluster(p),)}
        for version, own in running.items()
    }
    if _are_apart(clusters):
        return {version: listed(list(own), _MOST_NAMED) for version, own in clusters.items()}
    namespaces = {
        version: {p.placed.observation.namespace: None for p in own}
        for version, own in running.items()
    }
    if _are_apart(namespaces):
        return {version: listed(list(own), _MOST_NAMED) for version, own in namespaces.items()}
    if any(len(place.running.live) > 1 for place in places):
        pods: Counter[str] = Counter()
        for place in places:
            for build, number in count_pods(place.placed.observation).items():
                pods[build.version] += number
        total = pods.total()
        return {version: f"{pods[version]} of {counted(total, 'pod')}" for version in running}
    total = len(places)
    return {
        version: f"{len(own)} of {counted(total, 'deployment')}" for version, own in running.items()
    }


def _cluster(place: JudgedPlace) -> str:
    return place.placed.observation.cluster


def _are_apart(groups: Mapping[str, Mapping[str, None]]) -> bool:
    """Whether no two versions share a group."""
    return sum(len(own) for own in groups.values()) == len(
        {name for own in groups.values() for name in own}
    )
