"""What a filter leaves of a matrix: the columns and rows, and which cells it asks for."""

from collections.abc import Iterable
from dataclasses import replace

from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cells import Cell, Column, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.matrix.sorting import sort_rows

# What makes two places of one service differ, whether or not that is a fault.
_DIFFERING_STATES = frozenset({State.AHEAD, State.DIVERGED, State.BEHIND, State.WAITING})
_DIFFERING_FLAGS = frozenset({Flag.MIXED, Flag.REBUILT, Flag.TAG_MOVED})


def filter_matrix(matrix: Matrix, chosen: Filter) -> Matrix:
    """The columns and rows of a matrix that a filter asks for, in its order or the matrix's.

    Cells are as they were: hiding a column does not change what the others are compared with.
    Clusters, namespaces and customers are not looked at: `build_matrix` takes them as its scope.
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
    """The sentences on registries of the places of cells, each once."""
    found = (place.registry for cell in cells for place in cell.places if place.registry)
    return tuple(dict.fromkeys(found))


def owners_of(row: Row) -> tuple[str, ...]:
    """The owners of a row, which its text holds separated by ", "."""
    return tuple(row.owner.split(", ")) if row.owner else ()


def does_differ(cell: Cell) -> bool:
    """Whether something in a cell is known to be other than its baseline, or than itself.

    What could not be read is not known to differ; the state `unknown` can be asked for by name.
    """
    return (
        cell.drift or cell.state in _DIFFERING_STATES or not _DIFFERING_FLAGS.isdisjoint(cell.flags)
    )


def runs_critical(cell: Cell) -> bool:
    """Whether a scan found something critical in what runs in a cell; unknown is not known to."""
    return cell.scan is not None and cell.scan.has_critical


def is_asked_for(cell: Cell, chosen: Filter) -> bool:
    """Whether a cell has what a filter asks of cells.

    That is one of its states, one of its flags, a difference, a critical finding.
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
    if of_cells and not any(is_asked_for(cell, chosen) for cell in cells):
        return False
    words = chosen.text.casefold().split()
    return not words or _has_words(row, cells, words)


def _has_words(row: Row, cells: list[Cell], words: list[str]) -> bool:
    found = [row.service, row.owner]
    for cell in cells:
        found += [cell.version, cell.candidate, *(version for version, _ in cell.versions)]
    haystack = "\n".join(found).casefold()
    return all(word in haystack for word in words)
