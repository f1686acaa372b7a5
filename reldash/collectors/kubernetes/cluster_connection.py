"""An open connection to a cluster: pool, headers and proxy."""

from collections.abc import Callable
from dataclasses import dataclass, field

import urllib3
from kubernetes.client import ApiClient, Configuration

from reldash.collectors.http.errors import ReadError
from reldash.collectors.http.proxies import Proxy
from reldash.collectors.http.text import display_url
from reldash.collectors.http.transport import RequestCredentials

# Said once by `check` and on the clusters page, not at every request in the log.
urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def _ignore(_: ReadError) -> None:
    """Nothing is cached that could be wrong."""


@dataclass(frozen=True, slots=True)
class ClusterConnection:
    """An open connection to a cluster.

    Attributes:
        pool: with TLS set up.
        url: of the server, without a slash at its end.
        sign_in: returns the credentials of a request; see `Transport`.
        proxy: between us and the server; None for a direct connection.
        insecure: what does not protect the connection, as a phrase; "" if it is protected.
        refused: called when the server rejects them.
        not_reached: called when no server, or no trusted one, is at the address.
    """

    pool: urllib3.PoolManager = field(repr=False)
    url: str
    sign_in: Callable[[float], RequestCredentials] = field(repr=False)
    proxy: Proxy | None = None
    insecure: str = ""
    refused: Callable[[ReadError], None] = _ignore
    not_reached: Callable[[ReadError], None] = _ignore


def connection_with_headers(
    configuration: Configuration, proxy: Proxy | None, more: tuple[tuple[str, str], ...] = ()
) -> ClusterConnection:
    """A connection whose requests all have the same headers.

    Args:
        configuration: of the official client: server, TLS and Authorization.
        proxy: between us and the server.
        more: further headers; a name may repeat.

    Raises:
        ReadError: the token is unusable.
    """
    url = str(configuration.host).rstrip("/")
    bearer = configuration.auth_settings().get("BearerToken", {}).get("value")
    value = str(bearer).strip() if bearer else ""
    if not value.isprintable():
        raise ReadError(
            "Token unusable",
            f"the token for {display_url(url)} contains line breaks or control characters",
            "write the bare token, on one line",
        )
    headers = urllib3.HTTPHeaderDict({"Authorization": value} if value else {})
    for name, text in more:
        headers.add(name, text)
    if proxy is not None and url.startswith("http:") and len(more) > len(set(dict(more))):
        # urllib3 joins repeated headers there: the server would see one group with a comma.
        raise ReadError(
            "Unsupported access",
            "impersonation with several groups over plain http through a proxy",
            "use https, or NO_PROXY",
        )
    secret = value.partition(" ")[2].strip()
    secrets = ((secret,) if secret else ()) + proxy_secrets(proxy)
    signed = RequestCredentials(headers, secrets)
    return ClusterConnection(make_pool(configuration, proxy), url, lambda _: signed, proxy)


def make_pool(configuration: Configuration, proxy: Proxy | None) -> urllib3.PoolManager:
    """The pool that the official client makes; the proxy is ours (`http/proxies.py`)."""
    configuration.proxy = proxy.url if proxy else None
    configuration.proxy_headers = dict(proxy.headers) if proxy else None
    configuration.no_proxy = ""
    pool: urllib3.PoolManager = ApiClient(configuration).rest_client.pool_manager
    return pool


def proxy_secrets(proxy: Proxy | None) -> tuple[str, ...]:
    """What no message may show of a proxy."""
    return proxy.secrets if proxy else ()
