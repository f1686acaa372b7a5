"""Pages run without a browser."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

PROJECT = Path(__file__).resolve().parents[3]
MAIN = PROJECT / "reldash" / "ui" / "main.py"


def open_page(name: str, query: Iterable[tuple[str, str]] = ()) -> AppTest:
    """A new session that opened a page of `pages/` at a URL with this query."""
    session = AppTest.from_file(str(MAIN), default_timeout=30)
    if name != "overview":
        session.switch_page(str(PROJECT / "pages" / f"{name}.py"))
    values: dict[str, list[str]] = {}
    for key, value in query:
        values.setdefault(key, []).append(value)
    for key, found in values.items():
        session.query_params[key] = found
    session.run()
    assert not [error for error in session.error if "could not be drawn" in error.value]
    return session


def html_of(session: AppTest) -> str:
    """All HTML of our own that a page shows, one piece a line."""
    return "\n".join(piece.proto.body for piece in session.get("html"))


def told_to_grid(session: AppTest) -> tuple[dict[str, Any], dict[str, Any]]:
    """The matrix that a page sends to the grid, and what it tells beside it.

    What the grid makes of both is what the browser's tests are about.
    """
    cells, told = (piece.proto for piece in session.get("bidi_component"))
    name, content = cells.bytes[:32].decode(), cells.bytes[32:]
    chosen: dict[str, Any] = json.loads(told.json)
    assert chosen["id"] == name
    return json.loads(content), chosen
