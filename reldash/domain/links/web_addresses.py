"""Web addresses that are safe to link to: from templates, or from a workload's annotations.

The values in a template come from clusters: they can change the path of an address, but never its
scheme or host, and never leave the path that they are in.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote, urlsplit

LONGEST: Final = 2000  # characters; some browsers cut off longer addresses

# Characters of an address; all others must be percent-encoded (RFC 3986, section 2).
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_BY_SSH: Final = re.compile(r"(?:ssh://)?git@([A-Za-z0-9.-]+)[:/](?!/)(.+)")

# Placeholders of a template. A repository keeps its slashes, which separate path segments too.
PLACEHOLDERS: Final = (
    *("cluster", "environment", "namespace", "customer", "kind", "workload", "container"),
    *("service", "version", "registry", "repository", "tag", "digest"),
    *("application", "application_namespace", "flux_kind", "flux_name", "flux_namespace"),
    *("release", "release_namespace", "commit"),
)
_WITH_SLASHES: Final = "repository"

EXPECTED: Final = "https://HOST[:PORT]/... with placeholders such as {workload} after the host"


def check_template(text: str) -> str:
    """Check that every address made of a template is a link to one host over https; return it.

    Raises:
        ValueError: it is not; the message says what was expected.
    """
    names = _PLACEHOLDER.findall(text)
    plain = _PLACEHOLDER.sub("x", text)
    if "{" in plain or "}" in plain:
        raise ValueError("placeholders such as {workload}, each a name in braces")
    for name in names:
        if name not in PLACEHOLDERS:
            raise ValueError(f"only the placeholders {', '.join(PLACEHOLDERS)}")
    host = text.partition("://")[2].partition("/")[0]
    if not text.startswith("https://") or "{" in host or web_address(plain) is None:
        raise ValueError(EXPECTED)
    return text


def fill(template: str, values: Mapping[str, str]) -> str | None:
    """Fill a checked template; None if a value is missing."""
    if not template:
        return None
    missing = False

    def encoded(found: re.Match[str]) -> str:
        nonlocal missing
        value = values.get(found[1], "")
        missing = missing or not value
        return quote(value, safe="/" if found[1] == _WITH_SLASHES else "", errors="replace")

    address = _PLACEHOLDER.sub(encoded, template)
    return None if missing else web_address(address)


def web_address(text: str) -> str | None:
    """Return an address if it is a plain http or https one that all browsers read alike.

    None for any other scheme, for a user or a password in it, for characters that should have
    been encoded, and for a path with segments such as "..", encoded or not.
    """
    if len(text) > LONGEST or not _PLAIN.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        usable = parts.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        return None
    if not usable or parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        return None
    if any(unquote(step) in (".", "..") for step in parts.path.split("/")):
        return None
    return text


def source_address(text: str) -> str | None:
    """The web page of a source repository, from its address in images and workloads.

    Besides web addresses, "git@host:team/project.git" and "git+https://..." are accepted.
    """
    by_ssh = _BY_SSH.fullmatch(text)
    plain = f"https://{by_ssh[1]}/{by_ssh[2]}" if by_ssh else text.removeprefix("git+")
    return web_address(plain.rstrip("/").removesuffix(".git"))
