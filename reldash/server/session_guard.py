"""The door: what only a session may reach over HTTP, and a websocket that ends with its session.

The pages check the session themselves, in every run. The door adds what a script cannot: it
stands before a message is handled, so that no callback of a widget runs for a session that has
ended, and it lets nobody take up a Streamlit session by its id, which would come with all that
session's state.
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

# What is Streamlit's own and holds, or takes, what a page shows; and the exports. `/media` and
# `/component` answer by themselves whoever asks. (Streamlit's fonts are in `/static/media`.)
# The grid's modules at `/assets` are open to all: they are the same for everybody and hold no data,
# which comes by the websocket alone, and so browsers load them while somebody still signs in.
GUARDED = re.compile(
    r"(?<!/static)/(?:export|media|component|_stcore/(?:upload_file|bidi-components|script-health-check))(?:/|$)"
)
SIGN_IN_FIRST = "Not signed in. Sign in on the dashboard, then ask again.\n"
SERVICE_RESTART = 1012  # the browser connects anew at once, and reruns the page
NO_RESUME = b"-"  # in the place of a Streamlit session's id: no id, but says that there was one

Check = Callable[[str, bool], SessionUser | None]


class SessionGuard:
    """Middleware: 401 where `GUARDED` matches and no session asks; watches websockets.

    Args:
        cookie: the name of the cookie that holds a session's token.
        check: whose session a token is of, which guarded routes find as `request.user`; None if
            it has ended. Its second argument: whether a person is at work. It may raise
            StoreError, and blocks, so that it is called in a thread.
    """

    def __init__(self, app: ASGIApp, cookie: str, check: Check) -> None:
        self.app = app
        self.cookie = cookie
        self.check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or websocket; the lifespan passes through."""
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
            refusal = PlainTextResponse("Database away", status_code=503, headers=headers)
            await refusal(scope, receive, send)
            return
        if user is not None:
            await self.app({**scope, "user": user}, receive, send)
        else:
            await PlainTextResponse(SIGN_IN_FIRST, 401, headers)(scope, receive, send)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = self._token(scope)
        # Who comes without a session gets the sign-in page, and may do no more than that needs.
        watched = await self._seems_alive(token)

        async def receive_what_may_pass() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if watched:
                may_pass = await self._seems_alive(token)
            else:
                may_pass = is_allowed_signed_out(message.get("bytes") or b"")
            if may_pass:
                return message
            await send({"type": "websocket.close", "code": SERVICE_RESTART})
            return {"type": "websocket.disconnect", "code": SERVICE_RESTART}

        await self.app(_without_session_id(scope), receive_what_may_pass, send)

    async def _seems_alive(self, token: str | None) -> bool:
        """Whether the session is alive; where the database is away, pages say so themselves."""
        try:
            return await self._find(token, by_person=False) is not None
        except StoreError:
            return True

    async def _find(self, token: str | None, *, by_person: bool) -> SessionUser | None:
        return await to_thread.run_sync(self.check, token, by_person) if token else None

    def _token(self, scope: Scope) -> str | None:
        return HTTPConnection(scope).cookies.get(self.cookie)


def _without_session_id(scope: Scope) -> Scope:
    """The scope of a websocket whose browser asks for no session that there already is.

    Streamlit's protocol header is "streamlit, XSRF token, id of a session to take up".
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
