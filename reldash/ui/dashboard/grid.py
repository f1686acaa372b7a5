"""A dashboard's matrix as its page tells the grid of it: heads of columns, filter, exports."""

from typing import NamedTuple

from reldash.domain.matrix.cells import Column, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import listed
from reldash.ui.matrix_grid import GridOptions, Head, render_matrix_grid
from reldash.ui.matrix_grid.payload import Payload
from reldash.ui.widgets.page_urls import export_path
from reldash.ui.widgets.relative_times import exact


class CellAddress(NamedTuple):
    """The cell whose details are shown: its service and its column's key; "" twice for none."""

    service: str
    column: str


def render_matrix(
    matrix: Matrix, payload: Payload, page: Filter, chosen: Filter, opened: CellAddress
) -> None:
    """Draw the grid of a dashboard.

    Args:
        matrix: the whole one.
        payload: what of it is drawn.
        page: the filter that the widgets of the page made, which the payload follows.
        chosen: the same with what was chosen in the grid.
        opened: the cell whose details are shown.
    """
    told = GridOptions(
        id=payload.id,
        label=f"Versions by service and {matrix.axis}",
        heads=[
            Head(fresh=column_status(column), help=column_status_text(column))
            for column in matrix.columns
            if not page.environments or column.environment in page.environments
        ],
        query=page.to_query(),
        chosen=[*chosen.to_query(), *zip(opened._fields, opened, strict=True)],
        exports=export_path(f"matrix/{matrix.dashboard}"),
        noun="row" if any(row.sidecar for row in matrix.rows) else "service",
        total=len(matrix.rows),
        as_of=page.as_of.timestamp() if page.as_of else None,
    )
    render_matrix_grid(payload, told, key=f"reldash_matrix_{matrix.dashboard}")


def column_title(column: Column) -> str:
    """What stands above a column: with its environment, where that is not all it is."""
    return f"{column.group} · {column.title}" if column.group else column.title


def column_status(column: Column) -> str:
    """How fresh a column is, in UTC: "read 15:04", "✕ failing"."""
    if column.read_at is None:
        return "○ not fully read"
    if column.stale:
        return "◌ stale"
    if column.failed:
        return "✕ failing"
    return f"read {column.read_at:%H:%M}"


def column_status_text(column: Column) -> str:
    """When a column's clusters were read, and which of them are not as they should be."""
    parts = [
        f"Read {exact(column.read_at)}, the oldest of its clusters"
        if column.read_at
        else "At least one of its clusters has never been read",
        f"stale: {listed(column.stale)}" if column.stale else "",
        f"last read failed: {listed(column.failed)}" if column.failed else "",
    ]
    return "; ".join(part for part in parts if part)
