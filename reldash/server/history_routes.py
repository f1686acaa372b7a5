"""Export routes of the pages compare, history and images."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import pandas as pd
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from reldash.domain.comparison.compare import Difference
from reldash.domain.comparison.side_text import parse_side
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.history.metrics import dwells
from reldash.domain.matrix.filters import LONGEST_TEXT, MOST_VALUES, Filter
from reldash.domain.moments import MomentError, parse_moment
from reldash.domain.tables.comparison import comparison_frame, comparison_json
from reldash.domain.tables.csv_text import frame_csv
from reldash.domain.tables.history import (
    changes_frame,
    dwells_frame,
    frequencies_frame,
    lead_times_frame,
    promotions_frame,
)
from reldash.domain.tables.images import images_frame
from reldash.errors import ReldashError
from reldash.server.export_responses import CSV, JSON, error_response, file_response
from reldash.services.context import get_context
from reldash.services.reports.cached_reports import get_matrix, get_tick
from reldash.services.reports.comparison import filter_comparison, load_comparison
from reldash.services.reports.history import History, load_history
from reldash.services.reports.images import find_images

MAX_EXPORTED = 100_000  # changes, or deployments of images

# File name and content by value of the query parameter `view`.
_TABLES: Mapping[str, tuple[str, Callable[[History], pd.DataFrame]]] = {
    "changes": ("history", lambda found: changes_frame(found.changes)),
    "promotions": ("promotions", lambda found: promotions_frame(found.promotions)),
    "lead-times": ("lead-times", lambda found: lead_times_frame(found.lead_times)),
    "rollouts": ("rollouts", lambda found: frequencies_frame(found.frequencies)),
}


def export_comparison(request: Request) -> Response:
    """Export the comparison that the compare page shows for the same query.

    Keys: dashboard, left, right; kind, repeated; text.
    """
    suffix, query = request.path_params["suffix"], request.query_params
    if suffix not in {"csv", "json"}:
        return PlainTextResponse("Not found", status_code=404)
    try:
        context = get_context()
        now = context.now()
        board = context.rules.dashboard(query.get("dashboard", ""))
        left, right = (parse_side(query.get(key, ""), board, now=now) for key in ("left", "right"))
        kinds = [_parse_difference(kind) for kind in _get_values(query, "kind")]
        whole = load_comparison(context, board.key, left, right, get_tick(context))
        found = filter_comparison(whole, kinds, query.get("text", "")[:LONGEST_TEXT])
    except ReldashError as error:
        return error_response(error)
    name = f"{board.key}-compare"
    if suffix == "csv":
        return file_response(frame_csv(comparison_frame(found)), CSV, name, "csv", now)
    body = json.dumps(comparison_json(found), ensure_ascii=False, indent=2)
    return file_response(body, JSON, name, "json", now)


def export_history(request: Request) -> Response:
    """Export the changes that the history page shows for the same query, without its row limit.

    Keys: dashboard, service, since, until; env, cluster, customer, repeated; view: "promotions",
    "lead-times" or "rollouts" for another table of that page.
    """
    query = request.query_params
    try:
        context = get_context()
        now = context.now()
        found = load_history(
            context,
            query.get("dashboard", ""),
            service=query.get("service", ""),
            environments=_get_values(query, "env"),
            clusters=_get_values(query, "cluster"),
            customers=_get_values(query, "customer"),
            since=_get_moment(query, "since", now),
            until=_get_moment(query, "until", now),
            limit=MAX_EXPORTED,
            tick=get_tick(context),
        )
    except ReldashError as error:
        return error_response(error)
    view = query.get("view", "")
    name, table = _TABLES.get(view, _TABLES["changes"])
    return file_response(frame_csv(table(found)), CSV, name, "csv", now)


def export_dwell(request: Request) -> Response:
    """Export the waiting versions that the history page shows for the same query, all of them.

    Keys: dashboard, service; env, repeated.
    """
    query = request.query_params
    try:
        context = get_context()
        board = context.rules.dashboard(query.get("dashboard", ""))
        environments = _get_values(query, "env")
        matrix = get_matrix(context, board.key, Filter(), get_tick(context))
    except ReldashError as error:
        return error_response(error)
    found = dwells(matrix, service=query.get("service", ""), environments=environments)
    return file_response(frame_csv(dwells_frame(found)), CSV, "dwell", "csv", context.now())


def export_images(request: Request) -> Response:
    """Export where images run and ran. Keys: q, repeated."""
    try:
        context = get_context()
        now = context.now()
        found = find_images(context, request.query_params.getlist("q"), now, MAX_EXPORTED)
        if found.more:  # a file cannot say that it is incomplete
            message = f"more than {MAX_EXPORTED:,} deployments match: narrow the search"
            raise ChoiceError("Too many results", message)
    except ReldashError as error:
        return error_response(error)
    return file_response(frame_csv(images_frame(found)), CSV, "images", "csv", now)


def _get_values(query: QueryParams, key: str) -> Sequence[str]:
    values = [value for value in query.getlist(key) if value]
    if len(values) > MOST_VALUES:
        message = f"{key}: {len(values)} values, expected at most {MOST_VALUES}"
        raise ChoiceError("Too many values", message)
    return values


def _get_moment(query: QueryParams, key: str, now: datetime) -> datetime | None:
    if not query.get(key):
        return None
    try:
        return parse_moment(query[key], now=now)
    except MomentError as error:
        raise ChoiceError(error.title, f"{key}={error.message}") from error


def _parse_difference(kind: str) -> Difference:
    try:
        return Difference(kind)
    except ValueError as error:
        expected = ", ".join(Difference)
        raise ChoiceError("Unknown difference", f"kind={kind}: expected {expected}") from error


HISTORY_ROUTES = [
    Route("/export/compare.{suffix}", export_comparison),
    Route("/export/history.csv", export_history),
    Route("/export/dwell.csv", export_dwell),
    Route("/export/images.csv", export_images),
]
