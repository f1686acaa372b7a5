"""A matrix as plain JSON for the grid in the browser (`assets/matrix.js` unpacks it).

It has nothing that changes with time alone: ages and waits are sent as start times, and read times
of columns are in `GridOptions`. So it differs only where a cell does.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from reldash.domain.drift.lag import Lag
from reldash.domain.drift.states import FLAG_WORDS, STATE_WORDS, Flag, State
from reldash.domain.matrix.apply_filter import does_differ, runs_critical
from reldash.domain.matrix.cell_text import STATE_MARKS, lag_words
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.matrix.sorting import rank_concerns, rank_versions
from reldash.domain.phrases import listed
from reldash.domain.workloads.observations import NEVER
from reldash.ui.widgets.state_badges import STATE_BACKGROUNDS, STATE_COLOURS, display_name

_STATES = {state: str(place) for place, state in enumerate(State)}
_FLAGS = {flag: 1 << place for place, flag in enumerate(Flag)}
# Above the flags; `matrix.js` knows them in this order.
_DIFFERS, _CRITICAL, _FIX, _DRIFTS, _OPEN = (1 << (len(Flag) + place) for place in range(5))


@dataclass(frozen=True, slots=True)
class Payload:
    """The message to the grid.

    Attributes:
        id: hash of the content, 32 hex digits.
        body: the id and the JSON, in UTF-8.
    """

    id: str
    body: bytes


def make_payload(matrix: Matrix) -> Payload:
    """A matrix in the grid's format; equal cells make equal payloads."""
    text = json.dumps(transform_payload(matrix), ensure_ascii=False, separators=(",", ":"))
    content = text.encode()
    name = hashlib.blake2b(content, digest_size=16).hexdigest()
    return Payload(name, name.encode() + content)


def transform_payload(matrix: Matrix) -> dict[str, Any]:
    """The matrix with its legend, in plain values.

    =================  =========================================================================
    dashboard          its key
    states, flags      the legend: name, word and meaning; of states also mark and colours
    columns            key, title and group of each, and how many places it has
    rows               service, owner, and the rank of its most serious drift (null for none)
    versions           all that cells show, older before newer; the first is "", for none
    version, state     for each cell, row by row: which of the versions, which of the states it
                       counts as
    marks              [cell, bits]: flags, then whether it differs, runs something critical, has a
                       fix in an earlier environment, drifts, and is not fully known; like all
                       below only where there is any
    last               [cell, state]: its state by the last data, where it counts as another
    mixed              [cell, [[version, where], ...]], the one that gives the state first
    candidate          [cell, text]
    lag                [cell, distance, since, until]: "2 minor", since when it waits or null, and
                       until when that is known or null
    missing            names of clusters, and what they lack: "prod-us", "prod-us never read"
    stale              [cell, which of missing, time of their oldest read or null]
    unread             [cell, which of missing]
    =================  =========================================================================

    Cells are numbered row by row; times are seconds since the epoch.
    """
    cells = [
        matrix.cells[row.service, column.key] for row in matrix.rows for column in matrix.columns
    ]
    versions = rank_versions(_all_versions(cells))
    place_of = {text: place for place, text in enumerate(versions)}
    concerns = rank_concerns(matrix)
    numbered = list(enumerate(cells))
    missing: dict[str, int] = {}
    stale = _stale(numbered, missing)
    unread = _unread(numbered, missing)
    return {
        "dashboard": matrix.dashboard,
        **_LEGEND,
        "columns": [
            {"key": c.key, "title": c.title, "group": c.group, "places": places}
            for c, places in zip(matrix.columns, _count_places(matrix), strict=True)
        ],
        "rows": [[row.service, row.owner, concerns[row.service]] for row in matrix.rows],
        "versions": versions,
        "version": [place_of[cell.version] for cell in cells],
        "state": "".join([_STATES[cell.state] for cell in cells]),
        "marks": [[at, marks] for at, cell in numbered if (marks := _marks(cell))],
        "last": [[at, int(_STATES[cell.last_known])] for at, cell in numbered if cell.last_known],
        "mixed": [
            [at, [[place_of[text], cell.where.get(text, "")] for text, _ in cell.versions]]
            for at, cell in numbered
            if len(cell.versions) > 1
        ],
        "candidate": [[at, cell.candidate] for at, cell in numbered if cell.candidate],
        "lag": [
            [at, *_lag(cell.lag, matrix.as_of)] for at, cell in numbered if cell.lag is not None
        ],
        "missing": list(missing),
        "stale": stale,
        "unread": unread,
    }


def _stale(cells: Iterable[tuple[int, Cell]], missing: dict[str, int]) -> list[list[int | None]]:
    found: list[list[int | None]] = []
    for at, cell in cells:
        gaps = [gap for gap in cell.gaps if gap.is_stale]
        if gaps:
            names = listed(list(dict.fromkeys(gap.name or gap.cluster for gap in gaps)), 1)
            read_at = min(gap.read_at for gap in gaps if gap.read_at)
            age = None if read_at == NEVER else int(read_at.timestamp())
            found.append([at, missing.setdefault(names, len(missing)), age])
    return found


def _unread(cells: Iterable[tuple[int, Cell]], missing: dict[str, int]) -> list[list[int]]:
    found = []
    for at, cell in cells:
        parts = [
            f"{gap.name or gap.cluster} {gap.short}"
            for gap in cell.gaps
            if gap.cluster and not gap.is_stale
        ]
        if parts:
            words = listed(list(dict.fromkeys(parts)), 1)
            found.append([at, missing.setdefault(words, len(missing))])
    return found


def _all_versions(cells: Iterable[Cell]) -> set[str]:
    found = {cell.version for cell in cells}
    found.update(text for cell in cells if len(cell.versions) > 1 for text, _ in cell.versions)
    return found | {""}


def _count_places(matrix: Matrix) -> list[int]:
    return [
        sum(len(matrix.cells[row.service, column.key].places) for row in matrix.rows)
        for column in matrix.columns
    ]


def _marks(cell: Cell) -> int:
    marks = sum(_FLAGS[flag] for flag in cell.flags)
    if does_differ(cell):
        marks |= _DIFFERS
    if runs_critical(cell):
        marks |= _CRITICAL
    if cell.fixed_earlier:
        marks |= _FIX
    if cell.drift:
        marks |= _DRIFTS
    if not cell.is_known:
        marks |= _OPEN
    return marks


def _lag(lag: Lag, as_of: datetime) -> tuple[str, int | None, int | None]:
    # Beside the state's word, which way it goes need not be said again.
    distance = lag_words(replace(lag, dwell=None)).rpartition(" ")[0]
    if lag.dwell is None:
        return distance, None, None
    since = round(((lag.until or as_of) - lag.dwell).timestamp())
    return distance, since, round(lag.until.timestamp()) if lag.until else None


def _colours(pair: tuple[str, str] | None) -> str | None:
    return None if pair is None else f"light-dark({pair[0]}, {pair[1]})"


_LEGEND: Mapping[str, object] = {
    "states": [
        {
            "name": state,
            "word": display_name(state),
            "meaning": STATE_WORDS[state],
            "mark": STATE_MARKS[state],
            "colour": _colours(STATE_COLOURS[state]),
            "background": _colours(STATE_BACKGROUNDS.get(state)),
        }
        for state in State
    ],
    "flags": [
        {"name": flag, "word": display_name(flag), "meaning": FLAG_WORDS[flag]} for flag in Flag
    ],
}
