"""The sentence on the state of a cell: the rule, the versions, the baseline and the method."""

from collections.abc import Sequence

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation
from reldash.domain.drift.baseline import Baseline
from reldash.domain.drift.lag import Lag
from reldash.domain.drift.states import State
from reldash.domain.drift.verdict import Verdict
from reldash.domain.images.references import short_digest
from reldash.domain.phrases import counted, duration_words, listed
from reldash.domain.workloads.observations import Sighting

NO_IMAGE = "its pod template names none, and no pod is known to run one"
NOT_LIVE = "; nothing of it is live, so it is no drift"

_METHODS = {
    "semver": "semver order",
    "date": "their dates",
    "counter": "their numbers",
    "shape": "the numbers in which they differ",
    "rule": "a rule of the fleet file",
}


def state_words(who_runs: str, verdict: Verdict, *, has_budget: bool) -> str:
    """The rule that gave a verdict, with versions, baseline and method.

    Args:
        who_runs: subject and verb: "prod runs", "2 of 4 deployments in prod run", "part of prod
            runs".
        verdict: the verdict.
        has_budget: whether the environment has one.
    """
    own = f"{who_runs} {verdict.build.version}"
    there = verdict.baseline.name
    if not verdict.build.version:
        return f"{who_runs} an image that is not known: {NO_IMAGE}"
    match verdict.state:
        case State.LEADING:
            return f"{own}; nothing to compare with: {verdict.baseline.reason}"
        case State.UNKNOWN:
            why = listed(verdict.baseline.gaps) or NO_IMAGE
            return f"{own}; how it compares with {there} is not known: {why}"
        case State.IN_STEP:
            return f"{own}, {_equality(verdict, there)}"
        case State.DIVERGED:
            return f"{own}, {there} {_versions(verdict.baseline)}: {_divergence(verdict)}"
    return f"{own}, {there} {_versions(verdict.baseline)}: {_order(verdict, has_budget=has_budget)}"


def share_words(subject: str, share: int, total: int, noun: str = "deployment") -> str:
    """Subject and verb where only some deployments or pods (the noun) run a version."""
    if share >= total:
        return f"part of {subject} runs"
    verb = "run" if share > 1 else "runs"
    return f"{share} of {counted(total, noun)} in {subject} {verb}"


def all_in_step_words(
    subject: str, verdicts: Sequence[Verdict], versions: Sequence[tuple[str, int]], noun: str
) -> str:
    """How each of several versions in one cell is in step.

    Args:
        subject: such as "prod".
        verdicts: at least one on each version, all in step.
        versions: with the number of each.
        noun: of what is counted: "deployment" or "pod".
    """
    first = {v.build.version: v for v in reversed(verdicts)}
    parts = [
        f"{version} in {counted(number, noun)}, {_equality(verdict, verdict.baseline.name)}"
        for version, number in versions
        if (verdict := first.get(version))
    ]
    return f"{subject} runs {'; '.join(parts)}"


def unread_words(subject: str, version: str, gaps: Sequence[str]) -> str:
    """Why nothing is known of a cell but a version that no read found: its gaps."""
    return f"{subject} last seen running {version}, but {listed(gaps)}"


def last_known_words(reason: str, gaps: Sequence[str]) -> str:
    """The sentence on a state that is not fully known, with what was not read."""
    return f"last known: {reason}; {listed(gaps)}"


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
    return "different builds; no rule says which is newer"


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


def _versions(baseline: Baseline) -> str:
    return listed(list(dict.fromkeys(build.version for build in baseline.builds)))


def distance_words(lag: Lag) -> str:
    """The distance as sentences have it, such as "2 minor versions" or "3 releases"; or ""."""
    parts = [
        counted(number, f"{name} version")
        for number, name in ((lag.major, "major"), (lag.minor, "minor"), (lag.patch, "patch"))
        if number
    ]
    if parts:
        return listed(parts)
    return counted(lag.releases, "release") if lag.releases else ""
