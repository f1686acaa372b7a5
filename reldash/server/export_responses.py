"""Responses of exports: a file to download, or one line with the error."""

import logging
from datetime import datetime

from starlette.responses import PlainTextResponse, Response

from reldash.domain.fleet.choices import ChoiceError
from reldash.errors import ReldashError, StoreError

log = logging.getLogger(__name__)

CSV = "text/csv; charset=utf-8"
JSON = "application/json; charset=utf-8"


def file_response(body: str, media_type: str, name: str, suffix: str, at: datetime) -> Response:
    """Build a download named after its content and time; never cached."""
    # Names come from the fleet file; only safe characters may enter the header.
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in name)
    filename = f"{safe}-{at:%Y%m%dT%H%M%SZ}.{suffix}"
    return Response(
        body.encode(),
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="{filename}"',
            "cache-control": "no-store",
        },
    )


def error_response(error: ReldashError) -> Response:
    """Build an error response: 400 for an invalid query, 503 while the database is unavailable."""
    if isinstance(error, StoreError):
        log.warning("export: %s", error)
        return PlainTextResponse("Database unavailable", status_code=503)
    status = 400 if isinstance(error, ChoiceError) else 500
    return PlainTextResponse(str(error), status_code=status, headers={"cache-control": "no-store"})
