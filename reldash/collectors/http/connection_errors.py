"""Errors for requests without a response: name resolution, connection, certificate, timeout."""

import re
import ssl
from collections.abc import Iterator

from urllib3 import exceptions as http

from reldash.collectors.http.errors import NoResponseError, NotReachedError, ReadError
from reldash.collectors.http.proxies import HOW_WRITTEN, Proxy

# http.client's words for a proxy's answer to CONNECT.
_TUNNEL = re.compile(r"Tunnel connection failed: ([0-9]{3})")
_CHECK_ADDRESS = "check that the address is right and reachable from here"


def connection_error(
    error: Exception, url: str, silence: float, proxy: Proxy | None = None
) -> tuple[ReadError, bool]:
    """The error to show, and whether a retry may help.

    Args:
        error: of urllib3, the socket or http.client.
        url: of the server, without secrets.
        silence: the time limit in seconds.
        proxy: that stands between.
    """
    causes = list(_chain(error))
    if proxy is not None:
        fault = _proxy_error(causes, url, proxy)
        if fault is not None:
            return fault, False
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                NotReachedError(
                    "Certificate not trusted",
                    f"{url}: {cause.verify_message or 'certificate verification failed'}",
                    "name the authority that signed the server's certificate (ca_file, or"
                    " certificate-authority in the kubeconfig)",
                ),
                False,
            )
        if isinstance(cause, http.NameResolutionError):
            return NotReachedError(
                "Unknown host", f"{url}: its name cannot be resolved", _CHECK_ADDRESS
            ), False
        if isinstance(cause, ConnectionRefusedError):
            return NotReachedError(
                "Connection refused", f"nothing listens at {url}", _CHECK_ADDRESS
            ), False
    for cause in causes:
        # urllib3 derives every failed connection from its timeout error.
        if isinstance(cause, http.TimeoutError | TimeoutError) and not isinstance(
            cause, http.NewConnectionError
        ):
            return (
                NoResponseError(
                    "No answer",
                    f"{url} did not answer within {silence:g} s",
                    f"{_CHECK_ADDRESS}, and look at the server's health",
                ),
                False,
            )
    for cause in causes:
        if isinstance(cause, http.LocationValueError):
            return ReadError("Unusable URL", url, "check how the server's URL is written"), False
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or "the handshake failed"
            return NotReachedError("TLS failed", f"{url}: {reason}", _CHECK_ADDRESS), False
        if isinstance(cause, http.NewConnectionError):
            return NotReachedError(
                "Unreachable", f"{url}: {_os_words(causes)}", _CHECK_ADDRESS
            ), False
    # Cut off in the middle, as by a server that restarts: the only case worth a retry.
    title = "Connection lost"
    return ReadError(title, f"{url}: {type(error).__name__}", _CHECK_ADDRESS), isinstance(
        error, http.ProtocolError | ConnectionError
    )


def proxy_refusal(status: int, url: str, proxy: Proxy) -> ReadError:
    """The error for a proxy that answers in place of the server `url`, with a status."""
    if status == 407:
        message = (
            f"the proxy {proxy.url} rejected the user and password of {proxy.source} (407)"
            if proxy.headers
            else f"the proxy {proxy.url} rejected the request: it wants a user and password (407)"
        )
        remedy = f"write {proxy.source} as {HOW_WRITTEN}"
        return ReadError("Proxy: not signed in", message, remedy, status=status)
    return ReadError(
        "Proxy failed",
        f"the proxy {proxy.url} answered {status} when asked for {url}",
        f"check {proxy.source}, and that the proxy may reach the server",
        status=status,
    )


def _proxy_error(causes: list[BaseException], url: str, proxy: Proxy) -> ReadError | None:
    """The proxy's own failure; None if something else failed."""
    for cause in causes:
        refused = _TUNNEL.search(str(cause)) if isinstance(cause, OSError) else None
        if refused:
            return proxy_refusal(int(refused[1]), url, proxy)
    if any(isinstance(cause, http.ProxyError) for cause in causes):
        return ReadError(
            "Proxy failed",
            f"the proxy {proxy.url} cannot be reached, and so not {url}",
            f"check {proxy.source}",
        )
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all errors it wraps; urllib3 wraps by argument as well as by cause."""
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        item = queue.pop(0)
        if isinstance(item, BaseException) and id(item) not in seen:
            seen.add(id(item))
            yield item
            queue += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]


def _os_words(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return "no connection"
