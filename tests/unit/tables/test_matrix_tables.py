"""Matrices as frames, CSV and JSON."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from time import process_time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.drift.gaps import Gap
from reldash.domain.drift.lag import Lag
from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.drift.states import Flag, State
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.cell_text import STATE_MARKS, cell_text, lag_words
from reldash.domain.matrix.cells import Axis, Cell, Column, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.scans import Scan, ScanStatus, Severity
from reldash.domain.tables.csv_text import frame_csv
from reldash.domain.tables.matrix import (
    drift_frame,
    export_frame,
    matrix_csv,
    matrix_frame,
    matrix_json,
)
from reldash.domain.workloads.observations import ContainerRole, WorkloadKind
from tests.unit.builders import NOW, READ_AT, days_ago, digest

PLACE = PlaceDetails(
    cluster="prod-eu",
    environment="prod",
    namespace="shop",
    customer=None,
    kind=WorkloadKind.DEPLOYMENT,
    workload="api",
    container="api",
    role=ContainerRole.MAIN,
    image="r.io/api:1.4.0",
    version="1.4.0",
    running=("r.io/api:1.4.0",),
    digests=(f"r.io/api@{digest('a')}",),
    ready=1,
    wanted=2,
    status="complete",
    since=days_ago(3),
    since_approximate=False,
    observed_at=READ_AT,
)
IN_STEP = Cell("1.5.0", State.IN_STEP, (("1.5.0", 2),), observed_at=READ_AT)
BEHIND = Cell(
    version="1.4.0",
    state=State.BEHIND,
    versions=(("1.4.0", 2), ("1.3.9", 1)),
    where={"1.4.0": "prod-us", "1.3.9": "prod-eu"},
    flags=(Flag.STUCK, Flag.MIXED),
    drift=True,
    reason="1.4.0 is older than 1.5.0 in stg",
    lag=Lag(minor=1, releases=2, dwell=timedelta(days=12, hours=3)),
    baseline="stg",
    baseline_version="1.5.0",
    method="semver",
    since=days_ago(30),
    observed_at=READ_AT,
    places=(PLACE,),
    pushed_at=days_ago(40),
    scan=Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 2}),
)
ABSENT = Cell("", State.ABSENT, observed_at=READ_AT)


def matrix(
    *rows: tuple[Row | str, Cell, Cell], columns: tuple[str, str] = ("stg", "prod")
) -> Matrix:
    listed = [(row if isinstance(row, Row) else Row(row), cells) for row, *cells in rows]
    return Matrix(
        dashboard="platform",
        axis=Axis.ENVIRONMENT,
        as_of=NOW,
        columns=tuple(Column(key, key.title(), key) for key in columns),
        rows=tuple(row for row, _ in listed),
        cells={
            (row.service, key): cell
            for row, cells in listed
            for key, cell in zip(columns, cells, strict=True)
        },
    )


TWO = matrix((Row("zeta", "blue"), IN_STEP, BEHIND), ("api", IN_STEP, ABSENT))


def test_the_frame_has_the_rows_and_columns_of_the_matrix_in_order() -> None:
    frame = matrix_frame(TWO, marks=False)

    assert frame.index.name == "service"
    assert list(frame.index) == ["zeta", "api"]
    assert list(frame.columns) == ["stg", "prod"]
    assert frame.to_numpy().tolist() == [["1.5.0", "1.4.0 prod-us (1.3.9 prod-eu)"], ["1.5.0", ""]]


def test_marks_show_the_state_by_shape_and_words_with_the_flags() -> None:
    canary = Cell("1.5.0", State.LEADING, (("1.5.0", 1),), candidate="canary 10 % 1.6.0")

    frame = matrix_frame(matrix(("zeta", IN_STEP, BEHIND), ("api", canary, ABSENT)))

    assert frame.to_numpy().tolist() == [
        ["1.5.0 ✓ in step", "1.4.0 prod-us (1.3.9 prod-eu) ▼ behind · stuck · mixed"],
        ["1.5.0 → canary 10 % 1.6.0 ● leading", "∅ absent"],
    ]


def test_a_fix_in_an_earlier_environment_has_a_mark_beside_the_state() -> None:
    fixed = replace(BEHIND, fixed_earlier="prod runs 1.4.0 with 2 critical findings; ...")

    assert cell_text(fixed) == "1.4.0 prod-us (1.3.9 prod-eu) ▼ behind · stuck · mixed ✚ fix ready"


def test_what_is_not_fully_known_shows_its_last_state_and_the_clusters_that_it_lacks() -> None:
    gaps = (
        Gap("prod-us", "last read 12 min ago", NOW),
        Gap("prod-eu", "", is_whole=True),
    )
    stale = replace(
        IN_STEP, state=State.UNKNOWN, last_known=State.IN_STEP, flags=(Flag.STALE,), gaps=gaps
    )

    assert cell_text(stale) == (
        "1.5.0 ✓ was in step (prod-us not current and prod-eu never read) · stale"
    )
    row = export_frame(matrix(("api", IN_STEP, stale))).iloc[0]
    assert (row["prod state"], row["prod last state"]) == ("unknown", "in_step")


def test_every_state_has_a_mark_of_its_own() -> None:
    assert set(STATE_MARKS) == set(State)
    assert len(set(STATE_MARKS.values())) == len(State)


@pytest.mark.parametrize("rows", [TWO, matrix()])
def test_frames_hold_text_and_times_of_one_type_however_many_rows_there_are(rows: Matrix) -> None:
    assert {str(dtype) for dtype in matrix_frame(rows).dtypes} == {"str"}
    assert {str(dtype) for dtype in export_frame(rows).dtypes} == {"str"}
    drift = drift_frame(rows)
    times = drift.select_dtypes("datetimetz").columns
    assert list(times) == ["since", "observed at", "first pushed"]
    numbers = ["critical", "high"]
    assert {str(dtype) for dtype in drift[numbers].dtypes} == {"Int64"}
    assert {str(dtype) for dtype in drift.drop(columns=[*times, *numbers]).dtypes} == {"str"}
    assert {str(dtype) for dtype in drift[times].dtypes} == {"datetime64[us, UTC]"}


def test_csv_has_a_row_per_service_with_versions_first_then_state_flags_and_age() -> None:
    assert matrix_csv(TWO) == (
        "service,owner,stg,prod,"
        "stg state,stg last state,stg flags,stg observed at,"
        "prod state,prod last state,prod flags,prod observed at,as of\n"
        "zeta,blue,1.5.0,1.4.0 prod-us (1.3.9 prod-eu),in_step,in_step,,2026-11-20T11:59:30Z,"
        'behind,behind,"stuck, mixed",2026-11-20T11:59:30Z,2026-11-20T12:00:00Z\n'
        "api,,1.5.0,,in_step,in_step,,2026-11-20T11:59:30Z,absent,absent,,2026-11-20T11:59:30Z,"
        "2026-11-20T12:00:00Z\n"
    )


def test_a_column_may_have_the_name_of_another_header() -> None:
    frame = export_frame(matrix(("api", IN_STEP, ABSENT), columns=("owner", "service")))

    assert list(frame.columns)[:4] == ["service", "owner", "owner", "service"]
    assert frame.iloc[0, :4].tolist() == ["api", "", "1.5.0", ""]


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_texts_that_spreadsheets_read_as_formulas_are_made_harmless(start: str) -> None:
    evil = f"{start}HYPERLINK(1)"
    cell = Cell(evil, State.LEADING, ((evil, 1),))

    heads, row = parsed(matrix_csv(matrix((Row(evil, evil), cell, cell), columns=(evil, "b"))))

    assert row[:4] == [f"'{evil}"] * 4
    assert heads[2] == f"'{evil}"
    assert not any(text.startswith(start) for text in heads + row)


@pytest.mark.parametrize(
    ("evil", "harmless"),
    [
        ("1;=HYPERLINK(1)", "1;'=HYPERLINK(1)"),
        ("1\t+1", "1\t'+1"),
        ('1;"=1+1"', '1;"\'=1+1"'),
        ("1\r\n@SUM(1)", "1\r'\n'@SUM(1)"),
        ("a;b-c;1.4.2", "a;b-c;1.4.2"),
    ],
)
def test_a_text_holds_no_formula_where_semicolons_or_tabs_separate_cells(
    evil: str, harmless: str
) -> None:
    assert frame_csv(pd.DataFrame({"name": [evil]})) in {
        f"name\n{harmless}\n",
        'name\n"' + harmless.replace('"', '""') + '"\n',
    }


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_text_comes_back_from_csv_as_it_was_but_for_apostrophes(
    service: str, version: str
) -> None:
    cell = Cell(version, State.LEADING)

    _, row = parsed(matrix_csv(matrix((service, cell, cell))))

    for text, found in ((service, row[0]), (version, row[2])):
        assert found.replace("'", "") == text.replace("'", "")
        for part in re.split("[;\t\r\n]", found):
            assert "'" in part or not part.lstrip('"').startswith(("=", "+", "-", "@"))


def test_any_frame_becomes_csv_with_iso_times_and_empty_missing_values() -> None:
    frame = pd.DataFrame(
        {
            "name": pd.Series(["=1", None], dtype="str"),
            "at": pd.Series([NOW, None], dtype="datetime64[us, UTC]"),
            "count": [1, -2],
        }
    )

    assert frame_csv(frame) == "name,at,count\n'=1,2026-11-20T12:00:00Z,1\n,,-2\n"


def test_drift_is_listed_with_a_row_per_cell() -> None:
    [row] = drift_frame(TWO).to_dict("records")

    assert row == {
        "service": "zeta",
        "environment": "prod",
        "column": "prod",
        "version": "1.4.0 prod-us (1.3.9 prod-eu)",
        "baseline": "stg",
        "baseline version": "1.5.0",
        "state": "behind",
        "last state": "behind",
        "flags": "stuck, mixed",
        "lag": "1 minor behind, waiting 12 d",
        "since": pd.Timestamp(days_ago(30)),
        "observed at": pd.Timestamp(READ_AT),
        "first pushed": pd.Timestamp(days_ago(40)),
        "critical": 2,
        "high": 0,
        "scan": "counted",
        "reason": "1.4.0 is older than 1.5.0 in stg",
    }


def test_unknown_registry_facts_are_empty_and_no_scan_is_not_zero() -> None:
    untold, unscanned = (replace(BEHIND, scan=s) for s in (None, Scan(ScanStatus.NOT_SCANNED)))

    frame = drift_frame(matrix(("api", untold, unscanned)))

    lines = frame_csv(frame[["critical", "high", "scan"]]).splitlines()
    assert lines == ["critical,high,scan", ",,", ",,not scanned"]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter(), ["a/prod", "b/stg"]),
        (Filter(text="a"), ["a/prod", "b/stg"]),
        (Filter(states=(State.BEHIND,)), ["a/prod"]),
        (Filter(states=(State.WAITING,)), ["b/prod"]),
        (Filter(flags=(Flag.MIXED,)), ["a/prod"]),
        (Filter(states=(State.WAITING, State.AHEAD)), ["b/stg", "b/prod"]),
        (Filter(states=(State.AHEAD,), flags=(Flag.MIXED,)), []),
    ],
)
def test_states_and_flags_of_the_filter_decide_which_cells_are_listed(
    chosen: Filter, expected: list[str]
) -> None:
    ahead = Cell("2", State.AHEAD, drift=True)
    found = drift_frame(
        matrix(("a", IN_STEP, BEHIND), ("b", ahead, Cell("1", State.WAITING))), chosen
    )

    assert list(found["service"] + "/" + found["column"]) == expected


@pytest.mark.parametrize(
    ("lag", "expected"),
    [
        (None, ""),
        (Lag(), ""),
        (Lag(minor=2, dwell=timedelta(days=12)), "2 minor behind, waiting 12 d"),
        (Lag(major=1, releases=4), "1 major behind"),
        (Lag(patch=3, ahead=True), "3 patch ahead"),
        (Lag(releases=1), "1 release behind"),
        (Lag(releases=3, dwell=timedelta(hours=5)), "3 releases behind, waiting 5 h"),
        (Lag(dwell=timedelta(minutes=40)), "waiting 40 min"),
        (Lag(releases=0), ""),
    ],
)
def test_a_lag_in_words(lag: Lag | None, expected: str) -> None:
    assert lag_words(lag) == expected


def test_json_has_the_documented_form() -> None:
    found = matrix_json(matrix(("api", ABSENT, BEHIND)))

    assert json.loads(json.dumps(found)) == found
    assert found == {
        "dashboard": "platform",
        "as_of": "2026-11-20T12:00:00Z",
        "columns": ["stg", "prod"],
        "rows": [
            {
                "service": "api",
                "cells": {
                    "stg": {
                        "version": "",
                        "versions": [],
                        "where": {},
                        "state": "absent",
                        "last_state": "absent",
                        "not_known": [],
                        "flags": [],
                        "lag": None,
                        "observed_at": "2026-11-20T11:59:30Z",
                        "places": [],
                    },
                    "prod": {
                        "version": "1.4.0",
                        "versions": ["1.4.0", "1.3.9"],
                        "where": {"1.4.0": "prod-us", "1.3.9": "prod-eu"},
                        "state": "behind",
                        "last_state": "behind",
                        "not_known": [],
                        "flags": ["stuck", "mixed"],
                        "lag": {
                            "major": 0,
                            "minor": 1,
                            "patch": 0,
                            "releases": 2,
                            "dwell_days": 12.12,
                            "ahead": False,
                        },
                        "observed_at": "2026-11-20T11:59:30Z",
                        "places": [
                            {
                                "cluster": "prod-eu",
                                "namespace": "shop",
                                "workload": "api",
                                "container": "api",
                                "image": "r.io/api:1.4.0",
                                "digests": [f"r.io/api@{digest('a')}"],
                                "ready": 1,
                                "wanted": 2,
                            }
                        ],
                    },
                },
            }
        ],
    }


def test_a_time_never_read_is_null_and_every_other_is_in_utc() -> None:
    elsewhere = datetime(2026, 11, 20, 9, 15, tzinfo=timezone(timedelta(hours=1)))
    never, later = Cell("", State.UNKNOWN), Cell("1", State.LEADING, observed_at=elsewhere)

    [row] = matrix_json(matrix(("api", never, later)))["rows"]

    assert row["cells"]["stg"]["observed_at"] is None
    assert row["cells"]["prod"]["observed_at"] == "2026-11-20T08:15:00Z"


def test_five_thousand_services_in_eight_columns_take_a_moment() -> None:
    keys = [f"env{i}" for i in range(8)]
    services = [f"service-{i}" for i in range(5000)]
    large = Matrix(
        dashboard="platform",
        axis=Axis.ENVIRONMENT,
        as_of=NOW,
        columns=tuple(Column(key, key, key) for key in keys),
        rows=tuple(Row(service, "blue") for service in services),
        cells={(service, key): BEHIND for service in services for key in keys},
    )

    began = process_time()
    frames = matrix_frame(large), export_frame(large), drift_frame(large)
    spent = process_time() - began

    assert [len(frame) for frame in frames] == [5000, 5000, 40_000]
    assert spent < 3  # an iterrows over these takes ten times as long
