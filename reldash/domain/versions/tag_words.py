"""The words in tags and what each means: decided here and nowhere else.

Words are lower case. The lists are facts about how public projects write their tags; add to them
with a test in `tests/unit/versions`.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

# Before the first number they say nothing: v1.4.2, release-1.4.2.
VERSION_WORDS: Final = frozenset({"v", "ver", "version", "rel", "release", "tag"})
# After the base they name the release itself: 1.4.2.Final, 1.4.2.GA.
BASE_WORDS: Final = frozenset({"final", "ga", "release"})
# They announce a commit and say nothing themselves: sha-abc1234.
COMMIT_WORDS: Final = frozenset({"sha", "git", "commit"})


class Group(IntEnum):
    """Which stages can be ordered among each other."""

    LADDER = 0  # alpha < beta < rc
    EARLY = 1  # before rc; not comparable with alpha, beta or each other
    MOVING = 2  # before the base; not comparable with any other stage


class Stage(NamedTuple):
    """A stage before the base: its group, and its place among the stages of the ladder."""

    group: Group
    place: int
    name: str


STAGES: Final = {
    "alpha": Stage(Group.LADDER, 0, "alpha"),
    "beta": Stage(Group.LADDER, 1, "beta"),
    "rc": Stage(Group.LADDER, 2, "rc"),
    "cr": Stage(Group.LADDER, 2, "rc"),
    "candidate": Stage(Group.LADDER, 2, "rc"),
    **{
        word: Stage(Group.EARLY, 0, name)
        for word, name in (
            *(("m", "milestone"), ("milestone", "milestone"), ("preview", "preview")),
            *(("pre", "pre"), ("ea", "ea"), ("ec", "ec"), ("dr", "dr")),
        )
    },
    **{
        word: Stage(Group.MOVING, 0, word)
        for word in ("dev", "snapshot", "nightly", "weekly", "canary", "next")
    },
}
_STAGE_BY_NAME: Final = {stage.name: stage for stage in STAGES.values()}


def compare_stages(a: str, b: str) -> int | None:
    """How one stage stands to another one, by the names of both; None if projects differ."""
    one, other, rc = _STAGE_BY_NAME[a], _STAGE_BY_NAME[b], _STAGE_BY_NAME["rc"]
    if one.group is other.group is Group.LADDER:
        return -1 if one.place < other.place else 1
    if {one.group, other.group} == {Group.LADDER, Group.EARLY} and rc in {one, other}:
        return 1 if one == rc else -1
    return None


# Python's short forms (PEP 440), only where they touch the numbers: 1.4.2b3.
JOINED_STAGES: Final = {"a": "alpha", "b": "beta", "c": "rc"}
# Later builds of a base, with other spellings of the same.
LATER_BUILDS: Final = {
    "hotfix": "hotfix",
    "hf": "hotfix",
    "fix": "fix",
    "post": "post",
    "p": "p",
    "patch": "p",
    "sp": "sp",
    "sr": "sr",
    "r": "r",
    "rev": "r",
    "cu": "cu",
    "build": "build",
    "bld": "build",
    "security": "security",
    "sec": "security",
}
# Later builds even without a number behind them: 1.4.2-hotfix.
LATER_ALONE: Final = frozenset({"hotfix", "security", "post", "patch"})

BRANCHES: Final = frozenset(
    {
        *("main", "master", "trunk", "head", "default", "develop", "development", "dev", "devel"),
        *("latest", "stable", "edge", "nightly", "canary", "next", "current", "unstable"),
        *("testing", "test", "qa", "uat", "staging", "stage", "stg", "production", "prod", "live"),
        *("preview", "integration", "int", "preprod", "hotfix", "lts", "release", "snapshot"),
        *("mainline", "rolling", "weekly", "ci"),
    }
)
# First words of branches named after a piece of work: a number in them counts nothing.
WORK_BRANCHES: Final = frozenset(
    {
        *("pr", "mr", "pull", "merge", "feature", "feat", "fix", "bugfix", "bug", "issue"),
        *("ticket", "task", "chore", "renovate", "dependabot", "branch", "untagged"),
        *("before", "after", "post", "refs"),
    }
)
# In a suffix they and their number name a piece of work: 1.5.0-pr.123.
WORK_ITEMS: Final = ("pr", "mr", "pull", "pullrequest", "merge", "issue", "ticket")
# Numbered words of packagers, who also build candidates: 17.0.0-rc43.ee.0 before 17.0.0-ee.0.
PACKAGE_WORDS: Final = frozenset(
    {
        *("k", "rke", "ee", "ce", "ls", "rancher", "eksbuild", "eks", "gke", "hardened", "redhat"),
        *("okd", "deb", "ubuntu"),
    }
)
# Their builds may be candidates themselves: v1.30.6-rc1-k3s2, v1.30.6-rc1-rke2r2.
PACKAGERS: Final = frozenset({"k", "rke"})
# Places that a build was made for or promoted to; a fleet adds the names of its own.
DECORATIONS: Final = frozenset(
    {
        *("dev", "test", "qa", "uat", "int", "stage", "stg", "staging"),
        *("prod", "production", "live"),
    }
)
# Older than the release itself, for they are stages as well.
EARLY_DECORATIONS: Final = frozenset({"dev", "preview"})
# Two or more capitals and a number are an issue key (OPS-77), but for these.
NO_ISSUE_KEYS: Final = (
    VERSION_WORDS | BASE_WORDS | STAGES.keys() | LATER_BUILDS.keys() | BRANCHES | {"base"}
)

_DISTRIBUTIONS = (
    "alpine|debian|ubuntu"
    "|ubi|rhel|el|fc|centos|rocky|alma|fedora|amazonlinux|amzn|al|wolfi|busybox"
    "|oraclelinux|oracle|opensuse|leap|sles|bci|raspbian|cbl-mariner|azurelinux|minideb|uclibc"
    "|musl|glibc|linux|windows|windowsservercore|servercore|nanoserver|ltsc|photon|mariner"
)
_PLATFORMS = "amd|arm|arm64v|arm32v|aarch|armv|armhf|x86|x64|i386|ppc64le|s390x|riscv"
_RUNTIMES = (
    "jdk|jre|openjdk|java|eclipse-temurin|temurin|amazoncorretto|corretto|ibmjava|semeru|liberica"
    "|zulu|sapmachine|graalvm|graal|erlang|otp|perl|rust|native|node|python|py|php|ruby|go|golang|dotnet"
    "|fpm|apache|cuda|cudnn|rocm|gpu|cpu|pg|postgres|scala"
)
_FLAVOURS = (
    "slim|distroless|scratch|stretch|buster|bookworm|bullseye|trixie|forky|focal|jammy|noble"
    "|nonroot|rootless|debug|fips|full|lite|mini|minimal"
)
# Platforms, distributions and runtimes with their own numbers: alpine3.20, ubuntu-22.04, jdk21.
VARIANT: Final = re.compile(
    r"(?<![a-z0-9])(?:"
    rf"(?:{_DISTRIBUTIONS}|{_RUNTIMES})-?[0-9]+(?:\.[0-9]+)*(?:u(?![a-z0-9]))?"
    rf"|(?:{_PLATFORMS})[0-9]*(?:l|v[0-9])?"
    rf"|(?:{_DISTRIBUTIONS}|{_RUNTIMES}|{_FLAVOURS})"
    r")(?![a-z0-9])(?!\.[0-9])"
)


@lru_cache(maxsize=64)
def decoration_patterns(names: frozenset[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Any of the names at the start, with a number or commit (a mark) behind it, and at the end."""
    one = "|".join(
        "[-.]".join(map(re.escape, re.split(r"[-_.]", name)))
        for name in sorted(names, key=lambda name: (-len(name), name))
        if re.search("[a-z].*[a-z]", name)  # a customer's number is the version's as well
    )
    one = one or "(?!)"
    return re.compile(rf"({one})[-.](?=.*[0-9\x01\x02])"), re.compile(rf"[-.]({one})$")
