"""The head of a matrix's column tells how fresh it is."""

from typing import Any

import pytest

from reldash.domain.matrix.cells import Column
from reldash.ui.dashboard.grid import column_status, column_status_text, column_title
from tests.unit.builders import READ_AT


def column(**fields: Any) -> Column:
    return Column("prod", "prod", "prod", **({"read_at": READ_AT} | fields))


@pytest.mark.parametrize(
    ("found", "mark"),
    [
        (column(), "read 11:59"),
        (column(failed=("eu",)), "✕ failing"),
        (column(failed=("eu",), stale=("eu",)), "◌ stale"),
        (column(read_at=None, failed=("eu",), stale=("us",)), "○ not fully read"),
    ],
)
def test_the_head_names_the_time_or_else_what_is_wrong(found: Column, mark: str) -> None:
    assert column_status(found) == mark


def test_a_column_within_a_group_is_named_with_it() -> None:
    assert column_title(Column("prod/shop", "shop", "prod", "prod", READ_AT)) == "prod · shop"


def test_its_tooltip_names_the_clusters() -> None:
    assert column_status_text(column(stale=("eu", "us"), failed=("us",))) == (
        "Read 2026-11-20 11:59:30 UTC, the oldest of its clusters; stale: eu and us;"
        " last read failed: us"
    )
    assert column_status_text(column(read_at=None)) == (
        "At least one of its clusters has never been read"
    )
