"""Exports of comparisons, changes and images as files, for signed-in users only."""

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
from reldash.domain.history.metrics import dwells
from reldash.domain.matrix.cell_text import iso
from reldash.domain.matrix.filters import Filter
from reldash.domain.tables.csv_text import frame_csv
from reldash.domain.tables.history import changes_frame, dwells_frame, promotions_frame
from reldash.server.middleware import build_middleware
from reldash.server.routes import ROUTES
from reldash.services.context import Context, close_context, get_context
from reldash.services.reports.cached_reports import get_matrix, get_tick
from reldash.services.reports.history import load_history
from tests.integration.past.conftest import RecordedHistory
from tests.integration.sessions import COOKIE, KEY, new_session
from tests.integration.waiting import wait_for

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


class Answer(NamedTuple):
    """The response of a route, also of a failed one."""

    status: int
    headers: Message
    body: str

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.body)))


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


@pytest.fixture
def opened(recorded: RecordedHistory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """The context that the routes open in this process."""
    monkeypatch.setenv("DATABASE_URL", recorded.url)
    monkeypatch.setenv("RELDASH_FLEET", str(recorded.fleet_file))
    monkeypatch.setenv("RELDASH_SECRET_KEY", KEY)
    close_context()
    yield get_context()
    close_context()


@pytest.fixture
def export(address: str, opened: Context, recorded: RecordedHistory) -> Callable[..., Answer]:  # noqa: ARG001 - the context is there
    """Call it with the path after `/export/` and the query, to request as a viewer."""
    token = new_session(recorded.url)

    def get_export(path: str, *pairs: tuple[str, str]) -> Answer:
        return get(f"{address}/export/{path}?{urlencode(pairs)}", token)

    return get_export


def get(url: str, token: str = "") -> Answer:
    request = urllib.request.Request(url)  # noqa: S310 - our own http server
    if token:
        request.add_header("cookie", f"{COOKIE}={token}")
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - likewise
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read().decode())


def test_a_past_matrix_is_exported_as_of_its_moment(
    export: Callable[..., Answer], recorded: RecordedHistory
) -> None:
    at = iso(recorded.day(5))
    answer = export("matrix/platform.csv", ("at", at))
    assert {row["as of"] for row in answer.rows} == {at}
    assert next(row for row in answer.rows if row["service"] == "api")["prod"] == "1.0.0"
    assert f"{recorded.day(5):%Y%m%dT%H%M%SZ}" in answer.headers["content-disposition"]
    inventory = export("inventory.csv", ("at", at), ("cluster", "prod"))
    assert {row["version"] for row in inventory.rows} == {"1.0.0", "4.0.0", "0.9.0"}


def test_an_exported_comparison_matches_its_page(export: Callable[..., Answer]) -> None:
    sides = [("dashboard", "platform"), ("left", "stg"), ("right", "prod")]
    found = export("compare.csv", *sides).rows
    assert [(r["service"], r["difference"], r["left"], r["right"]) for r in found] == [
        ("api", "newer", "1.2.0", "1.1.0"),
        ("web", "same", "5.0.0", "5.0.0"),
    ]
    same = export("compare.json", *sides, ("kind", "same"), ("kind", "older"), ("text", "WEB"))
    assert [row["service"] for row in json.loads(same.body)["rows"]] == ["web"]


def test_exported_changes_match_the_history_page(
    export: Callable[..., Answer], opened: Context, recorded: RecordedHistory
) -> None:
    since, until = recorded.day(3), recorded.day(12)
    query = [("dashboard", "platform"), ("env", "prod"), ("env", "dev"), ("service", "api")]
    answer = export("history.csv", *query, ("since", iso(since)), ("until", iso(until)))
    found = load_history(
        opened,
        "platform",
        service="api",
        environments=["prod", "dev"],
        since=since,
        until=until,
        tick=get_tick(opened),
    )
    assert len(found.changes) == 2
    assert answer.body == frame_csv(changes_frame(found.changes))


def test_exported_promotions_match_the_history_page(
    export: Callable[..., Answer], opened: Context, recorded: RecordedHistory
) -> None:
    since, until = recorded.day(1), recorded.day(16)
    times = [("since", iso(since)), ("until", iso(until))]
    answer = export("history.csv", ("dashboard", "platform"), ("view", "promotions"), *times)
    tick = get_tick(opened)
    found = load_history(opened, "platform", since=since, until=until, tick=tick)
    assert found.promotions
    assert answer.body == frame_csv(promotions_frame(found.promotions))
    assert 'filename="promotions-' in (answer.headers["content-disposition"] or "")


