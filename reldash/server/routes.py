"""Routes beside the pages: exports, the grid's assets, health.

Handlers are plain functions, so that Starlette runs their database work in its thread pool.
"""

import json
import logging

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from reldash.domain.matrix.apply_filter import filter_matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.tables.csv_text import frame_csv
from reldash.domain.tables.matrix import matrix_csv, matrix_json
from reldash.errors import ReldashError, StoreError
from reldash.server.audit_export import export_audit
from reldash.server.export_responses import CSV, JSON, error_response, file_response
from reldash.server.grid_asset_route import serve_asset
from reldash.server.history_routes import HISTORY_ROUTES
from reldash.server.session_routes import SESSION_ROUTES
from reldash.services.context import get_context
from reldash.services.past.snapshots import load_key
from reldash.services.reports.cached_reports import get_matrix, get_tick
from reldash.services.reports.inventory import load_inventory

log = logging.getLogger(__name__)

_PROBES = CapacityLimiter(2)  # threads of their own: a probe must not wait behind exports


def export_matrix(request: Request) -> Response:
    """Export the matrix that the dashboard page shows for the same query, as CSV or JSON."""
    dashboard, suffix = request.path_params["dashboard"], request.path_params["suffix"]
    if suffix not in {"csv", "json"}:
        return PlainTextResponse("Not found", status_code=404)
    try:
        context = get_context()
        chosen = Filter.from_query(request.query_params.multi_items())
        whole = get_matrix(context, dashboard, chosen, get_tick(context))
        matrix = filter_matrix(whole, chosen)
    except ReldashError as error:
        return error_response(error)
    if suffix == "csv":
        return file_response(matrix_csv(matrix), CSV, dashboard, "csv", matrix.as_of)
    body = json.dumps(matrix_json(matrix), ensure_ascii=False, indent=2)
    return file_response(body, JSON, dashboard, "json", matrix.as_of)


def export_inventory(request: Request) -> Response:
    """Export the inventory that its page shows for the same query, as CSV."""
    try:
        context = get_context()
        chosen = Filter.from_query(request.query_params.multi_items())
        now = context.now()
        frame = load_inventory(context, chosen, now)
    except ReldashError as error:
        return error_response(error)
    return file_response(frame_csv(frame), CSV, "inventory", "csv", chosen.as_of or now)


async def healthz(_request: Request) -> Response:
    """Respond 200 while the database is available, else 503; public for probes, so no details."""
    try:
        await to_thread.run_sync(_load_key, limiter=_PROBES)
    except StoreError as error:
        log.warning("not healthy: %s", error)
        return JSONResponse({"status": "database away"}, status_code=503)
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


def _load_key() -> None:
    load_key(get_context())


def overview(request: Request) -> Response:
    """Redirect /overview to "/", where the overview is served."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"./{query}", status_code=307)


ROUTES = [
    *SESSION_ROUTES,
    Route("/export/matrix/{dashboard}.{suffix}", export_matrix),
    Route("/export/inventory.csv", export_inventory),
    *HISTORY_ROUTES,
    Route("/assets/{digest}/{name}", serve_asset),
    Route("/export/audit.csv", export_audit),
    Route("/healthz", healthz),
    Route("/overview", overview),
]
