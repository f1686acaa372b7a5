"""The summary of a dashboard, and the choices for its filters."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reldash.domain.drift.reasons.totals import total_words
from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.apply_filter import owners_of
from reldash.domain.matrix.cells import Matrix
from reldash.services.reports.attention import Problem, Waiting, list_problems, list_waiting


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of cells by the state that they count as and by flag; all are keys.

    `fixes` counts cells with findings that an earlier environment has fewer of; `not_known` those
    that are stale or unknown, so that each other number may be higher.
    """

    states: Mapping[State, int]
    flags: Mapping[Flag, int]
    fixes: int
    not_known: int = 0


@dataclass(frozen=True, slots=True)
class DashboardSummary:
    """A summary of a dashboard.

    Attributes:
        drifting: number of drifting cells.
        problems: most serious first.
        waiting: longest dwell first.
        environments: in promotion order, each with its number of drifting cells and its number
            of cells by state.
        unread: environments with a cluster that was never read and has not failed.
        is_whole: whether every cluster was read lately.
    """

    dashboard: str
    services: int
    counts: Counts
    drifting: int
    problems: tuple[Problem, ...]
    waiting: Waiting
    environments: Mapping[str, tuple[int, Mapping[State, int]]]
    unread: tuple[str, ...]
    is_whole: bool = True

    @property
    def total(self) -> str:
        """How many cells drift, and how many are not fully known."""
        return total_words(
            cells=sum(self.counts.states.values()),
            drifting=self.drifting,
            not_known=self.counts.not_known,
            is_whole=self.is_whole,
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that occur in a matrix, sorted; environments in promotion order."""

    environments: tuple[str, ...]
    clusters: tuple[str, ...]
    namespaces: tuple[str, ...]
    customers: tuple[str, ...]
    owners: tuple[str, ...]


def count_cells(matrix: Matrix) -> Counts:
    """Count the cells of a matrix by state and flag."""
    states: Counter[State] = Counter(cell.state for cell in matrix.cells.values())
    flags: Counter[Flag] = Counter(flag for cell in matrix.cells.values() for flag in cell.flags)
    fixes = sum(bool(cell.fixed_earlier) for cell in matrix.cells.values())
    not_known = sum(not cell.is_known for cell in matrix.cells.values())
    return Counts({s: states[s] for s in State}, {f: flags[f] for f in Flag}, fixes, not_known)


def summarise(matrix: Matrix) -> DashboardSummary:
    """Summarise a dashboard from its whole matrix."""
    return DashboardSummary(
        dashboard=matrix.dashboard,
        services=sum(not row.sidecar for row in matrix.rows),
        counts=count_cells(matrix),
        drifting=sum(cell.drift for cell in matrix.cells.values()),
        problems=list_problems(matrix),
        waiting=list_waiting(matrix),
        environments=_count_environments(matrix),
        unread=tuple(c.environment for c in matrix.columns if c.read_at is None and not c.failed),
        is_whole=not matrix.missing,
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
    """The choices for filters, from a matrix built without a scope."""
    places = [place for cell in matrix.cells.values() for place in cell.places]
    customers = _sorted(place.customer for place in places)
    return Choices(
        environments=tuple(dict.fromkeys(column.environment for column in matrix.columns)),
        clusters=_sorted(place.cluster for place in places),
        namespaces=_sorted(place.namespace for place in places),
        # "-" selects deployments without a customer.
        customers=(*customers, "-") if customers else (),
        owners=_sorted(owner for row in matrix.rows for owner in owners_of(row)),
    )


def _sorted(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
