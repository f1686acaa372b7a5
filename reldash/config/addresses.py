"""Validation of web addresses in the configuration."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

SERVER = "https://HOST[:PORT][/PATH] (plain http for this machine only), without user and password"
BASE = "http[s]://HOST[:PORT][/PATH], without user and password"


def api_server_address(text: str) -> str:
    """The address of a Kubernetes API server, plain http or not, without a trailing slash.

    Raises:
        ValueError: with what is expected.
    """
    _split(text, SERVER)
    return text.rstrip("/")


def is_protected(address: str) -> bool:
    """Whether a checked address is https or on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def server_address(text: str) -> str:
    """The address of a server that gets secrets, without a trailing slash.

    Tokens are sent there, so plain http is only allowed for loopback addresses.

    Raises:
        ValueError: with what is expected.
    """
    _split(text, SERVER)
    if not is_protected(text):
        raise ValueError(SERVER)
    return text.rstrip("/")


def base_address(text: str) -> str:
    """The public address of the dashboard, without a trailing slash.

    Raises:
        ValueError: with what is expected.
    """
    _split(text, BASE)
    return text.rstrip("/")


def _split(text: str, expected: str) -> SplitResult:
    """The parts of a plain http or https address."""
    try:
        parts = urlsplit(text)
        usable = parts.hostname is not None and (parts.port is None or parts.port > 0)
    except ValueError as error:  # invalid port or IPv6 address
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
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
