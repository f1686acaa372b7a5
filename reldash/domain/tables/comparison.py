"""A comparison as a data frame and as JSON."""

from typing import Any

import pandas as pd

from reldash.domain.comparison.compare import Comparison
from reldash.domain.comparison.side_text import side_text
from reldash.domain.matrix.cell_text import iso, lag_words, versions_text
from reldash.domain.matrix.cells import Cell
from reldash.domain.tables.csv_text import times


def comparison_frame(comparison: Comparison) -> pd.DataFrame:
    """A row per service, in the comparison's order.

    =========================  ==============================================================
    service                    its name
    difference                 the `Difference`'s name, of left against right
    left, right                their versions, most frequent first, separated by ", "; "" if
                               there are none
    distance                   see `cell_text.lag_words`; "" if neither is older
    ordered by                 the method; "" if no order was needed
    left since, right since    since when the shown version has run there; missing if not known
    left observed at,          when the oldest of its places was last read; likewise
    right observed at
    =========================  ==============================================================

    Text columns are `str` and never missing, times `datetime64[us, UTC]`.
    """
    rows = comparison.rows
    left, right = [row.left for row in rows], [row.right for row in rows]
    texts = {
        "service": [row.service for row in rows],
        "difference": [str(row.difference) for row in rows],
        "left": [_versions(cell) for cell in left],
        "right": [_versions(cell) for cell in right],
        "distance": [lag_words(row.lag) for row in rows],
        "ordered by": [row.method for row in rows],
    }
    frame = pd.DataFrame({head: pd.array(own, dtype="str") for head, own in texts.items()})
    for name, cells in (("left", left), ("right", right)):
        frame[f"{name} since"] = times([cell.since if cell else None for cell in cells])
    for name, cells in (("left", left), ("right", right)):
        frame[f"{name} observed at"] = times([cell.observed_at if cell else None for cell in cells])
    return frame


def _versions(cell: Cell | None) -> str:
    return versions_text(cell) if cell else ""


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison in types of JSON.

    Sides are texts of `side_text.side_text`; `counts` has every difference; a row has
    service, difference, left and right (null, or version, versions, since and observed_at),
    distance and ordered_by. Times are ISO 8601 in UTC, or null.
    """
    return {
        "left": side_text(comparison.left),
        "right": side_text(comparison.right),
        "counts": {str(kind): count for kind, count in comparison.counts.items()},
        "rows": [
            {
                "service": row.service,
                "difference": str(row.difference),
                "left": _cell_json(row.left),
                "right": _cell_json(row.right),
                "distance": lag_words(row.lag),
                "ordered_by": row.method,
            }
            for row in comparison.rows
        ],
    }


def _cell_json(cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {
        "version": cell.version,
        "versions": [version for version, _ in cell.versions],
        "since": iso(cell.since) or None,
        "observed_at": iso(cell.observed_at) or None,
    }
