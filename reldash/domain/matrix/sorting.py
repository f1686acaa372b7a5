"""Sort the rows of a matrix by service, concern or version."""

from collections.abc import Iterable, Mapping
from typing import Final

from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.versions.tag_reading import read_tag
from reldash.domain.versions.tag_sort import SortKey, sort_key

BY_SERVICE: Final = "service"
BY_CONCERN: Final = "concern"
BY_VERSION: Final = "version:"  # followed by the key of a column

_STATES = {state: place for place, state in enumerate(State)}  # in order of concern, as are flags
_FLAGS = {flag: place for place, flag in enumerate(Flag)}


def is_order(text: str) -> bool:
    """Whether a text is a sort key; the column in it need not exist."""
    return text in (BY_SERVICE, BY_CONCERN) or (text.startswith(BY_VERSION) and text != BY_VERSION)


def sort_rows(matrix: Matrix, by: str, *, descending: bool) -> tuple[Row, ...]:
    """Sort the rows of a matrix.

    Equal rows keep the matrix's order, and rows without a value come last, in either direction.

    Args:
        matrix: as shown.
        by: "service"; "concern", by the row's most serious drift; "version:COLUMN", oldest first.
            Any other text, or a column that does not exist, leaves the order as it is.
        descending: whether to reverse the order.
    """
    ranks = _ranks(matrix, by)
    if ranks is None:
        return matrix.rows
    way = -1 if descending else 1

    def place(row: Row) -> tuple[bool, int]:
        rank = ranks[row.service]
        return rank is None, way * (rank or 0)

    return tuple(sorted(matrix.rows, key=place))


def rank_versions(texts: Iterable[str]) -> list[str]:
    """The distinct texts, older before newer as far as text orders them; "" first.

    Versions of different services are compared nowhere else; here they only need some order that
    keeps those of one scheme and one variant together.
    """
    return sorted(set(texts), key=_version_key)


def rank_concerns(matrix: Matrix) -> dict[str, int | None]:
    """For each service the rank of its most serious drift among all; None if nothing drifts.

    Drift is ranked by state, then by flag, as on the overview.
    """
    worst = {
        row.service: min(
            (_concern(cell) for cell in _cells(matrix, row) if cell.drift), default=None
        )
        for row in matrix.rows
    }
    found = sorted({concern for concern in worst.values() if concern is not None})
    places = {concern: place for place, concern in enumerate(found)}
    return {
        service: None if concern is None else places[concern] for service, concern in worst.items()
    }


def _ranks(matrix: Matrix, by: str) -> Mapping[str, int | None] | None:
    if by == BY_SERVICE:
        return {row.service: place for place, row in enumerate(matrix.rows)}
    if by == BY_CONCERN:
        return rank_concerns(matrix)
    column = by.removeprefix(BY_VERSION)
    if by == column or all(column != each.key for each in matrix.columns):
        return None
    versions = {row.service: matrix.cells[row.service, column].version for row in matrix.rows}
    places = {text: place for place, text in enumerate(rank_versions(versions.values()))}
    return {service: places[text] if text else None for service, text in versions.items()}


def _cells(matrix: Matrix, row: Row) -> Iterable[Cell]:
    return (matrix.cells[row.service, column.key] for column in matrix.columns)


def _concern(cell: Cell) -> tuple[int, int]:
    return _STATES[cell.state], min((_FLAGS[flag] for flag in cell.flags), default=len(_FLAGS))


def _version_key(text: str) -> SortKey:
    return sort_key(read_tag(text)) if text else ()
