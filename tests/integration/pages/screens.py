"""Pages run without a browser."""

import json
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

PROJECT = Path(__file__).resolve().parents[3]
MAIN = PROJECT / "reldash" / "ui" / "main.py"

# AppTest looks through all installed packages for components at each run, which takes longer than
# the page; what is installed does not change meanwhile.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


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
    assert not [error for error in session.error if "failed to load" in error.value]
    return session


def html_of(session: AppTest) -> str:
    """All HTML of our own that a page shows, one piece a line."""
    return "\n".join(piece.proto.body for piece in session.get("html"))


def query_of(session: AppTest) -> dict[str, list[str]]:
    """The query of a page's URL."""
    found = {k: [v] if isinstance(v, str) else v for k, v in session.query_params.items()}
    return {key: values for key, values in found.items() if values}


def rows_of_table(html: str, label: str) -> list[list[str]]:
    """The text of each cell of a table of our own, by what the table is called; [] if it is not."""
    reader = _Table(label)
    reader.feed(html)
    return [[" ".join("".join(cell).split()) for cell in row] for row in reader.rows if row]


class _Table(HTMLParser):
    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label
        self.rows: list[list[list[str]]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.inside = dict(attrs).get("aria-label") == self.label
        elif self.inside and tag == "tr":
            self.rows.append([])
        elif self.inside and tag == "td":
            self.rows[-1].append([])

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "table"

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and self.rows[-1]:
            self.rows[-1][-1].append(data)


def grid_data(session: AppTest) -> tuple[dict[str, Any], dict[str, Any]]:
    """The matrix that a page sends to the grid, and the options sent beside it.

    The tests in tests/browser are about what the grid does with both.
    """
    cells, options = (piece.proto for piece in session.get("bidi_component"))
    name, content = cells.bytes[:32].decode(), cells.bytes[32:]
    chosen: dict[str, Any] = json.loads(options.json)
    assert chosen["id"] == name
    return json.loads(content), chosen
