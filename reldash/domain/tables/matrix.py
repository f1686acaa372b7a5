"""Matrices as data frames, CSV and JSON, and their drift as a list.

Frames are filled column by column: text columns are pandas' `str` and never missing ("" is
nothing), times are `datetime64[us, UTC]`.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from reldash.domain.drift.lag import Lag
from reldash.domain.matrix.apply_filter import matches_filter
from reldash.domain.matrix.cell_text import cell_text, flag_names, iso, lag_words, versions_text
from reldash.domain.matrix.cells import Cell, Column, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.tables.csv_text import frame_csv, times


def matrix_frame(matrix: Matrix, marks: bool = True) -> pd.DataFrame:
    """The matrix for the screen.

    Index `service`, in the matrix's order; a `str` column for each matrix column, named by its
    key: "1.4.2 ▼ behind · mixed" with marks, else "1.4.2".
    """
    index = pd.Index([row.service for row in matrix.rows], name="service", dtype="str")
    text = cell_text if marks else versions_text
    return _text_frame(
        [(column.key, [text(c) for c in _cells(matrix, column)]) for column in matrix.columns],
        index,
    )


def export_frame(matrix: Matrix) -> pd.DataFrame:
    """The matrix for CSV: a row per service, in the matrix's order, with a plain index.

    All columns are `str`:

    ===================  ========================================================
    service, owner       the row's
    <column>             its versions (`cell_text.versions_text`)
    <column> state       the name of the state that it counts as
    <column> last state  the name of its state by the last data, however old
    <column> flags       the flags' names, separated by ", "
    <column> observed at when the oldest of its places was read, ISO 8601 in UTC
    as of                when the matrix was made, ISO 8601 in UTC
    ===================  ========================================================

    Versions of all columns come first, then the other four per column. Headers may repeat, if an
    environment is called "owner".
    """
    rows = matrix.rows
    cells = [(column.key, _cells(matrix, column)) for column in matrix.columns]
    table = [("service", [row.service for row in rows]), ("owner", [row.owner for row in rows])]
    table += [(key, [versions_text(cell) for cell in column]) for key, column in cells]
    for key, column in cells:
        table += [
            (f"{key} state", [str(cell.state) for cell in column]),
            (f"{key} last state", [str(cell.last_state) for cell in column]),
            (f"{key} flags", [flag_names(cell.flags) for cell in column]),
            (f"{key} observed at", [iso(cell.observed_at) for cell in column]),
        ]
    table.append(("as of", [iso(matrix.as_of)] * len(rows)))
    return _text_frame(table)


def drift_frame(matrix: Matrix, chosen: Filter | None = None) -> pd.DataFrame:
    """The drifting cells, a row per cell, in the matrix's order.

    ===========================  ==========================================================
    service, environment         of the cell; `column` is the key of its matrix column
    column
    version, baseline            its versions, the environment it was compared with, and
    baseline version             the version there
    state, last state, flags     names: the state that it counts as, and that by the last data;
                                 flags separated by ", "
    lag                          see `cell_text.lag_words`
    since, observed at           times; missing where not known
    first pushed                 when its version was pushed to any registry; likewise
    critical, high               findings of its builds, whole numbers; missing if they are not
                                 known
    scan                         how much of them is known (`ScanStatus`), "" if nothing is
    reason                       the rule that gave the state
    ===========================  ==========================================================

    Args:
        matrix: as shown.
        chosen: a filter; if it names states or flags, they decide which cells are listed, in
            place of `Cell.drift`.
    """
    by_name = chosen is not None and bool(chosen.states or chosen.flags)
    listed = [
        (row.service, column, cell)
        for row in matrix.rows
        for column in matrix.columns
        if (cell := matrix.cells[row.service, column.key]).drift or by_name
        if chosen is None or matches_filter(cell, chosen)
    ]
    cells = [cell for _, _, cell in listed]
    frame = _text_frame(
        [
            ("service", [service for service, _, _ in listed]),
            ("environment", [column.environment for _, column, _ in listed]),
            ("column", [column.key for _, column, _ in listed]),
            ("version", [versions_text(cell) for cell in cells]),
            ("baseline", [cell.baseline or "" for cell in cells]),
            ("baseline version", [cell.baseline_version for cell in cells]),
            ("state", [str(cell.state) for cell in cells]),
            ("last state", [str(cell.last_state) for cell in cells]),
            ("flags", [flag_names(cell.flags) for cell in cells]),
            ("lag", [lag_words(cell.lag) for cell in cells]),
            ("scan", [str(cell.scan.status) if cell.scan else "" for cell in cells]),
            ("reason", [cell.reason for cell in cells]),
        ]
    )
    frame.insert(10, "since", times([cell.since for cell in cells]))
    frame.insert(11, "observed at", times([cell.observed_at for cell in cells]))
    frame.insert(12, "first pushed", times([cell.pushed_at for cell in cells]))
    scans = [cell.scan for cell in cells]
    frame.insert(13, "critical", _numbers([s.critical if s else None for s in scans]))
    frame.insert(14, "high", _numbers([s.high if s else None for s in scans]))
    return frame


def matrix_csv(matrix: Matrix) -> str:
    """`export_frame` as CSV with a header; lines end with a line feed.

    Headers and cells that a spreadsheet would read as a formula start with an apostrophe.
    """
    return frame_csv(export_frame(matrix))


def matrix_json(matrix: Matrix) -> dict[str, Any]:
    """The matrix as `matrix --format json` prints it, in types of JSON.

    Columns are keys. The first of `versions` gives the state; `where` has where each of several
    runs. `state` is the one that the cell counts as, `last_state` that by the last data, and
    `not_known` has a sentence for each part that was not read, or not lately. `lag` is null or an
    object with fields of `Lag` (`dwell_days` for its dwell). Times are ISO 8601 in UTC, or null.
    """
    return {
        "dashboard": matrix.dashboard,
        "as_of": iso(matrix.as_of),
        "columns": [column.key for column in matrix.columns],
        "rows": [
            {
                "service": row.service,
                "cells": {
                    column.key: _cell_json(matrix.cells[row.service, column.key])
                    for column in matrix.columns
                },
            }
            for row in matrix.rows
        ],
    }


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {
        "version": cell.version,
        "versions": [version for version, _ in cell.versions],
        "where": dict(cell.where),
        "state": str(cell.state),
        "last_state": str(cell.last_state),
        "not_known": [gap.words for gap in cell.gaps],
        "flags": [str(flag) for flag in cell.flags],
        "lag": _lag_json(cell.lag),
        "observed_at": iso(cell.observed_at) or None,
        "places": [
            {
                "cluster": place.cluster,
                "namespace": place.namespace,
                "workload": place.workload,
                "container": place.container,
                "image": place.image,
                "digests": list(place.digests),
                "ready": place.ready,
                "wanted": place.wanted,
            }
            for place in cell.places
        ],
    }


def _lag_json(lag: Lag | None) -> dict[str, Any] | None:
    if lag is None:
        return None
    return {
        "major": lag.major,
        "minor": lag.minor,
        "patch": lag.patch,
        "releases": lag.releases,
        "dwell_days": None if lag.dwell is None else round(lag.dwell / timedelta(days=1), 2),
        "ahead": lag.ahead,
    }


def _numbers(values: Sequence[int | None]) -> "pd.Series[int]":
    return pd.Series(list(values), dtype="Int64")


def _cells(matrix: Matrix, column: Column) -> list[Cell]:
    return [matrix.cells[row.service, column.key] for row in matrix.rows]


def _text_frame(
    table: Iterable[tuple[str, list[str]]], index: "pd.Index[str] | None" = None
) -> pd.DataFrame:
    """A frame of text columns in their order; headers may repeat."""
    columns = list(table)
    frame = pd.DataFrame(
        {i: pd.array(values, dtype="str") for i, (_, values) in enumerate(columns)}, index=index
    )
    frame.columns = pd.Index([head for head, _ in columns], dtype="str")
    return frame
