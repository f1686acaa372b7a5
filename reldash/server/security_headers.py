"""The headers that every answer carries, and the doors that stay shut."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reldash.server.preload import preload_header
from reldash.services.grid_assets import load_assets

# Streamlit's own: figures of every session for anybody, and an API of pages for agents.
CLOSED_PATHS = re.compile(r"/_stcore/(?:metrics|agent)(?:/|$)")

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def content_security_policy(index: bytes) -> str:
    """The strictest policy under which Streamlit's page works: nothing from other hosts.

    Args:
        index: Streamlit's index.html; its inline scripts are allowed by their hashes.
    """
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(index)
    )
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob: {hashes}".strip(),
            "style-src 'self' 'unsafe-inline'",  # Streamlit's styles are made in the browser
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Middleware: adds the headers, and answers 404 where `CLOSED_PATHS` matches.

    Pages also name what the grid needs, so that browsers ask for it while Streamlit starts there.

    Args:
        index: Streamlit's index.html.
        secure: whether people come over https, and are never to come otherwise.
    """

    def __init__(self, app: ASGIApp, index: Path, *, secure: bool) -> None:
        self.app = app
        self.preload = preload_header(load_assets(), index)
        self.headers = {
            "content-security-policy": content_security_policy(index.read_bytes()),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "x-frame-options": "DENY",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
        }
        if secure:
            self.headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; websockets and the lifespan pass through as they are."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                if headers.get("content-type", "").startswith("text/html"):
                    headers["link"] = self.preload
            await send(message)

        shut = CLOSED_PATHS.search(scope["path"]) is not None
        app = PlainTextResponse("Not found", status_code=404) if shut else self.app
        await app(scope, receive, send_with_headers)
