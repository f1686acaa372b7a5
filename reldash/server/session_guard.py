"""Session guard: middleware that requires a session on routes and websockets.

Pages check the session themselves in every run. The guard adds what a script cannot do. It checks
websocket messages before Streamlit handles them: their length first, then the session, so that no
widget callback runs for an ended session. It bounds how many websockets are open. And it prevents
resuming a Streamlit session by its id, which would give access to all of that session's state.
"""

import logging
import re
from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reldash.domain.accounts import SessionUser
from reldash.errors import StoreError
from reldash.server.concurrency_limit import ConcurrencyLimit
from reldash.server.streamlit_messages import MOST_BYTES_SIGNED_IN, is_allowed_signed_out

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
TRY_LATER = 1013
# Open websockets. A person has some ten tabs; many people may share the address of a proxy.
MOST_OF_ONE_USER, MOST_SIGNED_IN = 50, 2000
MOST_OF_ONE_ADDRESS, MOST_SIGNED_OUT = 100, 500
SESSION_CHECKS = 16  # threads of their own: checks must not wait behind exports
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
        self.signed_in = ConcurrencyLimit(MOST_OF_ONE_USER, MOST_SIGNED_IN)
        self.signed_out = ConcurrencyLimit(MOST_OF_ONE_ADDRESS, MOST_SIGNED_OUT)
        self.checks = CapacityLimiter(SESSION_CHECKS)

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
        signed_in, owner = await self._seems_alive(token)
        limit = self.signed_in if signed_in else self.signed_out
        owner = owner or scope["client"][0]
        if not limit.take(owner):
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        is_closed = False

        async def receive_allowed() -> Message:
            nonlocal is_closed
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            data = message.get("bytes")  # Streamlit's messages are never text
            if data is None or len(data) > MOST_BYTES_SIGNED_IN:
                allowed = False
            elif signed_in:
                allowed, _ = await self._seems_alive(token)
            else:
                allowed = is_allowed_signed_out(data)
            if allowed:
                return message
            is_closed = True
            await send({"type": "websocket.close", "code": SERVICE_RESTART})
            return {"type": "websocket.disconnect", "code": SERVICE_RESTART}

        async def send_while_open(message: Message) -> None:
            if not is_closed:  # Streamlit may still be answering an earlier message
                await send(message)

        try:
            await self.app(_without_session_id(scope), receive_allowed, send_while_open)
        finally:
            limit.give_back(owner)

    async def _seems_alive(self, token: str | None) -> tuple[bool, str]:
        """Whether the session is alive, and its user's id; "" where that is not known.

        It counts as alive while the database is down, as pages report that.
        """
        try:
            user = await self._find(token, by_person=False)
        except StoreError:
            return True, ""
        return user is not None, user.user_id if user is not None else ""

    async def _find(self, token: str | None, *, by_person: bool) -> SessionUser | None:
        if not token:
            return None
        return await to_thread.run_sync(self.check, token, by_person, limiter=self.checks)

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
