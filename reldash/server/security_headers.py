"""Security headers on every response, and Streamlit paths that stay closed."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reldash.server.preload import preload_header
from reldash.services.grid_assets import load_assets

# Streamlit's own: public metrics about every session, and an API to pages for agents.
CLOSED_PATHS = re.compile(r"/_stcore/(?:metrics|agent)(?:/|$)")

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def content_security_policy(index: bytes) -> str:
    """Build the strictest policy under which Streamlit works: nothing from other hosts.

    Args:
        index: content of Streamlit's index.html; its inline scripts are allowed by hash.
    """
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(index)
    )
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob: {hashes}".strip(),
            "style-src 'self' 'unsafe-inline'",  # Streamlit creates its styles in the browser
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
    """Middleware: adds the headers, and responds 404 where `CLOSED_PATHS` matches.

    HTML pages also get a Link header with the grid's modules, so that browsers load them while
    Streamlit starts.

    Args:
        index: path of Streamlit's index.html.
        secure: whether the dashboard is served over https only; adds HSTS.
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
        """Serve one request; websockets and lifespan events pass through."""
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

        closed = CLOSED_PATHS.search(scope["path"]) is not None
        app = PlainTextResponse("Not found", status_code=404) if closed else self.app
        await app(scope, receive, send_with_headers)
