"""The one sentence that says which rule gave a state or a flag, in the words of its versions."""

from collections.abc import Sequence

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation
from reldash.domain.drift.baseline import Baseline
from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.lag import distance_words
from reldash.domain.drift.states import Flag, State
from reldash.domain.drift.verdict import Verdict
from reldash.domain.images.references import short_digest
from reldash.domain.phrases import counted, duration_words, listed
from reldash.domain.workloads.observations import Sighting

_METHODS = {"semver": "semver order", "date": "their dates", "counter": "their numbers"}


def state_words(who_runs: str, verdict: Verdict, *, has_budget: bool) -> str:
    """Which rule gave a verdict, naming versions, baseline and method.

    Args:
        who_runs: subject and verb: "prod runs", "2 of 4 places in prod run", "part of prod runs".
        verdict: what was found.
        has_budget: whether the environment has one.
    """
    own = f"{who_runs} {verdict.build.version}"
    there = _name(verdict.baseline)
    match verdict.state:
        case State.LEADING:
            return f"{own}; nothing to compare with: {verdict.baseline.reason}"
        case State.UNKNOWN:
            why = listed(verdict.baseline.gaps)
            return f"{own}; how it stands to {there} is not known: {why}"
        case State.IN_STEP:
            return f"{own}, {_equality(verdict, there)}"
        case State.DIVERGED:
            return f"{own}, {there} {_versions(verdict.baseline)}: {_divergence(verdict)}"
    return f"{own}, {there} {_versions(verdict.baseline)}: {_order(verdict, has_budget=has_budget)}"


def all_in_step_words(
    subject: str, verdicts: Sequence[Verdict], versions: Sequence[tuple[str, int]]
) -> str:
    """How each of several versions is in step, so that none is left to be guessed at.

    Args:
        subject: such as "prod".
        verdicts: at least one on each version, all in step.
        versions: with the number of places of each, most frequent first.
    """
    first = {v.build.version: v for v in reversed(verdicts)}
    parts = [
        f"{version} in {counted(number, 'place')}, {_equality(verdict, _name(verdict.baseline))}"
        for version, number in versions
        if (verdict := first.get(version))
    ]
    return f"{subject} runs {'; '.join(parts)}"


def unread_words(subject: str, version: str, gaps: Sequence[str]) -> str:
    """Why a cell that has a version has no known state: not all of it was read, or not lately."""
    return f"{subject} last seen running {version}, but {listed(gaps)}"


def absent_words(
    subject: str, gaps: Sequence[str], last_seen: Sighting | None, *, expected: bool
) -> str:
    """Why a cell without places is absent or unknown."""
    if gaps:
        return f"not known whether {subject} runs it: {listed(gaps)}"
    found = f"looked for in {subject} and not found"
    if last_seen is not None:
        until = last_seen.last_ended_at
        return f"{found}; it ran there{f' until {until:%Y-%m-%d}' if until else ' before'}"
    return f"{found}, and expected there" if expected else f"{found}; it never ran there"


def place_words(flag: Flag, places: Sequence[JudgedPlace]) -> str:
    """Why places give a flag: the first one's sentence, and how many more there are."""
    first = places[0]
    if flag is Flag.STALE:
        return listed(list(dict.fromkeys(place.stale for place in places)))
    more = f" (and in {counted(len(places) - 1, 'other place')})" if len(places) > 1 else ""
    return f"{first.label}: {first.flags[flag]}{more}"


def mixed_words(subject: str, versions: Sequence[tuple[str, int]], builds: int) -> str:
    """That places of one cell disagree, and on what."""
    if len(versions) > 1:
        shares = [f"{version} in {counted(number, 'place')}" for version, number in versions]
        return f"{subject} runs {listed(shares)}"
    return f"{subject} runs {versions[0][0]} in {builds} different builds"


def rebuilt_words(subject: str, verdict: Verdict) -> str:
    """That the same version is another build here than in the baseline."""
    other = next(
        build
        for build, relation in zip(verdict.baseline.builds, verdict.relations, strict=True)
        if relation is Relation.REBUILT
    )
    return (
        f"{verdict.build.version} is {_digests(verdict.build)} in {subject}"
        f" and {_digests(other)} in {_name(verdict.baseline)}"
    )


def bypassed_words(subject: str, builds: Sequence[Build], earlier: Sequence[str]) -> str:
    """That builds came past the earlier environments."""
    versions = listed(list(dict.fromkeys(build.version for build in builds)))
    return f"{subject} runs {versions}, which was never seen ready in {listed(earlier)}"


def _equality(verdict: Verdict, there: str) -> str:
    for relation in (Relation.SAME, Relation.FINAL, Relation.REBUILT):
        for build, found in zip(verdict.baseline.builds, verdict.relations, strict=True):
            if found is relation:
                return _equal_words(verdict.build, build, relation, there)
    raise AssertionError("in step without being equal to anything")


def _equal_words(build: Build, other: Build, relation: Relation, there: str) -> str:
    if relation is Relation.FINAL:
        return f"the final release of the candidate {other.version} in {there}"
    if relation is Relation.REBUILT:
        return f"as {there} does, in another build"
    if build.version == other.version:
        return f"as {there} does"
    common = sorted(d.value for d in build.digests if d.value in {o.value for o in other.digests})
    digest = f" (digest {short_digest(common[0])})" if common else ""
    return f"the same build as {other.version} in {there}{digest}"


def _divergence(verdict: Verdict) -> str:
    if Relation.DIFFERENT not in verdict.relations:
        return "newer than one and older than another"
    return "different, and nothing orders them"


def _order(verdict: Verdict, *, has_budget: bool) -> str:
    lag = verdict.lag
    distance = distance_words(lag) if lag else ""
    method = _METHODS.get(verdict.method, verdict.method)
    if verdict.state is State.AHEAD:
        return f"{distance} ahead, by {method}".strip()
    waited = f" for {duration_words(lag.dwell)}" if lag and lag.dwell is not None else ""
    within = "within its budget" if verdict.state is State.WAITING else "beyond its budget"
    ending = f", {within}" if has_budget else ""
    return f"{distance} behind{waited}, by {method}{ending}".strip()


def _name(baseline: Baseline) -> str:
    customer = f" for {baseline.customer}" if baseline.customer else ""
    return f"{baseline.environment}{customer}"


def _versions(baseline: Baseline) -> str:
    return listed(list(dict.fromkeys(build.version for build in baseline.builds)))


def _digests(build: Build) -> str:
    return listed(sorted(short_digest(digest.value) for digest in build.digests))
