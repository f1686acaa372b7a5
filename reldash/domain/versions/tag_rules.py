"""What a fleet and a service say about how their tags are read.

A `VersionRule` is a regular expression of the fleet file with named groups, as users of Renovate
and Flux know it: `order` names the groups that decide, from left to right; numbers count as
numbers, everything else as text. The group `prerelease` marks what comes before the release, and
tags whose group `compatibility` differs are not comparable.
"""

import re
from dataclasses import dataclass
from typing import Final

from reldash.domain.versions.tag_parts import Kind, Reading, Step, StepKind
from reldash.domain.versions.tag_reading import MAX_LENGTH, NO_NAMES, read_tag
from reldash.domain.versions.tag_words import DECORATIONS

PRERELEASE: Final = "prerelease"
COMPATIBILITY: Final = "compatibility"


@dataclass(frozen=True, slots=True)
class VersionRule:
    """How tags that match a pattern are read.

    Attributes:
        images: patterns with `*` and `?` of images without tag; empty for all.
        services: likewise of services.
        pattern: has a named group for each name in `order`.
        order: the groups that decide, most significant first; at least one.
    """

    images: tuple[str, ...]
    services: tuple[str, ...]
    pattern: re.Pattern[str]
    order: tuple[str, ...]

    def read(self, text: str) -> Reading | None:
        """A tag by this rule; None if it does not match."""
        found = self.pattern.fullmatch(text.strip()) if len(text) <= MAX_LENGTH else None
        if found is None:
            return None
        groups = found.groupdict()
        stage = groups.get(PRERELEASE) or ""
        return Reading(
            text,
            Kind.RULED,
            line=self.pattern.pattern,
            values=tuple(_value(groups.get(name) or "") for name in self.order),
            steps=(Step(StepKind.STAGE, "pre"), *_numbers(stage)) if stage else (),
            variant=groups.get(COMPATIBILITY) or "",
        )


@dataclass(frozen=True, slots=True)
class TagRules:
    """How the tags of one service are read.

    Attributes:
        rules: of the fleet file, those that apply to the service; the first that matches counts.
        own: names of the service, its workload and repository in lower case.
        decorations: words that name places of the fleet, in lower case.
    """

    rules: tuple[VersionRule, ...] = ()
    own: frozenset[str] = NO_NAMES
    decorations: frozenset[str] = DECORATIONS

    def read(self, text: str) -> Reading:
        """Read a tag. Never raises."""
        for rule in self.rules:
            if (found := rule.read(text)) is not None:
                return found
        return read_tag(text, self.own, self.decorations)


NO_RULES: Final = TagRules()


def _value(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdecimal() and text.isascii() else (-1, text)


def _numbers(stage: str) -> tuple[Step, ...]:
    return tuple(
        Step(StepKind.NUMBER, numbers=(int(digits),)) for digits in re.findall(r"[0-9]+", stage)
    )
