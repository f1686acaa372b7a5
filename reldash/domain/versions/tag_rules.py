"""What a fleet and a service say about how their tags are read.

A `VersionRule` is a regular expression of the fleet file with named groups, as users of Renovate
and Flux know it: `order` names the groups that decide, from left to right; numbers count as
numbers, everything else as text. The group `prerelease` marks what comes before the release, and
tags whose group `compatibility` differs are not comparable.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from reldash.domain.fleet.rules import FleetRules, VersionRule
from reldash.domain.images.references import ImageError, parse_image
from reldash.domain.versions.tag_parts import Kind, Reading, Step, StepKind
from reldash.domain.versions.tag_reading import MAX_LENGTH, NO_NAMES, read_tag
from reldash.domain.versions.tag_words import DECORATIONS

PRERELEASE: Final = "prerelease"
COMPATIBILITY: Final = "compatibility"


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
            if (found := read_by_rule(text, rule)) is not None:
                return found
        return read_tag(text, self.own, self.decorations)


NO_RULES: Final = TagRules()


def deciding_groups(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The named groups of a rule's pattern that may decide, in order of appearance."""
    return tuple(name for name in pattern.groupindex if name not in {PRERELEASE, COMPATIBILITY})


def read_by_rule(text: str, rule: VersionRule) -> Reading | None:
    """A tag by a rule of the fleet file; None if it does not match."""
    found = rule.pattern.fullmatch(text.strip()) if len(text) <= MAX_LENGTH else None
    if found is None:
        return None
    groups = found.groupdict()
    stage = groups.get(PRERELEASE) or ""
    return Reading(
        text,
        Kind.RULED,
        line=rule.pattern.pattern,
        values=tuple(_value(groups.get(name) or "") for name in rule.order),
        steps=(Step(StepKind.STAGE, "pre"), *_numbers(stage)) if stage else (),
        variant=groups.get(COMPATIBILITY) or "",
    )


def rules_for(
    rules: FleetRules,
    service: str,
    *,
    images: Iterable[str] = (),
    names: Iterable[str] = (),
    places: frozenset[str] = DECORATIONS,
) -> TagRules:
    """How the tags of a service of a fleet are read.

    Args:
        rules: the fleet's.
        service: its name.
        images: references of its images.
        names: further names of it: workloads, components.
        places: see `place_names`.
    """
    repositories = {name for image in images if (name := _image_name(image))}
    matching = tuple(
        rule
        for rule in rules.versions
        if _matches(rule.services, [service]) and _matches(rule.images, repositories)
    )
    own = {service, *names, *(name.rpartition("/")[2] for name in repositories)}
    return TagRules(matching, frozenset(name.lower() for name in own if name), places)


def place_names(rules: FleetRules) -> frozenset[str]:
    """Words that name a place of a fleet, and the usual ones.

    These are its environments, its clusters and their regions, in full and by area: `eu-west-1`,
    `eu`.
    """
    regions = {cluster.region for cluster in rules.clusters if cluster.region}
    named = {
        *regions,
        *(region.partition("-")[0] for region in regions),
        *(environment.name for environment in rules.environments),
        *(e.name for board in rules.dashboards.values() for e in board.environments),
        *(cluster.name for cluster in rules.clusters),
    }
    return DECORATIONS | {name.lower() for name in named}


def _image_name(reference: str) -> str:
    try:
        return parse_image(reference).name
    except ImageError:
        return ""


def _matches(patterns: Sequence[str], names: Iterable[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _value(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdecimal() and text.isascii() else (-1, text)


def _numbers(stage: str) -> tuple[Step, ...]:
    return tuple(
        Step(StepKind.NUMBER, numbers=(int(digits),)) for digits in re.findall(r"[0-9]+", stage)
    )
