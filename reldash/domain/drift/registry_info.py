"""What registries tell of what a place runs: its push, its size, its scan, where its tag points."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from reldash.domain.builds.build import Build
from reldash.domain.builds.moved_tags import moved_tag, moved_to
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.drift.reasons.registries import unchecked_words, unreached_words
from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.registries.scans import Scan, worst


@dataclass(frozen=True, slots=True)
class RegistryInfo:
    """What registries tell of one place; None and "" where they tell nothing.

    Attributes:
        pushed_at: when the build that it stands for was first pushed anywhere.
        size: bytes of that build, compressed.
        scan: the worst of all that its pods run.
        moved: a sentence, if a tag that it runs has moved.
        current: the digest that the registry gives for that tag now, if it is the registry's.
        unchecked: a sentence, if its registry never told whether the tag has moved.
        unreached: a sentence, if its registry could not be reached lately.
    """

    pushed_at: datetime | None = None
    size: int | None = None
    scan: Scan | None = None
    moved: str = ""
    current: str = ""
    unchecked: str = ""
    unreached: str = ""


NOTHING = RegistryInfo()
NO_WORDS: Mapping[str, str] = MappingProxyType({})


class RegistryLookup:
    """Tells of each place; most places share their builds, of which each is looked up once.

    It is silent where nothing is known: true wherever no registry is asked.
    """

    def __init__(self, facts: RegistryFacts, now: datetime) -> None:
        self.is_silent = facts == NO_FACTS
        self._facts = facts
        self._told: dict[RunningBuilds, RegistryInfo] = {}
        self._unreached = unreached_words(facts, now)

    def of(self, runs: RunningBuilds) -> RegistryInfo:
        """What registries tell of what a place runs."""
        if self.is_silent and len(runs.builds) == 1:
            return NOTHING
        found = self._told.get(runs)
        if found is None:
            found = self._told[runs] = registry_info_of(runs, self._facts, self._unreached)
        return found


def registry_info_of(
    runs: RunningBuilds, facts: RegistryFacts, unreached: Mapping[str, str] = NO_WORDS
) -> RegistryInfo:
    """What registries tell of what a place runs, looked up afresh.

    `unreached` are the sentences of `registry_words.unreached_words`.
    """
    build = runs.builds[0]
    sizes = [size for d in build.digests if (size := facts.sizes.get(d.value)) is not None]
    moved = moved_tag(runs.builds, facts)
    now = (moved_to(one, facts) for one in runs.builds) if moved else ()
    return RegistryInfo(
        pushed_at=pushed_at(build, facts),
        size=max(sizes, default=None),
        scan=worst([scan_of(one, facts) for one in runs.live]),
        moved=moved,
        current=next(filter(None, now), ""),
        unchecked=unchecked_words(_unchecked_names(runs.builds, facts), facts) if unreached else "",
        unreached=_unreached(runs.builds, facts, unreached) if unreached else "",
    )


def pushed_at(build: Build, facts: RegistryFacts) -> datetime | None:
    """When a build was first pushed to any registry; None if that is not known.

    By its digests; where none is known that a registry could know, by what its tag is now.
    """
    pushes = [at for d in build.digests if (at := facts.pushed_at(d.value)) is not None]
    if pushes or any(digest.kind is not DigestKind.CONFIG for digest in build.digests):
        return min(pushes, default=None)
    name, _, tag = build.tagged.rpartition(":")
    current = facts.tag_digest(name, tag)
    return None if current is None else facts.pushed_at(current)


def scan_of(build: Build, facts: RegistryFacts) -> Scan | None:
    """What scans found in a build; None if no registry told."""
    known = [scan for d in build.digests if (scan := facts.scan_of(d.value)) is not None]
    return worst(known)


def _unreached(builds: Collection[Build], facts: RegistryFacts, words: Mapping[str, str]) -> str:
    names = [build.tagged.rpartition(":")[0] for build in builds]
    names += [d.repository for build in builds for d in build.digests if d.repository]
    return next(
        (
            words.get(name.partition("/")[0], "")
            for name in names
            if name and facts.unreached(name) is not None
        ),
        "",
    )


def _unchecked_names(builds: Collection[Build], facts: RegistryFacts) -> list[str]:
    """The names of the images whose tags were never looked up."""
    names = []
    for build in builds:
        name, _, tag = build.tagged.rpartition(":")
        key = (name, tag)
        if name and key not in facts.tags and key not in facts.missing:
            names.append(name)
    return names
