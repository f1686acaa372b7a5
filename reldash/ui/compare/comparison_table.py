"""Table of a comparison."""

from collections.abc import Sequence
from datetime import datetime

from reldash.domain.comparison.compare import ComparedRow, Difference
from reldash.domain.comparison.sides import Side
from reldash.domain.drift.states import State
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.cell_text import lag_words, versions_text
from reldash.domain.matrix.cells import Cell
from reldash.ui.compare.sides import place_words, side_words
from reldash.ui.widgets.change_badges import render_difference
from reldash.ui.widgets.html_table import render_table
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.page_urls import cell_url, history_url
from reldash.ui.widgets.relative_times import render_ago


def render_comparison_table(
    rows: Sequence[ComparedRow],
    sides: tuple[Side, Side],
    rules: FleetRules,
    dashboard: str,
    now: datetime,
) -> Markup:
    """The table in the given order; versions link to their cells, services to their history."""
    heads = ["Service", _head(sides[0]), _head(sides[1]), "Difference", "Distance"]
    return render_table(
        f"{side_words(sides[0])} against {side_words(sides[1])}",
        heads,
        (
            (
                element("a", row.service, href=history_url(dashboard, row.service)),
                _render_cell(row, row.left, sides[0], rules, dashboard, now),
                _render_cell(row, row.right, sides[1], rules, dashboard, now),
                _render_difference(row),
                lag_words(row.lag),
            )
            for row in rows
        ),
        class_="rd-compared",
    )


def _head(side: Side) -> str:
    moment = f" @ {side.as_of:%Y-%m-%d %H:%M}" if side.as_of else ""
    return f"{place_words(side)}{moment}"


def _render_cell(
    row: ComparedRow,
    cell: Cell | None,
    side: Side,
    rules: FleetRules,
    dashboard: str,
    now: datetime,
) -> Markup:
    if cell is None or not (cell.places or versions_text(cell)):
        return element("span", _no_version_text(row, cell), class_="rd-quiet")
    place = cell.places[0] if cell.places else None
    environment = side.environment or (place.environment if place else "")
    customer = side.customer if side.customer and side.customer != "-" else None
    address = cell_url(rules, dashboard, row.service, environment, customer, side.as_of)
    about = "about " if place is not None and place.since_approximate else ""
    return joined(
        element("a", versions_text(cell), href=address, class_="rd-version"),
        element("span", f" {about}", render_ago(cell.since, now), class_="rd-quiet")
        if cell.since
        else None,
    )


def _no_version_text(row: ComparedRow, cell: Cell | None) -> str:
    # Unread data is never shown as absent.
    absent = (
        row.difference is not Difference.UNKNOWN if cell is None else cell.state is State.ABSENT
    )
    return "absent" if absent else "unknown"


def _render_difference(row: ComparedRow) -> Markup:
    mark = render_difference(row.difference)
    if row.difference in {Difference.NEWER, Difference.OLDER} and row.method:
        return joined(mark, element("span", f" by {row.method}", class_="rd-quiet"))
    return mark
