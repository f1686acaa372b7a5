"""The matrix grid of a dashboard page, with column status, filter and export links."""

from typing import NamedTuple

from reldash.domain.matrix.cells import Column, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import listed
from reldash.ui.matrix_grid import GridOptions, Head, render_matrix_grid
from reldash.ui.matrix_grid.payload import Payload
from reldash.ui.widgets.page_urls import export_path
from reldash.ui.widgets.relative_times import exact


class CellAddress(NamedTuple):
    """The open cell: its service and its column's key; both "" for none."""

    service: str
    column: str


def render_matrix(
    matrix: Matrix,
    payload: Payload,
    page: Filter,
    chosen: Filter,
    opened: CellAddress,
    scans: str,
) -> None:
    """Draw the grid of a dashboard.

    Args:
        matrix: with all rows and columns.
        payload: the filtered matrix that is drawn.
        page: the filter of the page's widgets, which gave the payload.
        chosen: that filter combined with the grid's own filters.
        opened: the cell whose details are open.
        scans: of how many images scans are known; "" if of all.
    """
    options = GridOptions(
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
        scans=scans,
    )
    render_matrix_grid(payload, options, key=f"reldash_matrix_{matrix.dashboard}")


def column_title(column: Column) -> str:
    """A column's title, prefixed by its group if it has one."""
    return f"{column.group} · {column.title}" if column.group else column.title


def column_status(column: Column) -> str:
    """The age of a column's data in UTC: "read 15:04", or "✕ failing"."""
    if column.read_at is None:
        return "○ not fully read"
    if column.stale:
        return "◌ stale"
    if column.failed:
        return "✕ failing"
    return f"read {column.read_at:%H:%M}"


def column_status_text(column: Column) -> str:
    """When a column's clusters were read, and which of them are stale or failing."""
    parts = [
        f"Read {exact(column.read_at)}, the oldest of its clusters"
        if column.read_at
        else "At least one of its clusters has never been read",
        f"stale: {listed(column.stale)}" if column.stale else "",
        f"last read failed: {listed(column.failed)}" if column.failed else "",
    ]
    return "; ".join(part for part in parts if part)
