"""CSV export of the audit log, for administrators."""

import logging
from datetime import UTC, date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from reldash.auth.factory import open_accounts
from reldash.domain.tables.audit import audit_frame
from reldash.domain.tables.csv_text import frame_csv
from reldash.errors import StoreError
from reldash.services.context import get_context

log = logging.getLogger(__name__)

MAX_ROWS = 1_000_000
NO_STORE = {"cache-control": "no-store"}
NOT_ALLOWED = "Only administrators may read the audit log.\n"


def export_audit(request: Request) -> Response:
    """Export the log that the page shows for the same query, without the page's row limit.

    Query, all optional: text, action, since and until (days in UTC, both inclusive).
    """
    if not request.user.is_admin:  # set by SessionGuard
        return PlainTextResponse(NOT_ALLOWED, 403, NO_STORE)
    query = request.query_params
    try:
        since = _day(query.get("since", ""))
        until = _day(query.get("until", ""))
    except ValueError:
        return PlainTextResponse("since, until: expected a day such as 2026-11-23", 400, NO_STORE)
    context = get_context()
    try:
        entries = open_accounts(context.store, context.settings).load_audit(
            text=query.get("text", ""),
            action=query.get("action", ""),
            since=since,
            until=until + timedelta(days=1) if until else None,
            limit=MAX_ROWS,
        )
    except StoreError as error:
        log.warning("export: %s", error)
        return PlainTextResponse("Database unavailable", 503, NO_STORE)
    filename = f"audit-{context.now():%Y%m%dT%H%M%SZ}.csv"
    disposition = {"content-disposition": f'attachment; filename="{filename}"'}
    body = frame_csv(audit_frame(entries)).encode()
    return Response(body, 200, NO_STORE | disposition, "text/csv; charset=utf-8")


def _day(text: str) -> datetime | None:
    """Parse a day as its start in UTC; None for ""; ValueError if it is not a day."""
    return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None
