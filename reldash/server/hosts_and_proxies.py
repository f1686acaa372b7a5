"""Client address and host checks, before any other handling of a request.

Rate limits count by client address. Proxies pass it in a header that anybody can send, so it is
trusted only from RELDASH_TRUSTED_PROXIES. An unknown Host is refused because of DNS rebinding:
another site's name, pointed at this machine, makes browsers treat us as that site. An unknown
Origin on a websocket is refused because it is another site's page using our cookies.
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
# Probes use a pod's IP address as host; the responses hold nothing but the health status.
PROBES = re.compile(r"/(?:healthz|_stcore/health)$")
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - never listened on: stands for a peer without address

POLICY_VIOLATION = 1008

Network = IPv4Network | IPv6Network


class HostsAndProxies:
    """Middleware: sets `scope["client"]` to the client's real address; 421 for unknown hosts."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.trusted = settings.trusted_proxies
        self.base = urlsplit(settings.base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or websocket; lifespan events pass through."""
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
            message = f"This server only serves {self.base.geturl()} (RELDASH_BASE_URL)."
            await PlainTextResponse(message, status_code=421)(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        name = host_name(headers.get("host", ""))
        return name is not None and name in {*LOOPBACK_NAMES, self.base.hostname}

    def _is_own_page(self, headers: Headers) -> bool:
        """Whether our own page opened a websocket; clients other than browsers send no Origin."""
        origin = headers.get("origin")
        own = f"{self.base.scheme}://{self.base.netloc}"
        return origin in {None, own} or urlsplit(origin or "").netloc == headers.get("host")


def host_name(host: str) -> str | None:
    """Return the name in a Host header, lower case, without port; None if malformed."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError:
        return None
    alone = parts.netloc == host and "@" not in host
    return parts.hostname.rstrip(".") if alone and parts.hostname else None


def client_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the client's address: the hop nearest to us that is not a trusted proxy.

    Args:
        peer: address of the other end of the connection.
        forwarded: all X-Forwarded-For headers, in the order received.
        trusted: networks of the trusted proxies.
    """
    hops = [hop for line in forwarded for hop in line.split(",")]
    address = _address(peer)
    while address is not None and hops and any(address in network for network in trusted):
        hop = _address(hops.pop())
        if hop is None:  # malformed: fall back to the proxy's own address
            break
        address = hop
    return str(address) if address is not None else UNKNOWN_ADDRESS


def _address(text: str) -> Any:
    """Parse an address with or without port ("192.0.2.1:80", "[2001:db8::1]:80"); else None."""
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
    """Replaces uvicorn's ProxyHeadersMiddleware, and changes nothing."""

    def __init__(self, app: Any, trusted_hosts: object) -> None:  # noqa: ARG002 - uvicorn's shape
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything through."""
        await self.app(scope, receive, send)


def disable_uvicorn_proxy_headers() -> None:
    """Stop uvicorn from rewriting client addresses: `HostsAndProxies` decides which to trust.

    By default uvicorn trusts X-Forwarded-For from any local process, and Streamlit offers no way
    to configure that. Call while Home.py is imported: uvicorn looks the class up afterwards.
    """
    uvicorn.config.ProxyHeadersMiddleware = _PassThrough  # type: ignore[attr-defined, assignment]
