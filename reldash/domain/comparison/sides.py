"""The sides of a comparison: an environment, cluster, namespace or customer at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reldash.domain.drift.states import State
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.scope import NO_CUSTOMER
from reldash.domain.matrix.cells import Axis, Cell, Matrix

_MOST_NAMED: Final = 8  # columns in a message


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a comparison: an environment, or a cluster, namespace or customer of one.

    Attributes:
        environment: required for namespaces and customers; for a cluster only if it has several.
        cluster, namespace, customer: at most one of them; customer "-" for none.
        as_of: the moment (aware UTC); None for now.
    """

    environment: str = ""
    cluster: str = ""
    namespace: str = ""
    customer: str = ""
    as_of: datetime | None = None

    @property
    def axis(self) -> Axis:
        """The axis of the matrix with a column for it."""
        if self.cluster:
            return Axis.CLUSTER
        if self.namespace:
            return Axis.NAMESPACE
        return Axis.CUSTOMER if self.customer else Axis.ENVIRONMENT

    @property
    def column(self) -> str:
        """The key of its column; of a cluster with several environments, with the environment."""
        if self.cluster:
            return f"{self.cluster}/{self.environment}" if self.environment else self.cluster
        part = self.namespace or self.customer
        return f"{self.environment}/{part}" if part else self.environment


@dataclass(frozen=True, slots=True)
class SideCells:
    """A side with its cells.

    Attributes:
        cells: by service; without services that nothing was known of at that moment.
        has_gaps: whether part of the side was never read, or too long ago: a service without a
            cell may run there all the same.
        has_unread: whether a cluster of it was never read, or not lately: cells may not show
            everything.
        missing: names of those clusters.
    """

    side: Side
    cells: Mapping[str, Cell]
    has_gaps: bool = False
    has_unread: bool = False
    missing: tuple[str, ...] = ()


def cells_of_side(matrix: Matrix, side: Side) -> SideCells:
    """The cells of a side.

    Args:
        matrix: the dashboard's by `side.axis`, at `side.as_of`, unfiltered.
        side: the side.

    Raises:
        ChoiceError: the matrix has no such column: the name does not exist, or nothing ran there
            at that moment.
    """
    keys = {column.key: column for column in matrix.columns}
    several = [c.key for c in matrix.columns if side.cluster and c.title == side.cluster]
    column = keys.get(side.column) or (keys[several[0]] if len(several) == 1 else None)
    if column is None:
        expected = ", ".join(several or list(keys)[:_MOST_NAMED]) or "something to have been read"
        at = f" at {side.as_of:%Y-%m-%d %H:%M} UTC" if side.as_of else ""
        raise ChoiceError(
            "Nothing to compare", f"{side.column!r} in {matrix.dashboard}{at}: expected {expected}"
        )
    cells = {row.service: matrix.cell(row.service, column.key) for row in matrix.rows}
    return SideCells(
        side,
        cells,
        has_gaps=column.read_at is None
        or bool(column.stale)
        or any(cell.state is State.UNKNOWN and not cell.places for cell in cells.values()),
        has_unread=column.read_at is None or bool(column.stale),
        missing=(*column.unread, *column.stale),
    )


def by_common_name(
    left: SideCells, right: SideCells
) -> tuple[Mapping[str, Cell], Mapping[str, Cell]]:
    """The cells of both sides by the names that they are matched by.

    These are the services' names; between two customers without the customers' own: "acme-api"
    becomes "api".
    """
    ours, theirs = left.side.customer, right.side.customer
    if ours == theirs or NO_CUSTOMER in (ours, theirs) or not (ours and theirs):
        return left.cells, right.cells
    return _without_customer(left.cells, ours), _without_customer(right.cells, theirs)


def _without_customer(cells: Mapping[str, Cell], customer: str) -> Mapping[str, Cell]:
    """Rename services such as "acme-api" to "api", unless that name is taken."""
    found: dict[str, Cell] = {}
    for name, cell in cells.items():
        short = name.removeprefix(f"{customer}-").removesuffix(f"-{customer}")
        found[short if short and short not in cells else name] = cell
    return found
