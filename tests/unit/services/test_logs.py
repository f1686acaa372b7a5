"""Lines of the log hold what values hold, but are one line each."""

import logging
import sys

import pytest

from reldash.services.logs import FORMAT, OneLineFormatter


def line(*values: object, exc_info: object = None) -> str:
    record = logging.LogRecord(
        "reldash.x",
        logging.WARNING,
        "x.py",
        1,
        "cluster %s failed",
        values,
        exc_info,  # type: ignore[arg-type]  # logging's own
    )
    return OneLineFormatter(FORMAT).format(record)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "a\n2026-12-01 ERROR reldash: no",
            "a\\n2026-12-01 ERROR reldash: no",
        ),
        ("a\r\nb", "a\\r\\nb"),
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\u2028b\u202ec", "a\\u2028b\\u202ec"),
        ("Zürich 東京", "Zürich 東京"),
    ],
)
def test_a_value_neither_ends_a_line_nor_moves_the_cursor(value: str, expected: str) -> None:
    assert line(value).endswith(f"WARNING reldash.x: cluster {expected} failed")


def test_no_line_of_a_traceback_looks_like_a_message() -> None:
    try:
        raise ValueError("first\n2026-12-01 ERROR reldash: no")
    except ValueError:
        _, *traceback = line("dev", exc_info=sys.exc_info()).splitlines()
    assert "ValueError: first" in "".join(traceback)
    assert all(each.startswith("  ") for each in traceback)
