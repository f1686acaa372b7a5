"""The rules that give a cell its state, and say whether it is drift."""

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
    """What one build is found to be against its baseline.

    Attributes:
        relations: how it stands to each build of the baseline, in their order.
        lag, method: of a build that is ahead or behind.
    """

    state: State
    build: Build
    baseline: Baseline
    relations: tuple[Relation, ...] = ()
    lag: Lag | None = None
    method: str = ""

    @property
    def is_rebuilt(self) -> bool:
        """Whether its version runs in the baseline, but only in other builds."""
        return Relation.REBUILT in self.relations and not {
            Relation.SAME,
            Relation.FINAL,
        }.intersection(self.relations)


def state_against(relations: Sequence[Relation], *, complete: bool) -> State:
    """How a build stands to all that runs in its baseline.

    It is in step if it is contained, or is the final release of a candidate there; ahead or
    behind only if it is so against all; else diverged.

    Args:
        relations: to each build of the baseline; not empty.
        complete: whether all of the baseline was read. If not, what is contained is in step all
            the same, and of anything else nothing is known.
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
    """What a build is found to be against its baseline.

    Args:
        build: what runs.
        baseline: what it is compared with.
        budget: the environment's.
        relations: how the service's builds stand to each other.
        waited_since: see `lag.waiting_since`.
        now: until when a wait is measured.
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
    there, method = baseline.builds[0].version, relations.order.method
    if state is State.AHEAD:
        lag = relations.distance(there, build.version, ahead=True)
        return replace(verdict, lag=lag, method=method)
    since = waited_since(build, baseline)
    lag = replace(relations.distance(build.version, there), dwell=now - since if since else None)
    if is_within(budget, lag, method):
        state = State.WAITING
    return replace(verdict, state=state, lag=lag, method=method)


def most_concerning(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that gives a cell its state: of several builds, that of greatest concern.

    Concern is the order of `State`. Of equals, the first: that of most places.
    """
    return min(verdicts, key=lambda verdict: _CONCERN[verdict.state])


def unless_unread(state: State, gaps: Collection[str]) -> State:
    """Unread is never green: with a cluster of the cell never read, nothing is in step."""
    return State.UNKNOWN if gaps and state is State.IN_STEP else state


def absence(gaps: Collection[str], *, once_ran: bool, expected: bool) -> tuple[State, bool]:
    """The state of a cell without places, and whether that is drift.

    Absent is what was looked for and not found; it is drift only where it once ran, or is
    expected. With gaps it is unknown.
    """
    if gaps:
        return State.UNKNOWN, False
    return State.ABSENT, once_ran or expected


def is_drift(state: State, flags: Collection[Flag], *, mixed: bool) -> bool:
    """Whether a cell with places counts as drift.

    Waiting is quiet, and so are the flags that speak of health or of hygiene. `mixed` is whether
    places that should agree do not: those of one customer.
    """
    return state in _DRIFTING_STATES or mixed or not _DRIFTING_FLAGS.isdisjoint(flags)
