"""Routes that set and delete the session cookie.

JavaScript cannot set an HttpOnly cookie. So the sign-in page gets a ticket, valid once within a
minute, and a small component posts it here. The response sets the cookie, and the page reloads,
since a websocket keeps the cookies of its handshake.
"""

import logging
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from reldash.auth import Accounts
from reldash.auth.factory import open_accounts
from reldash.auth.session_cookie import cookie_name, is_secure
from reldash.domain.accounts import SessionUser
from reldash.errors import StoreError
from reldash.server.user_agent import device_name
from reldash.services.context import get_context

log = logging.getLogger(__name__)

OWN_HEADER = "x-reldash"  # neither an HTML form nor another site's script can send it
MAX_TICKET_BYTES = 200
STREAMLIT_COOKIES = "_streamlit_user"  # prefix of its cookies: claims, tokens, their chunks
NOT_FROM_PAGE = "Only pages of the dashboard may send this request.\n"
TICKET_EXPIRED = "This sign-in has expired. Sign in again.\n"
NO_STORE = {"cache-control": "no-store"}


async def redeem_ticket(request: Request) -> Response:
    """Exchange the ticket in the body for a session, and set its cookie.

    204; 403 if the request is not from our page or the ticket is used, expired or invalid; 503
    while the database is unavailable.
    """
    if not is_own_page(request):
        return PlainTextResponse(NOT_FROM_PAGE, 403, NO_STORE)
    ticket = await _read_body(request)
    device = device_name(request.headers.get("user-agent", ""))
    address = request.client.host if request.client else ""
    try:
        token = await to_thread.run_sync(_open_session, ticket, device, address) if ticket else None
    except StoreError as error:
        log.warning("sign-in: %s", error)
        return PlainTextResponse("Database unavailable", 503, NO_STORE)
    if token is None:
        return PlainTextResponse(TICKET_EXPIRED, 403, NO_STORE)
    settings = get_context().settings
    answer = Response(status_code=204, headers=NO_STORE)
    answer.set_cookie(
        cookie_name(settings.base_url),
        token,
        max_age=int(settings.session_lifetime.total_seconds()),
        path="/",
        secure=is_secure(settings.base_url),
        httponly=True,
        samesite="lax",
    )
    _delete_streamlit_cookies(request, answer)
    return answer


async def sign_out(request: Request) -> Response:
    """End the current session and delete its cookie.

    204; 403 if the request is not from our page; 503 while the database is unavailable: session
    and cookie then stay.
    """
    if not is_own_page(request):
        return PlainTextResponse(NOT_FROM_PAGE, 403, NO_STORE)
    settings = get_context().settings
    name = cookie_name(settings.base_url)
    address = request.client.host if request.client else ""
    try:
        if token := request.cookies.get(name):
            await to_thread.run_sync(_end_session, token, address)
    except StoreError as error:
        log.warning("sign-out: %s", error)
        return PlainTextResponse("Database unavailable", 503, NO_STORE)
    answer = Response(status_code=204, headers=NO_STORE)
    secure = is_secure(settings.base_url)
    answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    _delete_streamlit_cookies(request, answer)
    return answer


def is_own_page(request: Request) -> bool:
    """Whether a script of one of our own pages sent the request.

    Browsers send Sec-Fetch-Site over https and to localhost. Over plain http, check Origin.
    """
    if OWN_HEADER not in request.headers:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    own = urlsplit(get_context().settings.base_url)
    return origin == f"{own.scheme}://{own.netloc}" or (
        bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
    )


def _delete_streamlit_cookies(request: Request, answer: Response) -> None:
    """Delete the cookies of Streamlit's OpenID Connect sign-in, which our session replaces."""
    base = urlsplit(get_context().settings.base_url).path or "/"
    for name in request.cookies:
        if name.startswith(STREAMLIT_COOKIES):
            answer.delete_cookie(name, path=base, httponly=True, samesite="lax")


async def _read_body(request: Request) -> str:
    """Read the body; "" unless it is short ASCII."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_TICKET_BYTES:
            return ""
    return body.decode("ascii") if body.isascii() else ""


def _accounts() -> Accounts:
    context = get_context()
    return open_accounts(context.store, context.settings)


def _open_session(ticket: str, device: str, address: str) -> str | None:
    return _accounts().open_session(ticket, device, address)


def _end_session(token: str, address: str) -> None:
    user = check_session(token, by_person=False)
    if user is not None:
        _accounts().sign_out(user, address)


def check_session(token: str, by_person: bool) -> SessionUser | None:
    """Return the user of a session token; None if the session has ended. Blocks.

    Raises:
        StoreError: the database is unavailable.
    """
    return _accounts().check_session(token, activity=by_person)


SESSION_ROUTES = [
    Route("/auth/ticket", redeem_ticket, methods=["POST"]),
    Route("/auth/sign-out", sign_out, methods=["POST"]),
]
