"""The relation of two builds: equality first, by digest or text, and only then order."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from reldash.domain.builds.build import Build
from reldash.domain.builds.equal_digests import same_build
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.versions.order import VersionOrder


class Relation(Enum):
    """The relation of a build to the one it is compared with."""

    SAME = "the same build"
    FINAL = "the final release of the candidate there"
    REBUILT = "the same version in another build"
    NEWER = "newer"
    OLDER = "older"
    DIFFERENT = "different, and not comparable"


EQUAL = frozenset({Relation.SAME, Relation.FINAL, Relation.REBUILT})


def is_same(a: Build, b: Build, facts: RegistryFacts = NO_FACTS) -> bool:
    """Whether two builds are the same, whatever registry, replica or tag they came from.

    Digests decide if any two of them can be compared (`equal_digests.same_build`); else the text
    of the versions does.
    """
    if a is b or not a.digests.isdisjoint(b.digests):
        return True
    common = same_build(a.digests, b.digests, facts)
    return a.version == b.version if common is None else common


def relate(
    build: Build, other: Build, order: Callable[[], VersionOrder], facts: RegistryFacts = NO_FACTS
) -> Relation:
    """The relation of a build to another.

    `order` returns the service's order of versions; it is called only if equality does not decide.
    Versions that the order finds equal though their texts differ (`v1.4.2`, `1.4.2`) are one
    version; builds of it with different digests are rebuilt, as with equal texts, unless their
    tags say that they were made for different places (`1.4.2-stg`, `1.4.2-prod`).
    """
    if is_same(build, other, facts):
        return Relation.SAME
    if build.version == other.version:
        return Relation.REBUILT
    versions = order()
    if versions.is_final_of(build.version, other.version):
        return Relation.FINAL
    match versions.compare(build.version, other.version).result:
        case 1:
            return Relation.NEWER
        case -1:
            return Relation.OLDER
        case 0:
            known = same_build(build.digests, other.digests, facts)
            is_rebuilt = known is False and not versions.differ_in_place(
                build.version, other.version
            )
            return Relation.REBUILT if is_rebuilt else Relation.SAME
    return Relation.DIFFERENT


def by_frequency(
    places: Sequence[Sequence[Build]], facts: RegistryFacts = NO_FACTS
) -> tuple[tuple[Build, int], ...]:
    """Each build with the number of places that run it, most first; ties in order of appearance.

    `places` holds the builds of each place; there is at least one.
    """
    first = places[0]
    if all(builds is first for builds in places):
        return tuple((build, len(places)) for build in first)
    counts: dict[Build, int] = {}
    for builds, number in Counter(tuple(builds) for builds in places).items():
        for build in builds:
            known = build if build in counts else _known(build, counts, facts)
            counts[known] = counts.get(known, 0) + number
    return tuple(sorted(counts.items(), key=lambda item: -item[1]))


def agree(a: RunningBuilds, b: RunningBuilds, facts: RegistryFacts = NO_FACTS) -> bool:
    """Whether two places agree: all decisive builds of one run in the other.

    So a place in a rolling update agrees with one that has not started it.
    """
    return _contained(a.builds, b.live, facts) or _contained(b.builds, a.live, facts)


def _contained(some: Sequence[Build], all_: Sequence[Build], facts: RegistryFacts) -> bool:
    return all(any(is_same(build, other, facts) for other in all_) for build in some)


def _known(build: Build, known: Iterable[Build], facts: RegistryFacts) -> Build:
    return next((other for other in known if is_same(build, other, facts)), build)
