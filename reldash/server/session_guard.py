"""Session guard: middleware that requires a session on routes and websockets.

Pages check the session themselves in every run. The guard adds two checks that a script cannot do:
it inspects websocket messages before Streamlit handles them, so that no widget callback runs for
an ended session, and it prevents resuming a Streamlit session by its id, which would give access to
all of that session's state.
"""

import logging
import re
from collections.abc import Callable

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reldash.domain.accounts import SessionUser
from reldash.errors import StoreError
from reldash.server.streamlit_messages import is_allowed_signed_out

log = logging.getLogger(__name__)

# Exports, and Streamlit's own routes that serve or accept page content. Streamlit itself does not
# check who requests `/media` or `/component`. (Streamlit's fonts are in `/static/media`.)
# The grid's modules at `/assets` are public: they hold no data, which comes by the websocket only,
# so browsers can load them during sign-in.
GUARDED = re.compile(
    r"(?<!/static)/(?:export|media|component|_stcore/(?:upload_file|bidi-components|script-health-check))(?:/|$)"
)
SIGN_IN_FIRST = "Not signed in. Sign in on the dashboard, then try again.\n"
SERVICE_RESTART = 1012  # the browser reconnects at once and reruns the page
NO_RESUME = b"-"  # replaces a Streamlit session id: no valid id, but keeps the field

Check = Callable[[str, bool], SessionUser | None]


class SessionGuard:
    """Middleware: 401 for `GUARDED` paths without a session; checks websocket messages.

    Args:
        cookie: name of the cookie that holds the session token.
        check: returns the session's user, available to guarded routes as `request.user`, or None
            if the session has ended. Second argument: whether the request is a person's activity.
            May raise StoreError. It blocks, so it is called in a thread.
    """

    def __init__(self, app: ASGIApp, cookie: str, check: Check) -> None:
        self.app = app
        self.cookie = cookie
        self.check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or websocket; lifespan events pass through."""
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        elif scope["type"] == "http" and GUARDED.search(scope["path"]):
            await self._serve_guarded(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _serve_guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"cache-control": "no-store"}
        try:
            user = await self._find(self._token(scope), by_person=True)
        except StoreError as error:
            log.warning("%s: %s", scope["path"], error)
            refusal = PlainTextResponse("Database unavailable", status_code=503, headers=headers)
            await refusal(scope, receive, send)
            return
        if user is not None:
            await self.app({**scope, "user": user}, receive, send)
        else:
            await PlainTextResponse(SIGN_IN_FIRST, 401, headers)(scope, receive, send)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = self._token(scope)
        # Without a session the browser gets the sign-in page, and only the messages it needs.
        signed_in = await self._seems_alive(token)

        async def receive_allowed() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if signed_in:
                allowed = await self._seems_alive(token)
            else:
                allowed = is_allowed_signed_out(message.get("bytes") or b"")
            if allowed:
                return message
            await send({"type": "websocket.close", "code": SERVICE_RESTART})
            return {"type": "websocket.disconnect", "code": SERVICE_RESTART}

        await self.app(_without_session_id(scope), receive_allowed, send)

    async def _seems_alive(self, token: str | None) -> bool:
        """Whether the session is alive; True if the database is down, as pages report that."""
        try:
            return await self._find(token, by_person=False) is not None
        except StoreError:
            return True

    async def _find(self, token: str | None, *, by_person: bool) -> SessionUser | None:
        return await to_thread.run_sync(self.check, token, by_person) if token else None

    def _token(self, scope: Scope) -> str | None:
        return HTTPConnection(scope).cookies.get(self.cookie)


def _without_session_id(scope: Scope) -> Scope:
    """Remove the id of a Streamlit session to resume from a websocket's scope.

    Streamlit's protocol header is "streamlit, XSRF token, id of the session to resume".
    """
    if Headers(scope=scope).get("sec-websocket-protocol", "").count(",") < 2:
        return scope
    headers = [
        (name, b",".join([*value.split(b",")[:2], NO_RESUME]))
        if name == b"sec-websocket-protocol"
        else (name, value)
        for name, value in scope["headers"]
    ]
    return {**scope, "headers": headers}
