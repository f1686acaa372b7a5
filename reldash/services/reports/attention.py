"""The overview's lists for a dashboard: problems by severity, and what has waited longest."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.apply_filter import does_differ, matches_filter, runs_critical
from reldash.domain.matrix.cells import Cell, Column, Matrix
from reldash.domain.matrix.filters import Filter

MAX_NAMED = 3  # cells listed for each problem
MAX_WAITING = 6  # cells

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LocatedCell:
    """A cell with its row and column."""

    service: str
    column: Column
    cell: Cell


class Critical:
    """The problem kind "critical scan findings", which is neither a state nor a flag."""


ProblemKind: TypeAlias = State | Flag | type[Critical]

# Most serious first: wrong order of versions, moved tags, vulnerabilities, unhealthy rollouts,
# differences within a cell, lag.
_KINDS: tuple[ProblemKind, ...] = (
    State.AHEAD,
    State.DIVERGED,
    Flag.TAG_MOVED,
    Critical,
    Flag.STUCK,
    Flag.DEGRADED,
    Flag.SPEC_DIFFERS,
    Flag.MIXED,
    Flag.REBUILT,
    Flag.BYPASSED,
    State.UNKNOWN,
    State.BEHIND,
    State.ABSENT,
    Flag.PARTIAL,
    Flag.UNPINNED,
)
_KIND_SET = frozenset(_KINDS)
_WAITING = Filter(states=(State.BEHIND, State.WAITING))


@dataclass(frozen=True, slots=True)
class Problem:
    """The cells of a dashboard with one kind of problem.

    Attributes:
        cells: their number.
        most_serious: some of them: latest environment in promotion order first, then oldest.
        chosen: the filter that shows exactly their rows.
    """

    kind: ProblemKind
    cells: int
    most_serious: tuple[LocatedCell, ...]
    chosen: Filter


@dataclass(frozen=True, slots=True)
class Waiting:
    """The cells whose baseline has something newer.

    Attributes:
        cells: their number.
        longest: some of them, longest dwell first.
        chosen: the filter that shows exactly their rows.
    """

    cells: int
    longest: tuple[LocatedCell, ...]
    chosen: Filter


def list_problems(matrix: Matrix) -> tuple[Problem, ...]:
    """The problems in a whole matrix, most serious first; each has at least one cell."""
    found: defaultdict[ProblemKind, list[LocatedCell]] = defaultdict(list)
    for row in matrix.rows:
        for column in matrix.columns:
            cell = matrix.cells[row.service, column.key]
            for kind in _problem_kinds(cell):
                found[kind].append(LocatedCell(row.service, column, cell))
    return tuple(
        Problem(
            kind,
            len(found[kind]),
            tuple(_by_severity(matrix, found[kind])[:MAX_NAMED]),
            _filter_for(kind),
        )
        for kind in _KINDS
        if kind in found
    )


def list_waiting(matrix: Matrix) -> Waiting:
    """The waiting cells of a whole matrix, within their budget or not."""
    found = [
        LocatedCell(row.service, column, cell)
        for row in matrix.rows
        for column in matrix.columns
        if matches_filter(cell := matrix.cells[row.service, column.key], _WAITING)
    ]
    known = [each for each in found if _dwell(each.cell) is not None]
    longest = sorted(known, key=lambda each: (-(_dwell(each.cell) or timedelta()), each.service))
    return Waiting(len(found), tuple(longest[:MAX_WAITING]), _WAITING)


def _problem_kinds(cell: Cell) -> Iterable[ProblemKind]:
    """The kinds of problems in a cell; the filter of each kind selects the cell."""
    # Absence is a problem only where the service is expected: there it counts as a difference.
    if cell.state in _KIND_SET and (cell.state is not State.ABSENT or does_differ(cell)):
        yield cell.state
    yield from _KIND_SET.intersection(cell.flags)
    if runs_critical(cell):
        yield Critical


def _filter_for(kind: ProblemKind) -> Filter:
    if isinstance(kind, Flag):
        return Filter(flags=(kind,))
    if isinstance(kind, State):
        return Filter(states=(kind,), differs=kind is State.ABSENT)
    return Filter(critical=True)


def _by_severity(matrix: Matrix, cells: Sequence[LocatedCell]) -> list[LocatedCell]:
    places = {column.key: place for place, column in enumerate(matrix.columns)}
    return sorted(
        cells,
        key=lambda c: (-places[c.column.key], c.cell.since or _LONG_AGO, c.service),
    )


def _dwell(cell: Cell) -> timedelta | None:
    return cell.lag.dwell if cell.lag is not None and not cell.lag.ahead else None
