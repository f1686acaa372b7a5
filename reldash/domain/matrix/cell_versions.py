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
            equals that of the greatest weight.
        leaving: those that a rolling update is replacing.
        where: the clusters or namespaces that run each, or how many of the pods or deployments do;
            empty if there is only one version.
    """

    deciding: tuple[tuple[str, int], ...]
    leaving: tuple[tuple[str, int], ...] = ()
    where: Mapping[str, str] = MappingProxyType({})


class Shares(NamedTuple):
    """How much of a cell each version has, in pods or in deployments (`noun`)."""

    of_versions: tuple[tuple[str, int], ...]
    total: int
    noun: str


def shares_of(versions: Sequence[tuple[str, int]], places: Sequence[JudgedPlace]) -> Shares:
    """The shares of versions: by pods where a place runs several builds, else by places.

    Args:
        versions: with the number of places of each.
        places: all of the cell that decide.
    """
    if any(len(place.running.live) > 1 for place in places):
        pods: Counter[str] = Counter()
        for place in places:
            for build, number in count_pods(place.placed.observation).items():
                pods[build.version] += number
        if all(pods[version] for version, _ in versions):
            own = tuple((version, pods[version]) for version, _ in versions)
            return Shares(own, pods.total(), "pod")
    return Shares(tuple(versions), len(places), "deployment")


def weights_of(places: Sequence[JudgedPlace]) -> Counter[tuple[Build, str | None]]:
    """The weight of each build that decides, by customer: pods, or places as in `shares_of`."""
    by_pods = any(len(place.running.builds) > 1 for place in places)
    found: Counter[tuple[Build, str | None]] = Counter()
    for place in places:
        pods = count_pods(place.placed.observation) if by_pods else {}
        for build in place.running.builds:
            found[build, place.placed.customer] += pods.get(build, 1)
    return found


def cell_versions(
    verdicts: Sequence[Verdict], places: Sequence[JudgedPlace], names: Mapping[str, str]
) -> CellVersions:
    """The versions of a cell.

    Args:
        verdicts: on the builds that decide, those of the greatest weight first.
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
    shares = shares_of([(version, len(own)) for version, own in running.items()], places)
    return {
        version: f"{number} of {counted(shares.total, shares.noun)}"
        for version, number in shares.of_versions
    }


def _cluster(place: JudgedPlace) -> str:
    return place.placed.observation.cluster


def _are_apart(groups: Mapping[str, Mapping[str, None]]) -> bool:
    """Whether no two versions share a group."""
    return sum(len(own) for own in groups.values()) == len(
        {name for own in groups.values() for name in own}
    )
