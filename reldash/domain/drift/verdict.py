"""The verdict on a build: the rules that give a cell its state and decide whether it drifts."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import EQUAL, Relation
from reldash.domain.drift.baseline import Baseline
from reldash.domain.drift.budget import is_within
from reldash.domain.drift.lag import Lag
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
) -> Verdict:
    """Judge a build against its baseline.

    Args:
        build: the build.
        baseline: its baseline.
        budget: the environment's.
        relations: of the service's builds.
        waited_since: see `lag.waiting_since`.
        now: the end of a wait that goes on (aware UTC).
    """
    if baseline.environment is None:
        return Verdict(State.LEADING, build, baseline)
    if not baseline.builds:
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
    lag = replace(relations.distance(build.version, there), dwell=now - since if since else None)
    if is_within(budget, lag, method):
        state = State.WAITING
    return replace(verdict, state=state, lag=lag, method=method)


def most_concerning(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that gives a cell its state: the most serious one, by the order of `State`.

    Of equals, the first: that of most places.
    """
    return min(verdicts, key=lambda verdict: _CONCERN[verdict.state])


def unless_unread(state: State, gaps: Collection[str]) -> State:
    """Unread is never green: with a cluster of the cell never read, in step becomes unknown."""
    return State.UNKNOWN if gaps and state is State.IN_STEP else state


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