def test_metrics_of_the_history_page_are_exported(
    export: Callable[..., Answer], recorded: RecordedHistory
) -> None:
    query = [
        ("dashboard", "platform"),
        ("since", iso(recorded.day(1))),
        ("until", iso(recorded.day(16))),
    ]
    steps = export("history.csv", *query, ("view", "lead-times"))
    assert {(row["from"], row["to"]) for row in steps.rows} >= {("dev", "stg"), ("stg", "prod")}
    assert 'filename="lead-times-' in (steps.headers["content-disposition"] or "")
    rollouts = export("history.csv", *query, ("view", "rollouts")).rows
    assert {row["environment"] for row in rollouts} >= {"dev", "prod"}
    assert all(float(row["rollouts a day"]) >= 0 for row in rollouts if row["rollouts a day"])


def test_exported_waiting_promotions_match_the_history_page(
    export: Callable[..., Answer], opened: Context
) -> None:
    matrix = get_matrix(opened, "platform", Filter(), get_tick(opened))
    everything = export("dwell.csv", ("dashboard", "platform"))
    assert everything.body == frame_csv(dwells_frame(dwells(matrix)))
    some = export("dwell.csv", ("dashboard", "platform"), ("service", "api"), ("env", "prod"))
    assert {row["service"] for row in some.rows} <= {"api"}
    assert {row["environment"] for row in some.rows} <= {"prod"}


def test_exported_images_include_those_without_a_match(export: Callable[..., Answer]) -> None:
    found = export("images.csv", ("q", "api:1.3.0"), ("q", "=nothing")).rows
    assert [(row["searched for"], row["found"], row["cluster"]) for row in found] == [
        ("api:1.3.0", "True", "dev"),
        ("'=nothing", "False", ""),
    ]


BOARD = ("dashboard", "platform")


@pytest.mark.parametrize(
    ("path", "pairs", "status", "words"),
    [
        ("matrix/platform.csv", [("at", "friday")], 400, "expected a time of UTC"),
        ("matrix/platform.csv", [("at", "2999-01-01")], 400, "lies in the future"),
        ("inventory.csv", [("at", "1999-01-01")], 400, "730 days are kept"),
        ("compare.csv", [], 400, "expected one of platform"),
        ("compare.csv", [BOARD, ("left", "prod")], 400, "expected ENVIRONMENT, cluster:NAME"),
        ("compare.csv", [BOARD, ("left", "moon"), ("right", "prod")], 400, "'moon'"),
        (
            "compare.csv",
            [BOARD, ("left", "dev"), ("right", "prod"), ("kind", "red")],
            400,
            "kind=red: expected different, newer",
        ),
        ("compare.xlsx", [BOARD], 404, "Not found"),
        ("history.csv", [("dashboard", "moon")], 400, "'moon': expected one of platform"),
        ("history.csv", [BOARD, ("since", "soon")], 400, "since='soon': expected a time of UTC"),
        ("history.csv", [BOARD, *[("env", "x")] * 501], 400, "env: 501 values, expected at most"),
        ("images.csv", [("q", "x")], 400, "expected 2 to 500 characters"),
        ("images.csv", [("q", f"image-{n}") for n in range(301)], 400, "at most 300"),
    ],
)
def test_bad_queries_are_rejected_with_a_message(
    path: str,
    pairs: list[tuple[str, str]],
    status: int,
    words: str,
    export: Callable[..., Answer],
) -> None:
    answer = export(path, *pairs)
    assert answer.status == status
    assert words in answer.body
    assert "Traceback" not in answer.body


@pytest.mark.parametrize(
    "path", ["compare.csv", "compare.json", "history.csv", "dwell.csv", "images.csv"]
)
def test_exports_need_a_session(address: str, opened: Context, path: str) -> None:  # noqa: ARG001 - the context is there
    answer = get(f"{address}/export/{path}?dashboard=platform&left=dev&right=prod&q=api")
    assert answer.status == 401
    assert "api" not in answer.body.replace("/api", "")


@pytest.mark.parametrize(
    ("path", "pairs"),
    [
        ("compare.csv", [BOARD, ("left", "stg"), ("right", "prod")]),
        ("compare.json", [BOARD, ("left", "stg"), ("right", "prod")]),
        ("history.csv", [BOARD]),
        ("images.csv", [("q", "api")]),
    ],
)
def test_an_export_is_an_attachment_that_is_not_cached(
    path: str, pairs: list[tuple[str, str]], export: Callable[..., Answer]
) -> None:
    headers = export(path, *pairs).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith('attachment; filename="')
    assert headers["content-disposition"].endswith(f'Z.{path.rpartition(".")[2]}"')
