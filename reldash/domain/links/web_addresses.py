"""Web addresses that are safe to be a link: made of a template, or told by a workload.

Whatever fills a template comes from clusters: it can change the path of an address, but never its
scheme or host, and never climb out of the path that it stands in.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote, urlsplit

LONGEST: Final = 2000  # characters; what is longer, some browsers cut off

# What an address may be made of, all else being percent-encoded (RFC 3986, section 2).
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_BY_SSH: Final = re.compile(r"(?:ssh://)?git@([A-Za-z0-9.-]+)[:/](?!/)(.+)")

# What a template may name. A repository keeps its slashes: they part it as they part a path.
PLACEHOLDERS: Final = (
    *("cluster", "environment", "namespace", "customer", "kind", "workload", "container"),
    *("service", "version", "registry", "repository", "tag", "digest"),
    *("application", "application_namespace", "flux_kind", "flux_name", "flux_namespace"),
    *("release", "release_namespace", "commit"),
)
_WITH_SLASHES: Final = "repository"

EXPECTED: Final = "https://HOST[:PORT]/... with placeholders such as {workload} after the host"


def check_template(text: str) -> str:
    """A template as it is, if every address made of it is a link to one host, over https.

    Raises:
        ValueError: with what was expected.
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
    """The address that a checked template makes of values; None where one of them is missing."""
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
    """The address if it is a plain one, http or https, that any browser understands alike.

    None for every other scheme, for a user or a password in it, for characters that should have
    been encoded, and for a path with steps such as "..", encoded or not.
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
    """The web page of a source repository, from what images and workloads call it.

    Besides plain addresses "git@host:team/project.git" and "git+https://..." are understood.
    """
    by_ssh = _BY_SSH.fullmatch(text)
    plain = f"https://{by_ssh[1]}/{by_ssh[2]}" if by_ssh else text.removeprefix("git+")
    return web_address(plain.rstrip("/").removesuffix(".git"))
