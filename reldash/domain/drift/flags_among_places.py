"""The flags of a cell: those that its places give, and those that only show among them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from reldash.domain.builds.equality import agree
from reldash.domain.builds.moved_tags import moved_tag
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.drift.flags import NO_FLAGS
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.judged_service import JudgedService
from reldash.domain.drift.reasons.states import (
    bypassed_words,
    mixed_words,
    place_words,
    rebuilt_words,
)
from reldash.domain.drift.states import Flag, State
from reldash.domain.drift.verdict import Verdict
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts

_ORDER = {flag: position for position, flag in enumerate(Flag)}


def is_mixed(places: Sequence[RunningBuilds], facts: RegistryFacts = NO_FACTS) -> bool:
    """Whether any two places disagree; those in a rolling update stand for either version."""
    kinds = dict.fromkeys(places)
    return any(not agree(a, b, facts) for a, b in combinations(kinds, 2))


def is_mixed_within_customers(
    places: Sequence[JudgedPlace], facts: RegistryFacts = NO_FACTS
) -> bool:
    """Whether any two places disagree that should agree: customers go each at their own pace."""
    runs: dict[str | None, list[RunningBuilds]] = defaultdict(list)
    for place in places:
        runs[place.placed.customer].append(place.runs)
    return any(is_mixed(own, facts) for own in runs.values())


def cell_flags(
    service: JudgedService,
    subject: str,
    places: Sequence[JudgedPlace],
    counting: Sequence[JudgedPlace],
    verdicts: Sequence[Verdict],
    versions: Sequence[tuple[str, int]],
) -> Mapping[Flag, str]:
    """All flags of a cell in the enum's order, each with its sentence.

    Args:
        service: whose cell it is.
        subject: what sentences call the cell.
        places: all of its places.
        counting: those of them that count.
        verdicts: on what those run.
        versions: of the places shown, most frequent first.
    """
    found = _given_by_places(places)
    if not counting:
        return _in_order(found)
    found |= _among_places(service, subject, counting, versions)
    rebuilt = next((verdict for verdict in verdicts if verdict.is_rebuilt), None)
    if rebuilt is not None:
        found[Flag.REBUILT] = rebuilt_words(subject, rebuilt)
    bypassed = _bypassed(service, verdicts, places[0].placed.environment)
    if bypassed:
        earlier = service.view.promoted[places[0].placed.environment]
        found[Flag.BYPASSED] = bypassed_words(subject, [v.build for v in bypassed], earlier)
    return _in_order(found)


def _in_order(found: dict[Flag, str]) -> Mapping[Flag, str]:
    if len(found) < 2:
        return found or NO_FLAGS
    return {flag: found[flag] for flag in sorted(found, key=_ORDER.__getitem__)}


def _given_by_places(places: Sequence[JudgedPlace]) -> dict[Flag, str]:
    giving: dict[Flag, list[JudgedPlace]] = {}
    for place in places:
        for flag in place.flags:
            giving.setdefault(flag, []).append(place)
    return {flag: place_words(flag, given) for flag, given in giving.items()}


def _among_places(
    service: JudgedService,
    subject: str,
    counting: Sequence[JudgedPlace],
    versions: Sequence[tuple[str, int]],
) -> dict[Flag, str]:
    """What shows only where several places are looked at together."""
    found: dict[Flag, str] = {}
    facts = service.view.facts
    first = counting[0].runs
    if all(place.runs is first for place in counting):
        return found
    builds = list(dict.fromkeys(build for place in counting for build in place.runs.builds))
    if is_mixed([place.runs for place in counting], facts):
        found[Flag.MIXED] = mixed_words(subject, versions, len(builds))
    moved = moved_tag(builds, facts)
    if moved:
        found[Flag.TAG_MOVED] = moved
    return found


def _bypassed(
    service: JudgedService, verdicts: Sequence[Verdict], environment: str
) -> list[Verdict]:
    """Those whose build came past the earlier environments.

    What is in step with the environment that it is promoted from runs there now.
    """
    if service.row.sidecar:
        return []
    return [
        verdict
        for verdict in verdicts
        if (verdict.state is not State.IN_STEP or service.view.baseline)
        and service.is_bypassed(verdict.build, environment)
    ]
