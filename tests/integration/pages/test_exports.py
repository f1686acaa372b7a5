"""Routes beside the pages, over real HTTP: exports, health, headers and closed paths."""

import csv
import io
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
import streamlit
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from reldash.config import Settings
from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.filters import Filter
from reldash.domain.tables.csv_text import frame_csv
from reldash.domain.tables.matrix import matrix_json
from reldash.errors import StoreError
from reldash.server import routes
from reldash.server.middleware import build_middleware
from reldash.server.preload import preload_header, runner_scripts
from reldash.server.routes import ROUTES
from reldash.services.context import Context
from reldash.services.grid_assets import load_assets
from reldash.services.reports.inventory import load_inventory
from reldash.services.reports.matrix import load_matrix
from tests.integration.sessions import COOKIE, KEY
from tests.integration.waiting import wait_for

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
EVERYTHING = Filter(text="a", states=(State.WAITING, State.IN_STEP), flags=(Flag.MIXED,))


class Answer(NamedTuple):
    """What a route answered, errors included."""

    status: int
    headers: Message
    body: str


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = Starlette(
        routes=ROUTES, middleware=build_middleware(Settings(secret_key=SecretStr(KEY)), INDEX)
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def get(url: str, token: str = "") -> Answer:
    request = urllib.request.Request(url)  # noqa: S310 - our own http server
    if token:
        request.add_header("cookie", f"{COOKIE}={token}")
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - likewise
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read().decode())


@pytest.fixture
def export(address: str, token: str) -> Callable[[str], Answer]:
    """Call it with what comes after `/export/`, to ask as a viewer."""
    return lambda path: get(f"{address}/export/{path}", token)


@pytest.mark.parametrize("chosen", [Filter(), Filter(differs=True), EVERYTHING])
def test_the_csv_holds_the_rows_of_the_filter_in_their_order(
    chosen: Filter, export: Callable[[str], Answer], context: Context
) -> None:
    answer = export(f"matrix/platform.csv?{urlencode(chosen.to_query())}")
    rows = list(csv.DictReader(io.StringIO(answer.body)))
    expected = load_matrix(context, "platform", chosen, context.now())
    assert [row["service"] for row in rows] == [row.service for row in expected.rows]
    for row in rows:
        for column in expected.columns:
            cell = expected.cell(row["service"], column.key)
            assert row[f"{column.key} state"] == cell.state
            assert row[f"{column.key} flags"] == ", ".join(cell.flags)


def test_the_json_is_that_of_the_command_line(
    export: Callable[[str], Answer], context: Context
) -> None:
    answer = export("matrix/customer-solutions.json?by=customer")
    chosen = Filter.from_query([("by", "customer")])
    expected = matrix_json(load_matrix(context, "customer-solutions", chosen, context.now()))
    assert json.loads(answer.body) | {"as_of": ""} == expected | {"as_of": ""}


def test_the_inventory_is_that_of_its_page(
    export: Callable[[str], Answer], context: Context
) -> None:
    answer = export("inventory.csv?cluster=platform-stg&sidecars=true")
    chosen = Filter(clusters=("platform-stg",), sidecars=True)
    frame = load_inventory(context, chosen, context.now())
    expected = frame_csv(frame.drop(columns="as of")).splitlines()
    without_as_of = [line.rpartition(",")[0] for line in answer.body.splitlines()]
    assert without_as_of == expected


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("matrix/platform.csv", "text/csv; charset=utf-8"),
        ("matrix/platform.json", "application/json; charset=utf-8"),
        ("inventory.csv", "text/csv; charset=utf-8"),
    ],
)
def test_an_export_is_a_file_that_nobody_keeps(
    path: str, media_type: str, export: Callable[[str], Answer]
) -> None:
    headers = export(path).headers
    assert headers["content-type"] == media_type
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith('attachment; filename="')
    assert headers["content-disposition"].endswith(f'Z.{path.rpartition(".")[2]}"')


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("matrix/platform.csv?state=odd", 400, "state=odd"),
        ("matrix/platform.csv?differs=perhaps", 400, "differs=perhaps"),
        ("matrix/platform.csv?baseline=nowhere", 400, "nowhere"),
        ("matrix/no-such.csv", 400, "'no-such': expected one of platform, customer-solutions"),
        ("matrix/platform.xlsx", 404, "Not found"),
    ],
)
def test_what_does_not_exist_is_refused_in_words(
    path: str, status: int, words: str, export: Callable[[str], Answer]
) -> None:
    answer = export(path)
    assert answer.status == status
    assert words in answer.body
    assert "Traceback" not in answer.body


@pytest.mark.usefixtures("context")
def test_health_is_that_of_the_database(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get(f"{address}/healthz").status == 200

    def fail(_: Context) -> tuple[int, int]:
        raise StoreError("Database away", "postgres@db:5432/reldash: connection refused")

    monkeypatch.setattr(routes, "load_key", fail)
    answer = get(f"{address}/healthz")
    assert answer.status == 503
    assert "5432" not in answer.body


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent", "/_stcore/agent/mcp", "/base/_stcore/metrics"]
)
def test_streamlits_own_metrics_and_agents_are_closed(path: str, address: str) -> None:
    assert get(address + path).body == "Not found"


def test_no_page_may_load_anything_from_elsewhere(address: str) -> None:
    policy = get(f"{address}/no-such").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' blob: 'sha256-" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy


def test_the_grids_modules_are_kept_for_good_under_the_name_of_their_content(address: str) -> None:
    assets = load_assets()
    for name, content in assets.files.items():
        answer = get(f"{address}/{assets.path}/{name}")
        assert answer.body == content.decode()
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        expected = "text/javascript" if name.endswith(".js") else "text/css"
        assert answer.headers["content-type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize("path", ["{}/none.js", "{}/..%2Fpayload.py", "assets/0000/grid.js"])
def test_nothing_else_is_served_beside_them(path: str, address: str) -> None:
    answer = get(f"{address}/{path.format(load_assets().path)}")
    assert answer.status == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_a_page_names_all_of_them_to_be_loaded_at_once() -> None:
    assets = load_assets()
    header = preload_header(assets, INDEX)
    for name in assets.files:
        assert f"<{assets.path}/{name}>; rel=" in header
    assert f"<{assets.path}/grid.js>; rel=modulepreload" in header
    assert f"<{assets.path}/grid.css>; rel=preload; as=style" in header


def test_a_page_names_the_scripts_of_streamlit_that_run_the_grid() -> None:
    scripts = runner_scripts(INDEX)
    assert scripts[0].startswith("BidiComponent.")
    for name in scripts:
        assert (INDEX.parent / "static" / "js" / name).is_file()
        assert f"<static/js/{name}>; rel=modulepreload" in preload_header(load_assets(), INDEX)
