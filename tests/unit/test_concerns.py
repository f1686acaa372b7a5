"""What the overview says of a dashboard."""

from collections.abc import Iterable

from reldash.domain.cells import Axis, Cell, Column, Matrix, Row
from reldash.domain.states import Flag, State
from reldash.services.overview import count_cells, list_concerns, summarise
from tests.unit.builders import NOW, days_ago

ENVIRONMENTS = ("dev", "stg", "prod")


def matrix(cells: dict[tuple[str, str], Cell]) -> Matrix:
    services = sorted({service for service, _ in cells})
    quiet = Cell("1.0", State.IN_STEP)
    return Matrix(
        dashboard="platform",
        axis=Axis.ENVIRONMENT,
        as_of=NOW,
        columns=tuple(Column(e, e, e) for e in ENVIRONMENTS),
        rows=tuple(Row(service) for service in services),
        cells={(s, e): cells.get((s, e), quiet) for s in services for e in ENVIRONMENTS},
    )


def drifting(state: State, *flags: Flag, days: float = 1) -> Cell:
    return Cell("1.0", state, flags=flags, drift=True, since=days_ago(days))


def order(cells: dict[tuple[str, str], Cell]) -> Iterable[tuple[str, str]]:
    return [(c.service, c.column.key) for c in list_concerns(matrix(cells))]


def test_only_drift_is_a_concern() -> None:
    assert (
        order({("a", "prod"): Cell("1", State.WAITING), ("b", "stg"): Cell("", State.ABSENT)}) == []
    )


def test_the_graver_state_comes_first_then_the_graver_flag() -> None:
    assert order(
        {
            ("a", "prod"): drifting(State.BEHIND),
            ("b", "prod"): drifting(State.AHEAD, Flag.MIXED),
            ("c", "prod"): drifting(State.AHEAD, Flag.UNPINNED, Flag.BYPASSED),
            ("d", "prod"): drifting(State.AHEAD),
        }
    ) == [("c", "prod"), ("b", "prod"), ("d", "prod"), ("a", "prod")]


def test_among_equals_the_environment_furthest_along_then_the_oldest_comes_first() -> None:
    assert order(
        {
            ("a", "stg"): drifting(State.BEHIND, days=30),
            ("b", "prod"): drifting(State.BEHIND, days=1),
            ("c", "prod"): drifting(State.BEHIND, days=9),
        }
    ) == [("c", "prod"), ("b", "prod"), ("a", "stg")]


def test_every_state_and_flag_is_counted_also_where_there_is_none() -> None:
    counts = count_cells(matrix({("a", "prod"): drifting(State.AHEAD, Flag.MIXED)}))
    assert counts.states[State.AHEAD] == 1
    assert counts.states[State.IN_STEP] == 2
    assert counts.states[State.UNKNOWN] == 0
    assert counts.flags == {flag: int(flag is Flag.MIXED) for flag in Flag}


def test_cells_with_a_fix_that_an_earlier_environment_runs_are_counted() -> None:
    fixed = Cell("1.0", State.WAITING, fixed_earlier="prod runs 1.0 with 2 critical findings")
    assert count_cells(matrix({("a", "prod"): fixed, ("b", "stg"): fixed})).fixes == 2


def test_a_summary_holds_all_that_drifts() -> None:
    summary = summarise(matrix({(s, "prod"): drifting(State.AHEAD) for s in "abc"}))
    assert (summary.services, summary.environments) == (3, 3)
    assert len(summary.concerns) == 3
