"""Who asks, and for which host: settled once, before anything else looks at a request.

An address is what limits count by, and proxies say it in a header that anybody may send: it is
believed only of those that RELDASH_TRUSTED_PROXIES names. A foreign Host is how another site's
name, pointed at this machine, would make a browser speak to us as to that site (DNS rebinding); a
foreign Origin on a websocket is another site's page speaking with this one's cookies.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import uvicorn.config
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from reldash.config import Settings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# Probes ask by a pod's address; the answers say nothing but whether there is life.
PROBES = re.compile(r"/(?:healthz|_stcore/health)$")
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - no address to listen on: stands for a peer without one

POLICY_VIOLATION = 1008

Network = IPv4Network | IPv6Network


class HostsAndProxies:
    """Middleware: `scope["client"]` becomes the visitor's own address; foreign hosts get 421."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.trusted = settings.trusted_proxies
        self.base = urlsplit(settings.base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or websocket; the lifespan passes through."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        peer = scope["client"][0] if scope.get("client") else UNKNOWN_ADDRESS
        address = client_address(peer, headers.getlist("x-forwarded-for"), self.trusted)
        scope = {**scope, "client": (address, 0)}
        if scope["type"] == "websocket":
            if self._is_ours(headers) and self._is_own_page(headers):
                await self.app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        elif PROBES.search(scope["path"]) or self._is_ours(headers):
            await self.app(scope, receive, send)
        else:
            words = f"This server answers for {self.base.geturl()} (RELDASH_BASE_URL) only."
            await PlainTextResponse(words, status_code=421)(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        name = host_name(headers.get("host", ""))
        return name is not None and name in {*LOOPBACK_NAMES, self.base.hostname}

    def _is_own_page(self, headers: Headers) -> bool:
        """Whether a websocket was opened by a page of ours; only browsers send an Origin."""
        origin = headers.get("origin")
        own = f"{self.base.scheme}://{self.base.netloc}"
        return origin in {None, own} or urlsplit(origin or "").netloc == headers.get("host")


def host_name(host: str) -> str | None:
    """The name in a Host header, lower case and without its port; None if it makes no sense."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    alone = parts.netloc == host and "@" not in host
    return parts.hostname.rstrip(".") if alone and parts.hostname else None


def client_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The address of whoever asks: the first, seen from here, that is no trusted proxy.

    Args:
        peer: the other end of the connection.
        forwarded: all X-Forwarded-For headers, in the order they came.
        trusted: the proxies whose word is taken.
    """
    hops = [hop for line in forwarded for hop in line.split(",")]
    address = _address(peer)
    while address is not None and hops and any(address in network for network in trusted):
        said = _address(hops.pop())
        if said is None:  # the proxy passed on what makes no sense: its own address it is
            break
        address = said
    return str(address) if address is not None else UNKNOWN_ADDRESS


def _address(text: str) -> Any:
    """An address with or without its port, as "192.0.2.1:80" or "[2001:db8::1]:80"; else None."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


class _PassThrough:
    """In the place of uvicorn's own reader of forwarded headers: changes nothing."""

    def __init__(self, app: Any, trusted_hosts: object) -> None:  # noqa: ARG002 - uvicorn's shape
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything through."""
        await self.app(scope, receive, send)


def disable_uvicorn_proxy_headers() -> None:
    """Have uvicorn leave a peer's address alone; `HostsAndProxies` says whose word is taken.

    By default uvicorn believes whatever this machine's own processes say, and Streamlit gives no
    way to tell it otherwise. Called while Home.py is imported, which uvicorn does before it looks
    the name up.
    """
    uvicorn.config.ProxyHeadersMiddleware = _PassThrough  # type: ignore[attr-defined, assignment]
