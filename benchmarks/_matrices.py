"""Synthetic matrices of any size, the same in every run."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from reldash.domain.drift.lag import Lag
from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cells import Axis, Cell, Column, Matrix

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ENVIRONMENTS = 8
ODD = (
    "<b>bold</b><script>document.title = 'broken'</script>",
    "*a* [b](javascript:alert(1)) :material/home: $x$ &amp; \"'",
    "long-" * 60,
    "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c \u0645\u0631\u062d\u0628\u0627",
    "\U0001f680 \U0001f469\u200d\U0001f469\u200d\U0001f467 \u00df\u0130",
)


def make_matrix(services: int, columns: int, *, odd: bool = False) -> Matrix:
    """A matrix in which every tenth cell or so is worth looking at.

    `odd` puts rows before the others whose names, owners and versions try to break a page, and
    gives such titles to the first columns.
    """
    dice = random.Random(7)  # noqa: S311 - nothing depends on its secrecy
    heads = tuple(_column(number, columns) for number in range(columns))
    if odd:
        titles = zip_longest(heads, ODD[:columns])
        heads = tuple(replace(head, title=title or head.title) for head, title in titles)
    names = [*(ODD if odd else ()), *(f"service-{number:05}" for number in range(services))]
    rows = tuple(
        Row(name, name if name in ODD else f"team-{number % 40}")
        for number, name in enumerate(names)
    )
    cells = {}
    for row in rows:
        newest = (dice.randrange(1, 9), dice.randrange(40), dice.randrange(9))
        for head in heads:
            cells[row.service, head.key] = _cell(dice, newest, row.service if odd else "")
    axis = Axis.ENVIRONMENT if columns <= ENVIRONMENTS else Axis.CUSTOMER
    return Matrix("platform", axis, NOW, heads, rows, cells)


def _column(number: int, columns: int) -> Column:
    environment = f"env-{number * ENVIRONMENTS // columns}"
    if columns <= ENVIRONMENTS:
        return Column(environment, environment, environment, read_at=NOW)
    key = f"{environment}/customer-{number}"
    return Column(key, f"customer-{number}", environment, environment, NOW)


def _cell(dice: random.Random, newest: tuple[int, int, int], odd: str) -> Cell:
    major, minor, patch = newest
    version = f"{major}.{minor}.{patch}" + (f"-{odd}" if odd in ODD else "")
    luck = dice.random()
    if luck < 0.05:
        return Cell("", State.ABSENT)
    if luck < 0.15:
        lag = Lag(minor=1, dwell=timedelta(days=dice.randrange(1, 40)))
        flags = (Flag.MIXED,) if luck < 0.07 else ()
        older = f"{major}.{max(minor - 1, 0)}.{dice.randrange(9)}"
        versions = ((older, 2), (version, 1)) if flags else ((older, 2),)
        return Cell(older, State.BEHIND, versions, flags, drift=True, lag=lag)
    return Cell(version, State.IN_STEP, ((version, 2),))
