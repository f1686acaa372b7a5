"""What the grid in the browser is sent of a matrix."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from reldash.domain.drift.gaps import Gap
from reldash.domain.drift.lag import Lag
from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cells import Axis, Cell, Column, Matrix
from reldash.domain.registries.scans import Scan, ScanStatus, Severity
from reldash.domain.workloads.observations import NEVER
from reldash.ui.matrix_grid.payload import make_payload, transform_payload
from tests.unit.builders import NOW, READ_AT, minutes_ago
from tests.unit.place_builders import place

IN_STEP = Cell("1.5.0", State.IN_STEP, (("1.5.0", 2),), observed_at=READ_AT)
ABSENT = Cell("", State.ABSENT)
COLUMNS = (Column("stg", "stg", "stg"), Column("prod/eu", "eu", "prod", "prod"))


def matrix(*cells: Cell) -> Matrix:
    """Two columns; rows "a", "b" ... of the cells given."""
    rows = tuple(Row(chr(ord("a") + place), "blue") for place in range(len(cells) // 2))
    keys = [(row.service, column.key) for row in rows for column in COLUMNS]
    found = dict(zip(keys, cells, strict=True))
    return Matrix("platform", Axis.CLUSTER, NOW, COLUMNS, rows, found)


def sent(*cells: Cell) -> dict[str, Any]:
    """The payload after its way through JSON."""
    loaded: dict[str, Any] = json.loads(json.dumps(transform_payload(matrix(*cells))))
    return loaded


def test_each_cell_has_a_version_and_a_state_by_their_numbers() -> None:
    payload = sent(IN_STEP, ABSENT)
    assert [payload["versions"][number] for number in payload["version"]] == ["1.5.0", ""]
    assert [payload["states"][int(number)]["name"] for number in payload["state"]] == [
        "in_step",
        "absent",
    ]
    assert payload["rows"] == [["a", "blue", None]]
    assert payload["columns"] == [
        {"key": "stg", "title": "stg", "group": "", "places": 0},
        {"key": "prod/eu", "title": "eu", "group": "prod", "places": 0},
    ]


def test_columns_have_the_places_of_all_their_rows() -> None:
    two = replace(IN_STEP, places=(place(), place()))
    payload = sent(two, ABSENT, IN_STEP, replace(IN_STEP, places=(place(),)), two, ABSENT)
    assert [column["places"] for column in payload["columns"]] == [4, 1]


def test_versions_are_numbered_from_the_oldest_and_nothing_is_the_first() -> None:
    cells = [replace(IN_STEP, version=text) for text in ("1.10.0", "1.9.0", "1.10.0-rc.1")]
    assert sent(*cells, ABSENT)["versions"] == ["", "1.9.0", "1.10.0-rc.1", "1.10.0"]


def test_flags_and_what_can_be_filtered_by_are_bits() -> None:
    critical = Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 1})
    marked = replace(
        IN_STEP, flags=(Flag.TAG_MOVED, Flag.IDLE), scan=critical, fixed_earlier="prod runs ..."
    )
    payload = sent(IN_STEP, marked)
    [[cell, marks]] = payload["marks"]
    names = [flag["name"] for flag in payload["flags"]] + ["differs", "critical", "fix"]
    assert cell == 1
    assert [name for bit, name in enumerate(names) if marks & 1 << bit] == [
        "tag_moved",
        "idle",
        "differs",  # a moved tag is another than itself
        "critical",
        "fix",
    ]


def test_versions_that_disagree_are_sent_with_where_they_run() -> None:
    where = {"1.5.0": "prod-eu", "1.4.0": "prod-us"}
    mixed = replace(IN_STEP, versions=(("1.5.0", 2), ("1.4.0", 1)), where=where)
    payload = sent(mixed, ABSENT)
    [[cell, shares]] = payload["mixed"]
    assert cell == 0
    assert [[payload["versions"][number], place] for number, place in shares] == [
        ["1.5.0", "prod-eu"],
        ["1.4.0", "prod-us"],
    ]


def test_a_wait_is_sent_as_the_time_it_began() -> None:
    waiting = Cell("1.4.0", State.WAITING, lag=Lag(minor=2, dwell=timedelta(days=12)))
    unordered = Cell("1.4.0", State.AHEAD, lag=Lag(ahead=True, releases=3))
    since = (NOW - timedelta(days=12)).timestamp()
    assert sent(waiting, unordered)["lag"] == [
        [0, "2 minor", since, None],
        [1, "3 releases", None, None],
    ]


def test_a_wait_that_ended_with_the_last_read_is_sent_with_its_end() -> None:
    lag = Lag(minor=2, dwell=timedelta(days=12), until=minutes_ago(30))
    since = (minutes_ago(30) - timedelta(days=12)).timestamp()
    sent_lag = sent(Cell("1.4.0", State.WAITING, lag=lag), ABSENT)["lag"]
    assert sent_lag == [[0, "2 minor", since, minutes_ago(30).timestamp()]]


def test_a_cell_is_sent_with_the_state_it_counts_as_its_last_one_and_what_it_lacks() -> None:
    stale = Cell(
        "1.4.0",
        State.UNKNOWN,
        last_known=State.IN_STEP,
        gaps=(
            Gap("prod-us", "prod-us was last read 30 min ago", minutes_ago(30)),
            Gap("prod-eu", "prod-eu has never been read", is_whole=True),
        ),
    )
    payload = sent(IN_STEP, stale)
    assert (
        payload["state"] == f"{list(State).index(State.IN_STEP)}{list(State).index(State.UNKNOWN)}"
    )
    assert payload["last"] == [[1, list(State).index(State.IN_STEP)]]
    assert payload["missing"] == ["prod-us", "prod-eu never read"]
    assert payload["stale"] == [[1, 0, minutes_ago(30).timestamp()]]
    assert payload["unread"] == [[1, 1]]


def test_a_version_of_which_no_read_is_kept_has_no_time() -> None:
    unread = Cell("1.4.0", State.UNKNOWN, gaps=(Gap("stg", "no read of stg is kept", NEVER),))
    assert sent(IN_STEP, unread)["stale"] == [[1, 0, None]]


def test_rows_are_numbered_by_their_gravest_drift() -> None:
    behind = Cell("1", State.BEHIND, drift=True)
    ahead = Cell("1", State.AHEAD, drift=True)
    flagged = replace(behind, flags=(Flag.MIXED,))
    rows = sent(IN_STEP, behind, ahead, behind, flagged, behind, IN_STEP, ABSENT)["rows"]
    assert [concern for _, _, concern in rows] == [2, 0, 1, None]


def test_what_only_the_clock_moved_makes_the_same_payload() -> None:
    lagging = Cell("1.4.0", State.BEHIND, lag=Lag(minor=1, dwell=timedelta(days=3)), drift=True)
    first = matrix(lagging, replace(IN_STEP, observed_at=READ_AT))
    hour = timedelta(hours=1)
    later = replace(
        matrix(
            replace(lagging, lag=Lag(minor=1, dwell=timedelta(days=3) + hour)),
            replace(IN_STEP, observed_at=READ_AT + hour),
        ),
        as_of=NOW + hour,
    )
    assert make_payload(first) == make_payload(later)
    assert make_payload(first) != make_payload(matrix(lagging, ABSENT))


def test_the_body_begins_with_its_name() -> None:
    payload = make_payload(matrix(IN_STEP, ABSENT))
    assert payload.body[:32].decode() == payload.id
    assert json.loads(payload.body[32:]) == sent(IN_STEP, ABSENT)
