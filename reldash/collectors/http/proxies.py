"""Proxies between us and a server, with their credentials; as client-go uses them.

A kubeconfig's `proxy-url` is used whatever the environment says; else HTTPS_PROXY or HTTP_PROXY by
the server's scheme, but never for NO_PROXY or an address of this machine.
Rules: https://pkg.go.dev/golang.org/x/net/http/httpproxy and clientcmd's `proxy-url`.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from reldash.collectors.http.errors import ReadError
from reldash.collectors.http.text import display_url
from reldash.config.addresses import is_loopback

HOW_WRITTEN: Final = (
    "http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded (@ as %40)"
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy.

    Attributes:
        url: with scheme, host and port only.
        source: where it is configured: "proxy-url", "HTTPS_PROXY" or "HTTP_PROXY".
        headers: its credentials; empty if it needs none.
        secrets: masked in every message.
    """

    url: str
    source: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")


def parse_proxy(text: str, source: str) -> Proxy:
    """The proxy that a URL names. No error quotes the text: it may hold a password.

    Raises:
        ReadError: it is no URL of an http or https proxy.
    """
    remedy = f"write {source} as {HOW_WRITTEN}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ReadError("Unusable proxy", f"{source} is not a URL", remedy) from error
    if parts.scheme.startswith("socks"):
        raise ReadError(
            "Unusable proxy",
            f"{source} names a SOCKS proxy ({display_url(text)}), which is not supported",
            "name an http or https proxy",
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or not text.isprintable():
        raise ReadError("Unusable proxy", f"{source} is not an http or https URL", remedy)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    url = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    if not parts.username and not parts.password:
        return Proxy(url, source)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    secrets = (each for each in (basic, password, parts.password) if each)
    return Proxy(
        url, source, {"Proxy-Authorization": f"Basic {basic}"}, tuple(dict.fromkeys(secrets))
    )


def environment_proxy(url: str, variables: Mapping[str, str]) -> Proxy | None:
    """The proxy that the environment names for a server; None for a direct connection.

    Args:
        url: of the server.
        variables: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as far as they are set.

    Raises:
        ReadError: the variable holds no URL of an http or https proxy.
    """
    parts = urlsplit(url)
    name = "HTTPS_PROXY" if parts.scheme == "https" else "HTTP_PROXY"
    text = variables.get(name, "").strip()
    if not text or is_loopback(parts.hostname or "") or _is_excluded(parts, variables):
        return None
    return parse_proxy(text if "://" in text else f"http://{text}", name)


def _is_excluded(parts: SplitResult, variables: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names the host: *, a domain, an address or a network, with or without port.

    `.example.com` means the hosts below example.com; without the dot, itself too.
    """
    host = (parts.hostname or "").lower().rstrip(".")
    port = str(parts.port or (443 if parts.scheme == "https" else 80))
    for entry in variables.get("NO_PROXY", "").lower().split(","):
        name = entry.strip()
        if name == "*":
            return True
        if _is_in_network(host, name):
            return True
        bare, colon, wanted = name.rpartition(":")
        if colon and wanted.isdecimal():
            name = bare.strip("[]")
            if wanted != port:
                continue
        name = name.removeprefix("*")
        if name and (host == name or host.endswith(name if name[0] == "." else f".{name}")):
            return True
    return False


def _is_in_network(host: str, text: str) -> bool:
    try:
        return ip_address(host) in ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return False
