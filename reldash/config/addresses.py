"""Web addresses in configuration, checked before anything is sent to them."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

SERVER = "https://HOST[:PORT][/PATH] (plain http for this machine only), with no user or password"
BASE = "http[s]://HOST[:PORT][/PATH], with no user or password"


def server_address(text: str) -> str:
    """The address of a Kubernetes API server without a slash at its end.

    Tokens are sent there, so plain http is for loopback addresses alone.

    Raises:
        ValueError: with what was expected.
    """
    parts = _split(text, SERVER)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError(SERVER)
    return text.rstrip("/")


def base_address(text: str) -> str:
    """The address people reach the dashboard at, without a slash at its end.

    Raises:
        ValueError: with what was expected.
    """
    _split(text, BASE)
    return text.rstrip("/")


def _split(text: str, expected: str) -> SplitResult:
    """The parts of a plain http or https address."""
    try:
        parts = urlsplit(text)
        usable = parts.hostname is not None and (parts.port is None or parts.port > 0)
    except ValueError as error:  # a port that is no number, a broken IPv6 address
        raise ValueError(expected) from error
    if (
        not usable
        or parts.scheme not in ("http", "https")
        or "@" in parts.netloc
        or "?" in text
        or "#" in text
        or "\\" in text
        or any(each.isspace() or not each.isprintable() for each in text)
    ):
        raise ValueError(expected)
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
