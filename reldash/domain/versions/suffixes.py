"""Read the suffix of a version: pre-releases, later builds, variants and labels.

The tables below define the meaning of every known word.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from reldash.domain.versions.schemes import Rank, SuffixStep

# Only these are pre-releases. Their order among each other is that of semver.org, rule 11.
PRERELEASES: Final = {
    word: place for place, word in enumerate(("alpha", "beta", "dev", "m", "pre", "rc", "snapshot"))
}
# Python's short forms (PEP 440), read as such only if joined to a number: 1.4.2b3.
JOINED_PRERELEASES: Final = {"a": "alpha", "b": "beta", "c": "rc"}
# Builds that come after their base, with other spellings of the same.
LATER_BUILDS: Final = {
    "hotfix": "hotfix",
    "hf": "hotfix",
    "post": "post",
    "p": "p",
    "patch": "p",
    "sp": "sp",
    "r": "r",
    "rev": "r",
}
# Words that add nothing to the number or commit after them.
EMPTY_WORDS: Final = {"final", "ga", "release", "sha", "git", "commit"}
# Words before a count of builds, with any number of digits.
COUNT_WORDS: Final = {"build", "b"}
# Image variants. Any other unknown word is a free name, such as that of a branch: it distinguishes
# builds without ordering them, so that 1.4.2-login is older than 1.5.0.
VARIANT: Final = re.compile(
    r"(?:alpine|slim|debian|stretch|buster|bookworm|bullseye|trixie|forky|ubuntu|focal|jammy|noble"
    r"|ubi|rhel|centos|rocky|alma|fedora|amazonlinux|amzn|al2|distroless|wolfi|scratch|busybox"
    r"|musl|glibc|linux|windows|windowsservercore|servercore|nanoserver|ltsc"
    r"|amd|arm|arm64v|arm32v|aarch|armv|armhf|x86|x64|i386|ppc64le|s390x|riscv"
    r"|jdk|jre|java|openjdk|temurin|corretto|graalvm|native|node|python|py|php|ruby|go|golang"
    r"|dotnet|fpm|apache|cuda|cudnn|rocm|gpu|cpu|nonroot|rootless|debug|fips"
    r"|base|full|lite|mini|minimal|ce|ee|oss|community|enterprise)[0-9.]*(?:l|v[0-9])?"
)
# Variants that are written with a number after a hyphen: debian-12, java-21.
NUMBERED_VARIANTS: Final = {
    *("debian", "ubuntu", "ubi", "rhel", "windows", "nanoserver", "servercore"),
    *("windowsservercore", "ltsc", "jdk", "jre", "java", "node", "python", "php", "ruby", "cuda"),
}

_TOKEN: Final = re.compile(r"([-_.~+]*)([^-_.~+]+)")
_WORD: Final = re.compile(r"([a-z]+)([0-9]*)")
_COMMIT: Final = re.compile(r"g?([0-9a-f]{7,40})")
_STAMP: Final = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})(?:[0-9]{4}(?:[0-9]{2})?)?")


def is_stamp(text: str) -> bool:
    """Whether digits are yyyymmdd, yyyymmddhhmm or yyyymmddhhmmss of an existing day."""
    found = _STAMP.fullmatch(text)
    return found is not None and is_day(int(found[1]), int(found[2]), int(found[3]))


def is_day(year: int, month: int, day: int) -> bool:
    """Whether a day exists in the calendar."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def commit_of(token: str) -> str | None:
    """The hex digits of a commit: 7 to 40, with or without `g` before them; None for no commit."""
    found = _COMMIT.fullmatch(token)
    return found[1] if found else None


@dataclass(slots=True)
class Suffix:
    """The parts of a suffix: see the attributes of `Version`."""

    steps: list[SuffixStep] = field(default_factory=list)
    variant: list[str] = field(default_factory=list)
    label: list[str] = field(default_factory=list)


class SuffixReader:
    """Reads the tokens after a version's numbers, one by one, into a Suffix.

    `last` is the kind of the previous token, which decides what a number belongs to.
    """

    def __init__(self) -> None:
        self.suffix = Suffix()
        self.last = ""

    def read(self, text: str) -> Suffix:
        """Read lower-case text such as "-rc.1-alpine"; never raises."""
        for separators, token in _TOKEN.findall(text):
            self.last = self._read_token(separators[-1:], token)
        return self.suffix

    def _read_token(self, separator: str, token: str) -> str:
        if token.isdecimal() and token.isascii():
            return self._read_number(separator, token)
        if (commit := commit_of(token)) is not None:
            self.suffix.label.append(commit)
            return "commit"
        word, digits = found.groups() if (found := _WORD.fullmatch(token)) else (token, "")
        if not separator and word in JOINED_PRERELEASES and digits:
            word = JOINED_PRERELEASES[word]
        if word in PRERELEASES:
            return self._read_prerelease(word, digits)
        if word in LATER_BUILDS:
            return self._later(LATER_BUILDS[word], digits)
        if word in COUNT_WORDS:
            return self._later("", digits) if digits else "count"
        if word in EMPTY_WORDS and not digits:
            return "empty"
        return self._read_name(token)

    def _read_number(self, separator: str, digits: str) -> str:
        """Assign a number to the word before it, or read it as a count of later builds."""
        dotted = separator in ("", ".")
        if self.last == "variant":
            if dotted or self.suffix.variant[-1] in NUMBERED_VARIANTS:
                self.suffix.variant[-1] += f"{separator}{digits}"
                return "variant"
        elif self.last == "count":
            return self._later("", digits)
        elif self.last == "name":
            self.suffix.label.append(digits)
            return "name"
        elif (dotted and self.last in ("word", "number")) or (
            self.last == "word" and not _is_commit_only(digits)
        ):
            self.suffix.steps.append(SuffixStep(Rank.NUMBER, int(digits)))
            return "number"
        if _is_commit_only(digits):
            self.suffix.label.append(digits)
            return "commit"
        return self._later("", digits)

    def _read_prerelease(self, word: str, digits: str) -> str:
        again = any(step.rank is Rank.PRE for step in self.suffix.steps)
        rank = Rank.PRE_AGAIN if again else Rank.PRE
        return self._step(SuffixStep(rank, PRERELEASES[word]), digits)

    def _later(self, kind: str, digits: str) -> str:
        """Add a later build; `git describe --long` with 0 commits after the tag is none."""
        if not kind and digits and int(digits) == 0:
            return "empty"
        return self._step(SuffixStep(Rank.POST, 0, kind), digits)

    def _step(self, step: SuffixStep, digits: str) -> str:
        self.suffix.steps.append(step)
        if digits:
            self.suffix.steps.append(SuffixStep(Rank.NUMBER, int(digits)))
        return "number" if digits else "word"

    def _read_name(self, name: str) -> str:
        if VARIANT.fullmatch(name):
            self.suffix.variant.append(name)
            return "variant"
        self.suffix.label.append(name)
        return "name"


def _is_commit_only(digits: str) -> bool:
    """Whether decimal digits are a commit: long enough, and no date."""
    return commit_of(digits) is not None and not is_stamp(digits)
