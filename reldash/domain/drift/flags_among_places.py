"""The flags of a cell: those its places give, and `mixed`, `tag_moved`, `rebuilt`, `bypassed`.

The latter four only show where several places, or a place and its baseline, are compared.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation, agree
from reldash.domain.builds.moved_tags import find_moved_tag, find_unclear_tag
from reldash.domain.builds.platforms import may_be_platforms
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.drift.flags import in_order
from reldash.domain.drift.gaps import Gap
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.judged_service import JudgedService
from reldash.domain.drift.reasons import flags as reasons
from reldash.domain.drift.states import Flag, State
from reldash.domain.drift.verdict import Verdict
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts


def is_mixed(places: Sequence[RunningBuilds], facts: RegistryFacts = NO_FACTS) -> bool:
    """Whether any two places disagree; one in a rolling update agrees with either version."""
    kinds = dict.fromkeys(places)
    return any(not agree(a, b, facts) for a, b in combinations(kinds, 2))


def is_mixed_within_customers(
    places: Sequence[JudgedPlace], facts: RegistryFacts = NO_FACTS
) -> bool:
    """Whether two places of one customer disagree: customers go each at their own pace."""
    running: dict[str | None, list[RunningBuilds]] = defaultdict(list)
    for place in places:
        running[place.placed.customer].append(place.running)
    return any(is_mixed(own, facts) for own in running.values())


def cell_flags(
    service: JudgedService,
    subject: str,
    places: Sequence[JudgedPlace],
    counting: Sequence[JudgedPlace],
    verdicts: Sequence[Verdict],
    versions: tuple[Sequence[tuple[str, int]], str],
    gaps: Sequence[Gap] = (),
) -> Mapping[Flag, str]:
    """All flags of a cell in the enum's order, each with its sentence.

    Args:
        service: the service of the cell.
        subject: the name of the cell in sentences.
        places: all of its places.
        counting: those of them that count.
        verdicts: on the builds of those.
        versions: those that decide, each with its number, and the noun of what is counted.
        gaps: what it depends on and was not read, or not lately; the latter makes it `stale`.
    """
    found = _given_by_places(places)
    stale = [gap.words for gap in gaps if gap.is_stale]
    if stale:
        found[Flag.STALE] = reasons.stale_words(stale)
    if not counting:
        return in_order(found)
    found |= _among_places(service, subject, counting, versions)
    rebuilt = next((verdict for verdict in verdicts if verdict.is_rebuilt), None)
    if rebuilt is not None:
        other = _other_build(rebuilt)
        where = subject, rebuilt.build, rebuilt.baseline.name, other
        if may_be_platforms(rebuilt.build, other, service.standards.facts):
            found.setdefault(Flag.UNCHECKED, reasons.maybe_rebuilt_words(*where))
        else:
            found[Flag.REBUILT] = reasons.rebuilt_words(*where)
    bypassed = _bypassed(service, verdicts, places[0].placed.environment)
    if bypassed:
        earlier = service.standards.promoted[places[0].placed.environment]
        builds = [verdict.build for verdict in bypassed]
        found[Flag.BYPASSED] = reasons.bypassed_words(subject, builds, earlier)
    return in_order(found)


def _given_by_places(places: Sequence[JudgedPlace]) -> dict[Flag, str]:
    giving: dict[Flag, list[JudgedPlace]] = {}
    for place in places:
        for flag in place.flags:
            giving.setdefault(flag, []).append(place)
    return {
        flag: reasons.place_words(given[0].label, given[0].flags[flag], len(given) - 1)
        for flag, given in giving.items()
        if flag is not Flag.STALE
    }


def _among_places(
    service: JudgedService,
    subject: str,
    counting: Sequence[JudgedPlace],
    versions: tuple[Sequence[tuple[str, int]], str],
) -> dict[Flag, str]:
    """The flags `mixed` and `tag_moved`, from comparing places with each other."""
    found: dict[Flag, str] = {}
    facts = service.standards.facts
    first = counting[0].running
    if all(place.running is first for place in counting):
        return found
    builds = list(dict.fromkeys(build for place in counting for build in place.running.builds))
    if is_mixed([place.running for place in counting], facts):
        found[Flag.MIXED] = reasons.mixed_words(subject, *versions, len(builds))
    moved = find_moved_tag(builds, facts)
    if moved:
        found[Flag.TAG_MOVED] = reasons.tag_moved_words(moved)
    elif unclear := find_unclear_tag(builds, facts):
        found[Flag.UNCHECKED] = reasons.maybe_moved_words(*unclear)
    return found


def _other_build(verdict: Verdict) -> Build:
    """The baseline's build of the version that was rebuilt."""
    return next(
        build
        for build, relation in zip(verdict.baseline.builds, verdict.relations, strict=True)
        if relation is Relation.REBUILT
    )


def _bypassed(
    service: JudgedService, verdicts: Sequence[Verdict], environment: str
) -> list[Verdict]:
    """The verdicts on builds that bypassed the earlier environments.

    A build in step with the environment that it is promoted from runs there now, so it did not.
    """
    if service.row.sidecar:
        return []
    return [
        verdict
        for verdict in verdicts
        if (verdict.state is not State.IN_STEP or service.standards.baseline)
        and service.is_bypassed(verdict.build, environment)
    ]
