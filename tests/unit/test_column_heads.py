"""The head of a matrix's column tells its environment and how fresh it is."""

from typing import Any

import pytest

from reldash.domain.cells import Axis, Column
from reldash.ui.matrix_view import column_head, freshness_words
from tests.unit.builders import READ_AT


def column(**fields: Any) -> Column:
    return Column("prod", "prod", "prod", **({"read_at": READ_AT} | fields))


@pytest.mark.parametrize(
    ("found", "head"),
    [
        (column(), "prod · read 11:59"),
        (column(failed=("eu",)), "prod · ✕ failing"),
        (column(failed=("eu",), stale=("eu",)), "prod · ◌ stale"),
        (column(read_at=None, failed=("eu",), stale=("us",)), "prod · ○ not fully read"),
    ],
)
def test_the_head_names_the_time_or_else_what_is_wrong(found: Column, head: str) -> None:
    assert column_head(found, Axis.ENVIRONMENT) == head


@pytest.mark.parametrize("axis", [Axis.NAMESPACE, Axis.CUSTOMER])
def test_narrow_columns_say_only_what_is_wrong(axis: Axis) -> None:
    found = Column("prod/shop", "shop", "prod", "prod", READ_AT)
    assert column_head(found, axis) == "prod · shop"
    failing = Column("prod/shop", "shop", "prod", "prod", READ_AT, failed=("eu",))
    assert column_head(failing, axis) == "prod · shop · ✕ failing"


def test_its_tooltip_names_the_clusters() -> None:
    assert freshness_words(column(stale=("eu", "us"), failed=("us",))) == (
        "Read 2026-11-20 11:59:30 UTC, the oldest of its clusters; stale: eu and us;"
        " last read failed: us"
    )
    assert freshness_words(column(read_at=None)) == (
        "At least one of its clusters has never been read"
    )
