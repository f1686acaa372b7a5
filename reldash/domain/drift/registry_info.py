"""Registry information on one place: first push, size, scan, and whether its tag moved."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from reldash.domain.builds.build import Build
from reldash.domain.builds.moved_tags import MovedTag, find_moved_tag, find_unclear_tag, moved_to
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.drift.reasons.flags import maybe_moved_words
from reldash.domain.drift.reasons.registries import unchecked_words, unreached_words
from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.registries.scans import Scan, worst


@dataclass(frozen=True, slots=True)
class RegistryInfo:
    """The facts of registries on the builds of one place; None and "" if there are none.

    Attributes:
        pushed_at: when the build that it stands for was first pushed anywhere (aware UTC).
        size: bytes of that build, compressed.
        scan: the worst of all that its pods run.
        moved: a tag that it runs and that has moved.
        current: the digest that the registry gives for that tag now, if it is the registry's.
        unchecked: a sentence, if its registry never answered whether the tag has moved.
        unreached: a sentence, if the last attempt to reach its registry failed.
    """

    pushed_at: datetime | None = None
    size: int | None = None
    scan: Scan | None = None
    moved: MovedTag | None = None
    current: str = ""
    unchecked: str = ""
    unreached: str = ""


NO_INFO = RegistryInfo()
NO_WORDS: Mapping[str, str] = MappingProxyType({})


class RegistryLookup:
    """Looks up the registry information of places; most share their builds, so it is cached."""

    def __init__(self, facts: RegistryFacts, now: datetime) -> None:
        self.is_empty = facts == NO_FACTS
        """Whether there are no facts at all: no registry is read."""
        self._facts = facts
        self._found: dict[RunningBuilds, RegistryInfo] = {}
        self._unreached = unreached_words(facts, now)

    def of(self, running: RunningBuilds) -> RegistryInfo:
        """The registry information on the builds of a place."""
        if self.is_empty and len(running.builds) == 1:
            return NO_INFO
        found = self._found.get(running)
        if found is None:
            found = registry_info_of(running, self._facts, self._unreached)
            self._found[running] = found
        return found


def registry_info_of(
    running: RunningBuilds, facts: RegistryFacts, unreached: Mapping[str, str] = NO_WORDS
) -> RegistryInfo:
    """The registry information on the builds of a place, not cached.

    `unreached` has the sentences of `reasons.registries.unreached_words`, by registry.
    """
    build = running.builds[0]
    sizes = [size for d in build.digests if (size := facts.sizes.get(d.value)) is not None]
    moved = find_moved_tag(running.builds, facts)
    now = (moved_to(one, facts) for one in running.builds) if moved else ()
    names = _names_never_answered(running.builds, facts) if unreached else ()
    return RegistryInfo(
        pushed_at=pushed_at(build, facts),
        size=max(sizes, default=None),
        scan=worst([scan_of(one, facts) for one in running.live]),
        moved=moved,
        current=next(filter(None, now), ""),
        unchecked=unchecked_words(names, facts) or _unclear(running.builds, facts),
        unreached=_unreached(running.builds, facts, unreached) if unreached else "",
    )


def pushed_at(build: Build, facts: RegistryFacts) -> datetime | None:
    """When a build was first pushed to any registry (aware UTC); None if that is not known.

    By its digests; where none is of a kind that registries know, by the digest its tag has now.
    """
    pushes = [at for d in build.digests if (at := facts.pushed_at(d.value)) is not None]
    if pushes or any(digest.kind is not DigestKind.CONFIG for digest in build.digests):
        return min(pushes, default=None)
    name, _, tag = build.tagged.rpartition(":")
    current = facts.tag_digest(name, tag)
    return None if current is None else facts.pushed_at(current)


def scan_of(build: Build, facts: RegistryFacts) -> Scan | None:
    """The scan of a build, the worst of its digests; None if no registry has one."""
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


def _unclear(builds: Sequence[Build], facts: RegistryFacts) -> str:
    unclear = find_unclear_tag(builds, facts)
    return maybe_moved_words(*unclear) if unclear else ""


def _names_never_answered(builds: Collection[Build], facts: RegistryFacts) -> list[str]:
    """The names of the images whose tags no registry ever answered for."""
    names = []
    for build in builds:
        name, _, tag = build.tagged.rpartition(":")
        key = (name, tag)
        if name and key not in facts.tags and key not in facts.missing:
            names.append(name)
    return names
