"""Builds of a service, tagged in the ways that teams tag them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from random import Random

from reldash.demo.stable_ids import commit_of


class TagScheme(StrEnum):
    """How a service's images are tagged; each value is an example."""

    SEMVER = "1.4.2"
    V_SEMVER = "v1.4.2"
    CALENDAR = "2026.11.3"
    COUNTER = "main-142-abc1234"
    SHORT_COMMIT = "9f6c009"
    LONG_COMMIT = "05c9d727c14a3170d19a84f37b6cd59be3d5a0a9"
    ALPINE = "1.4.2-alpine"
    HEX_SUFFIX = "0.20.1-b524415"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Build:
    """One build: its number, version triple, commit, build time and tag."""

    number: int
    triple: tuple[int, int, int]
    commit: str
    made_at: datetime
    tag: str

    @property
    def version(self) -> str:
        """The value of the chart's label `app.kubernetes.io/version`."""
        return ".".join(map(str, self.triple))


def tag_of(naming: TagScheme, build: Build) -> str:
    """Return the build's tag under a tag scheme."""
    version, short = build.version, build.commit[:7]
    made = build.made_at
    return {
        TagScheme.SEMVER: version,
        TagScheme.V_SEMVER: f"v{version}",
        TagScheme.CALENDAR: f"{made.year}.{made.month}.{build.number}",
        TagScheme.COUNTER: f"main-{build.number}-{short}",
        TagScheme.SHORT_COMMIT: short,
        TagScheme.LONG_COMMIT: build.commit,
        TagScheme.ALPINE: f"{version}-alpine",
        TagScheme.HEX_SUFFIX: f"{version}-{short}",
        TagScheme.LATEST: "latest",
    }[naming]


class BuildSequence:
    """The builds of one service, each following the last; deterministic for a seed."""

    def __init__(self, service: str, naming: TagScheme, seed: int) -> None:
        self._service = service
        self._naming = naming
        self._random = Random(f"{seed}/{service}")  # noqa: S311 - a demo must repeat, not hide
        self._number = self._random.randint(40, 400)
        self._triple = (
            self._random.randint(0, 5),
            self._random.randint(1, 30),
            self._random.randint(0, 4),
        )

    def following(self, made_at: datetime) -> Build:
        """Create the next build: mostly a patch or minor version, rarely a major one."""
        major, minor, patch = self._triple
        dice = self._random.random()
        if dice < 0.05:
            self._triple = (major + 1, 0, 0)
        elif dice < 0.55:
            self._triple = (major, minor + 1, 0)
        else:
            self._triple = (major, minor, patch + 1)
        self._number += 1
        return self._build(self._number, self._triple, made_at)

    def hotfix(self, base: Build, made_at: datetime) -> Build:
        """Create a hotfix build on top of an older build."""
        self._number += 1
        built = self._build(self._number, base.triple, made_at)
        if self._naming in {TagScheme.SEMVER, TagScheme.V_SEMVER}:
            return replace(built, tag=f"{built.tag}-hotfix.{self._number}")
        return built

    def _build(self, number: int, triple: tuple[int, int, int], made_at: datetime) -> Build:
        commit = commit_of(self._service, number)
        bare = Build(number, triple, commit, made_at, tag="")
        return replace(bare, tag=tag_of(self._naming, bare))
