"""The order of a matrix's rows that a person can ask for."""

from collections.abc import Iterable, Mapping
from typing import Final

from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.versions.parse import parse_version
from reldash.domain.versions.schemes import END, Scheme

BY_SERVICE: Final = "service"
BY_CONCERN: Final = "concern"
BY_VERSION: Final = "version:"  # followed by the key of a column

_STATES = {state: place for place, state in enumerate(State)}  # in order of concern, as are flags
_FLAGS = {flag: place for place, flag in enumerate(Flag)}
_SCHEMES = {scheme: place for place, scheme in enumerate(Scheme)}


def is_order(text: str) -> bool:
    """Whether rows can be sorted by this; the column it names need not exist today."""
    return text in (BY_SERVICE, BY_CONCERN) or (text.startswith(BY_VERSION) and text != BY_VERSION)


def sort_rows(matrix: Matrix, by: str, *, descending: bool) -> tuple[Row, ...]:
    """A matrix's rows in the order asked for.

    Equal ones stay in the matrix's order, whichever way; those that nothing is known of by it come
    last, whichever way.

    Args:
        matrix: as shown.
        by: "service"; "concern", for the row's gravest; "version:COLUMN", oldest first. Any other
            text, and a column that is not there, leave the order as it is.
        descending: the other way round.
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
    """The distinct texts, older before newer, as far as their text tells; "" first of all.

    Versions of different services are never compared elsewhere; here they only need some order
    in which those of one scheme and one variant stand together.
    """
    return sorted(set(texts), key=_version_key)


def rank_concerns(matrix: Matrix) -> dict[str, int | None]:
    """For each service the place of its gravest drift among all; None where nothing drifts.

    The gravest is told as on the overview: by state, then by flag.
    """
    gravest = {
        row.service: min(
            (_concern(cell) for cell in _cells(matrix, row) if cell.drift), default=None
        )
        for row in matrix.rows
    }
    found = sorted({concern for concern in gravest.values() if concern is not None})
    places = {concern: place for place, concern in enumerate(found)}
    return {
        service: None if concern is None else places[concern]
        for service, concern in gravest.items()
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


def _version_key(text: str) -> tuple[object, ...]:
    if not text:
        return ()
    version = parse_version(text)
    return (
        _SCHEMES[version.scheme],
        version.variant,
        version.shape,
        version.key,
        (*version.steps, END),
        text,
    )
