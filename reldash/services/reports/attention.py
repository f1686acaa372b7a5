"""What is worth a look at a dashboard each morning: what is wrong, and what waits longest."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cells import Cell, Column, Matrix
from reldash.domain.matrix.filtering import does_differ, is_asked_for, runs_critical
from reldash.domain.matrix.filters import Filter

MOST_NAMED = 3  # cells of each thing that is wrong
MOST_WAITING = 6  # cells

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LocatedCell:
    """A cell that somebody should look at, with where it stands."""

    service: str
    column: Column
    cell: Cell


class Critical:
    """Stands for critical findings of scans, which are neither a state nor a flag."""


ProblemKind: TypeAlias = State | Flag | type[Critical]

# In order of concern: what should not be there at all, what moved by itself, what can be
# attacked, what does not run as it should, what differs within itself, and what lags.
_ABOUT: tuple[ProblemKind, ...] = (
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
_ABOUT_SET = frozenset(_ABOUT)
_WAITING = Filter(states=(State.BEHIND, State.WAITING))


@dataclass(frozen=True, slots=True)
class Problem:
    """The cells of a dashboard in which one thing is wrong.

    Attributes:
        cells: how many.
        most_serious: some of them: of the environment furthest along first, then the oldest.
        chosen: the filter that shows their rows and no others.
    """

    about: ProblemKind
    cells: int
    most_serious: tuple[LocatedCell, ...]
    chosen: Filter


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has something newer waiting in its baseline.

    Attributes:
        cells: how many.
        longest: some of them, by how long it has waited.
        chosen: the filter that shows their rows and no others.
    """

    cells: int
    longest: tuple[LocatedCell, ...]
    chosen: Filter


def list_problems(matrix: Matrix) -> tuple[Problem, ...]:
    """All that is wrong in a whole matrix, in order of concern; each is of one cell at least."""
    found: defaultdict[ProblemKind, list[LocatedCell]] = defaultdict(list)
    for row in matrix.rows:
        for column in matrix.columns:
            cell = matrix.cells[row.service, column.key]
            for about in _abouts(cell):
                found[about].append(LocatedCell(row.service, column, cell))
    return tuple(
        Problem(
            about,
            len(found[about]),
            tuple(_by_gravity(matrix, found[about])[:MOST_NAMED]),
            _filter_of(about),
        )
        for about in _ABOUT
        if about in found
    )


def list_waiting(matrix: Matrix) -> Waiting:
    """What waits in a whole matrix, within its budget or not."""
    found = [
        LocatedCell(row.service, column, cell)
        for row in matrix.rows
        for column in matrix.columns
        if is_asked_for(cell := matrix.cells[row.service, column.key], _WAITING)
    ]
    known = [each for each in found if _dwell(each.cell) is not None]
    longest = sorted(known, key=lambda each: (-(_dwell(each.cell) or timedelta()), each.service))
    return Waiting(len(found), tuple(longest[:MOST_WAITING]), _WAITING)


def _abouts(cell: Cell) -> Iterable[ProblemKind]:
    """What is wrong in a cell: that for which `_filter_of` asks for it."""
    # What is not there is wrong only where it should be: there it counts as a difference.
    if cell.state in _ABOUT_SET and (cell.state is not State.ABSENT or does_differ(cell)):
        yield cell.state
    yield from _ABOUT_SET.intersection(cell.flags)
    if runs_critical(cell):
        yield Critical


def _filter_of(about: ProblemKind) -> Filter:
    if isinstance(about, Flag):
        return Filter(flags=(about,))
    if isinstance(about, State):
        return Filter(states=(about,), differs=about is State.ABSENT)
    return Filter(critical=True)


def _by_gravity(matrix: Matrix, concerns: Sequence[LocatedCell]) -> list[LocatedCell]:
    places = {column.key: place for place, column in enumerate(matrix.columns)}
    return sorted(
        concerns,
        key=lambda c: (-places[c.column.key], c.cell.since or _LONG_AGO, c.service),
    )


def _dwell(cell: Cell) -> timedelta | None:
    return cell.lag.dwell if cell.lag is not None and not cell.lag.ahead else None
