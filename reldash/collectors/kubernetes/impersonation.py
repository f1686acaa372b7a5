"""Impersonation of a kubeconfig's user: `as`, `as-uid`, `as-groups`, `as-user-extra`.

Headers: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
"""

import string
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reldash.collectors.http.errors import ReadError

KEYS: Final = ("as", "as-uid", "as-groups", "as-user-extra")
# Bytes that client-go leaves as they are in the name of a header; others become %XX.
_PLAIN: Final = frozenset(f"{string.ascii_letters}{string.digits}!#$&'*+-.^_`|~".encode())


def impersonation_headers(user: Mapping[str, Any], context: str) -> tuple[tuple[str, str], ...]:
    """The Impersonate-* headers of every request, as (name, value); a name may repeat.

    Args:
        user: of the kubeconfig.
        context: its name, for messages.

    Raises:
        ReadError: groups, uid or extra without a user, as in kubectl, or values of a wrong kind.
    """
    named = [key for key in KEYS if user.get(key)]
    if not named:
        return ()
    if "as" not in named:
        raise ReadError(
            "Incomplete kubeconfig",
            f"context {context!r}: its user has {', '.join(named)} without as",
            "name the user to impersonate: as",
        )
    try:
        return tuple(_headers(user))
    except (TypeError, AttributeError) as error:
        raise ReadError(
            "Broken kubeconfig",
            f"context {context!r}: {', '.join(named)} cannot be used",
            "write as and as-uid as text, as-groups as a list, as-user-extra as a mapping of lists",
        ) from error


def _headers(user: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Impersonate-User", _value(user["as"])
    if user.get("as-uid"):
        yield "Impersonate-Uid", _value(user["as-uid"])
    for group in _listed(user.get("as-groups")):
        yield "Impersonate-Group", _value(group)
    for key, values in (user.get("as-user-extra") or {}).items():
        for value in _listed(values):
            yield f"Impersonate-Extra-{_header_name(key)}", _value(value)


def _listed(values: object) -> list[object]:
    if values is None:
        return []
    if not isinstance(values, list):
        raise TypeError
    return values


def _value(text: object) -> str:
    """A header's value: UTF-8 on the wire, as from client-go; http.client writes latin-1."""
    if not isinstance(text, str) or not text.isprintable():
        raise TypeError
    return text.encode().decode("latin-1")


def _header_name(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in key.encode())
