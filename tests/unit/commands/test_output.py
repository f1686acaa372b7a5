"""How commands print what they found: for people, for spreadsheets, for scripts."""

import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from reldash.commands.output import print_frame
from reldash.domain.tables.csv_text import times

FRAME = pd.DataFrame(
    {
        "service": ["api", "web"],
        "version": ["1.10", "1.9"],
        "first pushed": times([None, None]),
        "critical": pd.Series([None, None], dtype="Int64"),
        "high": pd.Series([0, None], dtype="Int64"),
    }
)


def test_a_table_for_people_leaves_out_what_nothing_is_known_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_frame(FRAME, "table")

    head, _, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["service", "version", "high"]
    assert [line.split() for line in lines] == [["api", "1.10", "0"], ["web", "1.9"]]


def test_a_table_for_people_tells_times_to_the_second_in_utc(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = datetime(2026, 11, 20, 17, 0, 5, 999_999, tzinfo=UTC)
    print_frame(pd.DataFrame({"since": times([seen, None])}), "table")

    _, _, *lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines] == ["2026-11-20T17:00:05Z", ""]


def test_spreadsheets_and_scripts_have_every_column(capsys: pytest.CaptureFixture[str]) -> None:
    print_frame(FRAME, "csv")
    assert capsys.readouterr().out.splitlines()[0] == "service,version,first pushed,critical,high"

    print_frame(FRAME, "json")
    [row, _] = json.loads(capsys.readouterr().out)
    assert row == {
        "service": "api",
        "version": "1.10",
        "first pushed": None,
        "critical": None,
        "high": 0,
    }
