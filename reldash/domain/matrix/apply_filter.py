"""Apply a filter to a matrix: its columns and rows, and the cells that match."""

from collections.abc import Iterable
from dataclasses import replace

from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cells import Cell, Column, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.matrix.sorting import sort_rows

# Differences between places of one service, drift or not.
_DIFFERING_STATES = frozenset({State.AHEAD, State.DIVERGED, State.BEHIND, State.WAITING})
_DIFFERING_FLAGS = frozenset({Flag.MIXED, Flag.REBUILT, Flag.TAG_MOVED})


def filter_matrix(matrix: Matrix, chosen: Filter) -> Matrix:
    """Filter and sort the columns and rows of a matrix.

    Cells do not change: hiding a column does not change the baselines of the others. Clusters,
    namespaces and customers of the filter are ignored: `build_matrix` applies them as its scope.
    """
    columns = tuple(
        column
        for column in matrix.columns
        if not chosen.environments or column.environment in chosen.environments
    )
    rows = tuple(row for row in matrix.rows if _is_shown(row, _cells(matrix, row, columns), chosen))
    cells = {
        (row.service, column.key): matrix.cells[row.service, column.key]
        for row in rows
        for column in columns
    }
    shown = Matrix(
        dashboard=matrix.dashboard,
        axis=matrix.axis,
        as_of=matrix.as_of,
        columns=columns,
        rows=rows,
        cells=cells,
        unreached=unreached_in(cells.values()) if matrix.unreached else (),
    )
    if not chosen.sort:
        return shown
    return replace(shown, rows=sort_rows(shown, chosen.sort, descending=chosen.descending))


def unreached_in(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The distinct sentences on unreached registries in cells."""
    found = (place.registry for cell in cells for place in cell.places if place.registry)
    return tuple(dict.fromkeys(found))


def owners_of(row: Row) -> tuple[str, ...]:
    """The owners of a row, split from its text at ", "."""
    return tuple(row.owner.split(", ")) if row.owner else ()


def does_differ(cell: Cell) -> bool:
    """Whether a cell is known to differ from its baseline, or within itself.

    A cell that could not be read does not count; filter by the state `unknown` for it.
    """
    return (
        cell.drift or cell.state in _DIFFERING_STATES or not _DIFFERING_FLAGS.isdisjoint(cell.flags)
    )


def runs_critical(cell: Cell) -> bool:
    """Whether a scan found a critical finding in a cell; False if that is not known."""
    return cell.scan is not None and cell.scan.has_critical


def matches_filter(cell: Cell, chosen: Filter) -> bool:
    """Whether a cell matches a filter.

    It has one of the states, one of the flags, a difference, a critical finding, as far as the
    filter names them.
    """
    return (
        (not chosen.states or cell.state in chosen.states)
        and (not chosen.flags or not set(chosen.flags).isdisjoint(cell.flags))
        and (not chosen.differs or does_differ(cell))
        and (not chosen.critical or runs_critical(cell))
    )


def _cells(matrix: Matrix, row: Row, columns: tuple[Column, ...]) -> list[Cell]:
    return [matrix.cells[row.service, column.key] for column in columns]


def _is_shown(row: Row, cells: list[Cell], chosen: Filter) -> bool:
    if row.sidecar and not chosen.sidecars:
        return False
    if chosen.owners and not set(chosen.owners).intersection(owners_of(row)):
        return False
    of_cells = chosen.states or chosen.flags or chosen.differs or chosen.critical
    if of_cells and not any(matches_filter(cell, chosen) for cell in cells):
        return False
    words = chosen.text.casefold().split()
    return not words or _has_words(row, cells, words)


def _has_words(row: Row, cells: list[Cell], words: list[str]) -> bool:
    found = [row.service, row.owner]
    for cell in cells:
        found += [cell.version, cell.candidate, *(version for version, _ in cell.versions)]
    haystack = "\n".join(found).casefold()
    return all(word in haystack for word in words)
