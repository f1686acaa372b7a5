"""What the overview says of a dashboard: what is wrong in order of concern, and what waits."""

from datetime import timedelta

import pytest

from reldash.domain.drift.lag import Lag
from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.apply_filter import filter_matrix
from reldash.domain.matrix.cells import Axis, Cell, Column, Matrix
from reldash.domain.registries.scans import Scan, ScanStatus, Severity
from reldash.services.reports.attention import (
    MAX_NAMED,
    MAX_WAITING,
    Critical,
    list_problems,
    list_waiting,
)
from reldash.services.reports.overview import count_cells, summarise
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


def waiting(days: float | None, state: State = State.WAITING) -> Cell:
    return Cell("1.0", state, lag=Lag(minor=1, dwell=timedelta(days=days) if days else None))


CELLS = {
    ("a", "prod"): drifting(State.BEHIND, Flag.MIXED),
    ("b", "prod"): drifting(State.AHEAD, Flag.MIXED, Flag.DEGRADED),
    ("c", "stg"): Cell("", State.ABSENT),
    ("c", "prod"): Cell("", State.ABSENT, drift=True),
    ("d", "prod"): Cell(
        "1.0", State.IN_STEP, scan=Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 1})
    ),
    ("e", "dev"): Cell("1.0", State.LEADING, flags=(Flag.ROLLING, Flag.IDLE)),
}


def test_what_is_wrong_stands_in_order_of_concern_and_nothing_else_does() -> None:
    assert [(wrong.kind, wrong.cells) for wrong in list_problems(matrix(CELLS))] == [
        (State.AHEAD, 1),
        (Critical, 1),
        (Flag.DEGRADED, 1),
        (Flag.MIXED, 2),
        (State.BEHIND, 1),
        (State.ABSENT, 1),  # the one that should be there
    ]


def test_each_thing_that_is_wrong_leads_to_its_rows_and_no_others() -> None:
    whole = matrix(CELLS)
    found = {
        wrong.kind: [row.service for row in filter_matrix(whole, wrong.chosen).rows]
        for wrong in list_problems(whole)
    }
    assert found == {
        State.AHEAD: ["b"],
        Critical: ["d"],
        Flag.DEGRADED: ["b"],
        Flag.MIXED: ["a", "b"],
        State.BEHIND: ["a"],
        State.ABSENT: ["c"],
    }


def test_the_environment_furthest_along_then_the_oldest_is_named_first() -> None:
    (behind,) = list_problems(
        matrix(
            {
                ("a", "stg"): drifting(State.BEHIND, days=30),
                ("b", "prod"): drifting(State.BEHIND, days=1),
                ("c", "prod"): drifting(State.BEHIND, days=9),
                ("d", "dev"): drifting(State.BEHIND, days=90),
            }
        )
    )
    assert [each.service for each in behind.most_serious] == ["c", "b", "a"]
    assert (behind.cells, MAX_NAMED) == (4, 3)


def test_where_nothing_is_wrong_nothing_is_listed() -> None:
    whole = matrix({("a", "prod"): Cell("1.0", State.WAITING)})
    assert list_problems(whole) == ()
    assert list_waiting(matrix({("a", "prod"): Cell("1.0", State.IN_STEP)})).cells == 0


def test_what_waits_longest_comes_first_within_its_budget_or_not() -> None:
    found = list_waiting(
        matrix(
            {
                ("a", "prod"): waiting(3),
                ("b", "prod"): waiting(40, State.BEHIND),
                ("c", "prod"): waiting(None),  # since when is not known
                ("d", "stg"): waiting(3),
                ("e", "stg"): drifting(State.AHEAD),
            }
        )
    )
    assert [each.service for each in found.longest] == ["b", "a", "d"]
    assert found.cells == 4


def test_only_so_many_are_named_of_what_waits() -> None:
    found = list_waiting(matrix({(f"s{n}", "prod"): waiting(n + 1) for n in range(20)}))
    assert (len(found.longest), found.cells) == (MAX_WAITING, 20)


def test_every_state_and_flag_is_counted_also_where_there_is_none() -> None:
    counts = count_cells(matrix({("a", "prod"): drifting(State.AHEAD, Flag.MIXED)}))
    assert counts.states[State.AHEAD] == 1
    assert counts.states[State.IN_STEP] == 2
    assert counts.states[State.UNKNOWN] == 0
    assert counts.flags == {flag: int(flag is Flag.MIXED) for flag in Flag}


def test_cells_with_a_fix_that_an_earlier_environment_runs_are_counted() -> None:
    fixed = Cell("1.0", State.WAITING, fixed_earlier="prod runs 1.0 with 2 critical findings")
    assert count_cells(matrix({("a", "prod"): fixed, ("b", "stg"): fixed})).fixes == 2


def test_a_summary_counts_what_drifts_by_environment() -> None:
    summary = summarise(matrix({(s, "prod"): drifting(State.AHEAD) for s in "abc"}))
    assert (summary.services, summary.drifting) == (3, 3)
    assert list(summary.environments) == list(ENVIRONMENTS)
    assert summary.environments["prod"] == (3, {State.AHEAD: 3})
    assert summary.environments["dev"] == (0, {State.IN_STEP: 3})


@pytest.mark.parametrize("state", State)
def test_every_state_that_drifts_is_wrong(state: State) -> None:
    quiet = {State.IN_STEP, State.LEADING, State.WAITING}
    problems = [wrong.kind for wrong in list_problems(matrix({("a", "prod"): drifting(state)}))]
    assert problems == ([] if state in quiet else [state])
