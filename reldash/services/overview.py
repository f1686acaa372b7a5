"""What can be said of a dashboard at a glance: counts, and what drifts in order of concern."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from reldash.domain.cells import Cell, Column, Matrix
from reldash.domain.filters import owners_of
from reldash.domain.states import Flag, State

_STATES = list(State)  # in order of concern, as are the flags
_FLAGS = list(Flag)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cells are in each state and have each flag; all of both are present.

    `fixes` is how many run findings that an earlier environment has fewer of.
    """

    states: Mapping[State, int]
    flags: Mapping[Flag, int]
    fixes: int


@dataclass(frozen=True, slots=True)
class Concern:
    """A drifting cell with where it stands."""

    service: str
    column: Column
    cell: Cell


@dataclass(frozen=True, slots=True)
class BoardSummary:
    """A dashboard at a glance; `concerns` hold all that drifts, the gravest first."""

    dashboard: str
    services: int
    environments: int
    counts: Counts
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that occur in a matrix, sorted; environments in promotion order."""

    environments: tuple[str, ...]
    clusters: tuple[str, ...]
    namespaces: tuple[str, ...]
    customers: tuple[str, ...]
    owners: tuple[str, ...]


def count_cells(matrix: Matrix) -> Counts:
    """How often each state and flag occurs among a matrix's cells."""
    states: Counter[State] = Counter(cell.state for cell in matrix.cells.values())
    flags: Counter[Flag] = Counter(flag for cell in matrix.cells.values() for flag in cell.flags)
    fixes = sum(bool(cell.fixed_earlier) for cell in matrix.cells.values())
    return Counts({s: states[s] for s in State}, {f: flags[f] for f in Flag}, fixes)


def list_concerns(matrix: Matrix) -> list[Concern]:
    """The drifting cells, the gravest first.

    By the gravest of their state and flags as `states` orders them, then the environment furthest
    along, then what has lasted longest, then the service's name.
    """
    places = {column.key: place for place, column in enumerate(matrix.columns)}
    concerns = [
        Concern(row.service, column, cell)
        for row in matrix.rows
        for column in matrix.columns
        if (cell := matrix.cells[row.service, column.key]).drift
    ]
    return sorted(
        concerns,
        key=lambda c: (
            _STATES.index(c.cell.state),
            min((_FLAGS.index(flag) for flag in c.cell.flags), default=len(_FLAGS)),
            -places[c.column.key],
            c.cell.since or _LONG_AGO,
            c.service,
        ),
    )


def summarise(matrix: Matrix) -> BoardSummary:
    """A dashboard's summary from its whole matrix."""
    return BoardSummary(
        dashboard=matrix.dashboard,
        services=sum(not row.sidecar for row in matrix.rows),
        environments=len({column.environment for column in matrix.columns}),
        counts=count_cells(matrix),
        concerns=tuple(list_concerns(matrix)),
    )


def list_choices(matrix: Matrix) -> Choices:
    """What there is to choose from in a matrix that was built without a scope."""
    places = [place for cell in matrix.cells.values() for place in cell.places]
    customers = _sorted(place.customer for place in places)
    return Choices(
        environments=tuple(dict.fromkeys(column.environment for column in matrix.columns)),
        clusters=_sorted(place.cluster for place in places),
        namespaces=_sorted(place.namespace for place in places),
        # "-" asks for the places of no customer, where there are both.
        customers=(*customers, "-") if customers else (),
        owners=_sorted(owner for row in matrix.rows for owner in owners_of(row)),
    )


def _sorted(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
