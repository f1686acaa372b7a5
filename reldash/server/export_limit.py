"""Middleware that bounds how many exports are made at a time, so that pages stay quick."""

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from reldash.server.concurrency_limit import ConcurrencyLimit

EXPORT = re.compile(r"/export/")
RETRY_SECONDS = 2
BUSY = "Too many exports at a time. Try again in a moment.\n"


class ExportLimit:
    """Responds 429 with Retry-After to exports beyond the limit of a user or of the server.

    Inside `SessionGuard`, which sets the user.
    """

    def __init__(self, app: ASGIApp, most_of_one: int = 2, most: int = 4) -> None:
        self.app = app
        self.limit = ConcurrencyLimit(most_of_one, most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; everything but exports passes through."""
        user = scope.get("user")
        if scope["type"] != "http" or user is None or not EXPORT.search(scope["path"]):
            await self.app(scope, receive, send)
        elif self.limit.take(user.user_id):
            try:
                await self.app(scope, receive, send)
            finally:
                self.limit.give_back(user.user_id)
        else:
            headers = {"retry-after": str(RETRY_SECONDS), "cache-control": "no-store"}
            await PlainTextResponse(BUSY, 429, headers)(scope, receive, send)
