"""What can be said of a dashboard at a glance, and what there is to choose from in it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filtering import owners_of
from reldash.services.reports.attention import Problem, Waiting, list_problems, list_waiting


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cells are in each state and have each flag; all of both are present.

    `fixes` is how many run findings that an earlier environment has fewer of.
    """

    states: Mapping[State, int]
    flags: Mapping[Flag, int]
    fixes: int


@dataclass(frozen=True, slots=True)
class DashboardSummary:
    """A dashboard at a glance.

    Attributes:
        drifting: how many cells drift.
        problems: what is wrong, in order of concern.
        waiting: what waits, the longest first.
        environments: of each, in promotion order, how many of its cells drift, and are in
            each state.
        unread: environments of which not all was read yet, and no read has failed either.
        stale: environments of which something was read too long ago to be judged.
    """

    dashboard: str
    services: int
    counts: Counts
    drifting: int
    problems: tuple[Problem, ...]
    waiting: Waiting
    environments: Mapping[str, tuple[int, Mapping[State, int]]]
    unread: tuple[str, ...]
    stale: tuple[str, ...]


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


def summarise(matrix: Matrix) -> DashboardSummary:
    """A dashboard's summary from its whole matrix."""
    return DashboardSummary(
        dashboard=matrix.dashboard,
        services=sum(not row.sidecar for row in matrix.rows),
        counts=count_cells(matrix),
        drifting=sum(cell.drift for cell in matrix.cells.values()),
        problems=list_problems(matrix),
        waiting=list_waiting(matrix),
        environments=_count_environments(matrix),
        unread=tuple(c.environment for c in matrix.columns if c.read_at is None and not c.failed),
        stale=tuple(column.environment for column in matrix.columns if column.stale),
    )


def _count_environments(matrix: Matrix) -> dict[str, tuple[int, Mapping[State, int]]]:
    states: dict[str, Counter[State]] = {c.environment: Counter() for c in matrix.columns}
    drifting: Counter[str] = Counter()
    environments = {column.key: column.environment for column in matrix.columns}
    for (_, key), cell in matrix.cells.items():
        states[environments[key]][cell.state] += 1
        drifting[environments[key]] += cell.drift
    return {name: (drifting[name], found) for name, found in states.items()}


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
