"""The verdict on a build: the rules that give a cell its state and decide whether it drifts."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import EQUAL, Relation
from reldash.domain.drift.baseline import Baseline
from reldash.domain.drift.budget import is_within
from reldash.domain.drift.lag import Lag, with_dwell
from reldash.domain.drift.relations import Relations
from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.rules import Budget

_DRIFTING_STATES = frozenset({State.AHEAD, State.DIVERGED, State.BEHIND})
_DRIFTING_FLAGS = frozenset({Flag.TAG_MOVED, Flag.REBUILT, Flag.BYPASSED, Flag.SPEC_DIFFERS})
_CONCERN = {state: rank for rank, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one build against its baseline.

    Attributes:
        relations: to each build of the baseline, in their order.
        lag, method: of a build that is ahead or behind; else None and "".
    """

    state: State
    build: Build
    baseline: Baseline
    relations: tuple[Relation, ...] = ()
    lag: Lag | None = None
    method: str = ""

    @property
    def is_rebuilt(self) -> bool:
        """Whether its version runs in the baseline only in other builds."""
        return Relation.REBUILT in self.relations and not {
            Relation.SAME,
            Relation.FINAL,
        }.intersection(self.relations)


def state_against(relations: Sequence[Relation], *, complete: bool) -> State:
    """The state of a build against all builds of its baseline.

    It is in step if the baseline contains it, or a candidate of which it is the final release;
    ahead or behind only if so against all; else diverged.

    Args:
        relations: to each build of the baseline; not empty.
        complete: whether all of the baseline was read. If not, a build that it contains is in step
            all the same, and the state of any other is unknown.
    """
    found = set(relations)
    if found & EQUAL:
        return State.IN_STEP
    if not complete:
        return State.UNKNOWN
    if found == {Relation.NEWER}:
        return State.AHEAD
    return State.BEHIND if found == {Relation.OLDER} else State.DIVERGED


def judge(
    build: Build,
    baseline: Baseline,
    budget: Budget | None,
    *,
    relations: Relations,
    waited_since: Callable[[Build, Baseline], datetime | None],
    now: datetime,
    seen_at: datetime | None = None,
) -> Verdict:
    """Judge a build against its baseline.

    Args:
        build: the build.
        baseline: its baseline.
        budget: the environment's.
        relations: of the service's builds.
        waited_since: see `lag.waiting_since`.
        now: the moment of judgement (aware UTC), at which a wait goes on.
        seen_at: when the build was last seen, if that is too long ago (aware UTC): the wait is
            only known until then, or until a stale baseline was last read.
    """
    if not build.version:  # a blank image
        return Verdict(State.UNKNOWN, build, baseline)
    if baseline.environment is None:
        return Verdict(State.LEADING, build, baseline)
    if not all(other.version for other in baseline.builds) or not baseline.builds:
        return Verdict(State.UNKNOWN, build, baseline)
    found = tuple(relations.relate(build, other) for other in baseline.builds)
    state = state_against(found, complete=not baseline.gaps)
    verdict = Verdict(state, build, baseline, found)
    if state not in (State.AHEAD, State.BEHIND):
        return verdict
    there = baseline.builds[0].version
    method = relations.method(build.version, there)
    if state is State.AHEAD:
        lag = relations.distance(there, build.version, ahead=True)
        return replace(verdict, lag=lag, method=method)
    since = waited_since(build, baseline)
    distance = relations.distance(build.version, there)
    lag = with_dwell(distance, since, now, seen_at, baseline.read_at)
    if is_within(budget, lag, method):
        state = State.WAITING
    return replace(verdict, state=state, lag=lag, method=method)


def most_concerning(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that gives a cell its state: the most serious one, by the order of `State`.

    Of equals, the first: that of most places.
    """
    return min(verdicts, key=_concern)


def by_concern(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Verdicts, the most serious first; equals keep their order."""
    return sorted(verdicts, key=_concern)


def _concern(verdict: Verdict) -> int:
    return _CONCERN[verdict.state]


def counted_state(last: State, *, drifts: bool, is_known: bool) -> State:
    """The state that a cell counts as, from its state by the last data.

    A cell that depends on something never read, or not lately, counts as unknown, unless it is
    known to drift by its state: then it counts as that.
    """
    return last if is_known or (drifts and last in _DRIFTING_STATES) else State.UNKNOWN


def absence(gaps: Collection[str], *, once_ran: bool, expected: bool) -> tuple[State, bool]:
    """The state of a cell without places, and whether that is drift.

    It is absent if everything was read; that is drift only if it once ran there, or is expected.
    With gaps it is unknown.
    """
    if gaps:
        return State.UNKNOWN, False
    return State.ABSENT, once_ran or expected


def is_drift(state: State, flags: Collection[Flag], *, mixed: bool) -> bool:
    """Whether a cell with places counts as drift.

    Waiting is no drift, and neither are flags about health or hygiene. `mixed` is whether places
    disagree that should agree: those of one customer.
    """
    return state in _DRIFTING_STATES or mixed or not _DRIFTING_FLAGS.isdisjoint(flags)
