"""Sorting rows by service, concern and version."""

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.apply_filter import filter_matrix
from reldash.domain.matrix.cells import Axis, Cell, Column, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.matrix.sorting import rank_versions
from tests.unit.builders import NOW

COLUMN = Column("prod", "prod", "prod")


def order(cells: dict[str, Cell], sort: str, *, descending: bool = False) -> str:
    """The services, one letter each, in the order of the sort."""
    matrix = Matrix(
        "platform",
        Axis.ENVIRONMENT,
        NOW,
        (COLUMN,),
        tuple(Row(service) for service in cells),
        {(service, "prod"): cell for service, cell in cells.items()},
    )
    shown = filter_matrix(matrix, Filter(sort=sort, descending=descending))
    return "".join(row.service for row in shown.rows)


def running(version: str) -> Cell:
    return Cell(version, State.IN_STEP if version else State.ABSENT)


VERSIONS = {
    "a": running("1.10.0"),
    "b": running(""),
    "c": running("1.9.0"),
    "d": running("1.10.0"),
    "e": running("1.10.0-rc.1"),
}
CONCERNS = {
    "a": Cell("1", State.IN_STEP),
    "b": Cell("1", State.BEHIND, drift=True),
    "c": Cell("1", State.AHEAD, drift=True),
    "d": Cell("1", State.AHEAD, flags=(Flag.MIXED,), drift=True),
    "e": Cell("", State.ABSENT),
}


@pytest.mark.parametrize(
    ("cells", "sort", "descending", "expected"),
    [
        (VERSIONS, "", False, "abcde"),
        (VERSIONS, "", True, "abcde"),
        (VERSIONS, "service", False, "abcde"),
        (VERSIONS, "service", True, "edcba"),
        (VERSIONS, "version:prod", False, "ceadb"),
        (VERSIONS, "version:prod", True, "adecb"),
        (VERSIONS, "version:gone", True, "abcde"),
        (CONCERNS, "concern", False, "dcbae"),
        (CONCERNS, "concern", True, "bcdae"),
    ],
)
def test_rows_are_sorted_and_those_without_a_value_come_last(
    cells: dict[str, Cell], sort: str, descending: bool, expected: str
) -> None:
    assert order(cells, sort, descending=descending) == expected


def test_rows_of_one_state_are_sorted_by_their_most_serious_flag() -> None:
    first, second, *_, last = Flag
    cells = {
        "a": Cell("1", State.AHEAD, flags=(second,), drift=True),
        "b": Cell("1", State.AHEAD, flags=(first, last), drift=True),
        "c": Cell("1", State.AHEAD, flags=(last,), drift=True),
    }
    assert order(cells, "concern") == "bac"


def test_versions_of_one_scheme_are_sorted_together() -> None:
    texts = ["2.0.0", "abc1234", "main-9-abc1234", "", "v1.10", "main-10-abc1234", "1.9"]
    assert rank_versions([*texts, "1.9"]) == [
        "",
        "1.9",
        "v1.10",
        "2.0.0",
        "main-9-abc1234",
        "main-10-abc1234",
        "abc1234",
    ]


@pytest.mark.parametrize(
    "chosen", [Filter(sort="concern"), Filter(sort="version:prod/eu", descending=True)]
)
def test_an_order_is_part_of_a_link(chosen: Filter) -> None:
    assert Filter.from_query(chosen.to_query()) == chosen


@pytest.mark.parametrize("pair", [("sort", "size"), ("sort", "version:"), ("dir", "up")])
def test_an_order_that_does_not_exist_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(ChoiceError, match=pair[1]):
        Filter.from_query([pair])
