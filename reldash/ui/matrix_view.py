"""The matrix on screen, behind one function, so that another grid can take its place."""

import hashlib
from typing import NamedTuple

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from reldash.domain.cells import Axis, Column, Matrix
from reldash.domain.words import listed
from reldash.ui.ages import exact
from reldash.ui.markup import plain

ROW_HEIGHT = 31
MOST_ROWS_SHOWN = 20  # beyond, the grid scrolls in itself

_WIDE = (Axis.ENVIRONMENT, Axis.CLUSTER)  # whose heads have room for a time

_CLOSED = "reldash_closed"  # in the session's state: how often details were closed


class Chosen(NamedTuple):
    """A cell that was clicked: the row's service and the column's key."""

    service: str
    column: str


def render_matrix(matrix: Matrix, frame: Styler | pd.DataFrame) -> Chosen | None:
    """Draw the matrix, and say which cell was clicked since it was last drawn anew.

    Args:
        matrix: what is shown.
        frame: the same as `marks.style_matrix` made it.
    """
    # A selection is a row's number. Under a key of its rows it cannot outlive them and mean
    # another service.
    shape = "\n".join([*(row.service for row in matrix.rows), *(c.key for c in matrix.columns)])
    closed = st.session_state.get(_CLOSED, 0)
    key = f"matrix-{hashlib.sha256(shape.encode()).hexdigest()[:12]}-{closed}"
    event = st.dataframe(
        frame,
        key=key,
        on_select="rerun",
        # Columns can be selected so that they cannot be sorted: sorting goes by text, which is
        # never how versions are ordered, and rows would stand otherwise than in the export.
        selection_mode=["single-cell", "single-column"],
        height=ROW_HEIGHT * (min(len(matrix.rows), MOST_ROWS_SHOWN) + 1) + 3,
        row_height=ROW_HEIGHT,
        column_config={
            "_index": st.column_config.TextColumn("service", width=220, pinned=True),
            **{
                column.key: st.column_config.TextColumn(
                    column_head(column, matrix.axis), help=plain(freshness_words(column))
                )
                for column in matrix.columns
            },
        },
        alt=f"Versions by service and {matrix.axis}",
    )
    cells = event["selection"]["cells"]
    if not cells:
        return None
    row, column = cells[0]
    return Chosen(matrix.rows[row].service, str(column)) if row < len(matrix.rows) else None


def column_title(column: Column) -> str:
    """What stands above a column: with its environment, where that is not all it is."""
    return f"{column.group} · {column.title}" if column.group else column.title


def column_head(column: Column, axis: Axis) -> str:
    """The title of a column with how fresh it is: "prod · read 15:04", "prod · ✕ failing".

    The time is UTC. Where columns are many and narrow, only what is not as it should be is said.
    """
    if column.read_at is None:
        fresh = "○ not fully read"
    elif column.stale:
        fresh = "◌ stale"
    elif column.failed:
        fresh = "✕ failing"
    else:
        fresh = f"read {column.read_at:%H:%M}" if axis in _WIDE else ""
    return f"{column_title(column)} · {fresh}" if fresh else column_title(column)


def freshness_words(column: Column) -> str:
    """When a column's clusters were read, and which of them are not as they should be."""
    parts = [
        f"Read {exact(column.read_at)}, the oldest of its clusters"
        if column.read_at
        else "At least one of its clusters has never been read",
        f"stale: {listed(column.stale)}" if column.stale else "",
        f"last read failed: {listed(column.failed)}" if column.failed else "",
    ]
    return "; ".join(part for part in parts if part)


def forget_choice() -> None:
    """Let the next drawing begin with no cell clicked."""
    st.session_state[_CLOSED] = st.session_state.get(_CLOSED, 0) + 1
