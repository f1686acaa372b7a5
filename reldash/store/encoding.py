"""Text and JSON as Postgres accepts them, whatever a cluster sent."""

from hashlib import blake2b
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(order="deterministic")
_NUL = "\x00"
_NUL_IN_JSON = b"\\u0000"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean_text(text: str) -> str:
    """The text with a replacement character for each that Postgres refuses: NUL, half a pair."""
    return text.replace(_NUL, _REPLACEMENT).encode("utf-8", "replace").decode()


def clean_json(value: Any) -> Any:
    """Plain JSON data (`msgspec.to_builtins`) with every text in it cleaned, keys included."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    return value


def encode(value: Any) -> bytes | None:
    """JSON of values, lists and dataclasses, keys sorted; None if it holds text to be cleaned.

    Text that only looks like an escaped NUL is cleaned too, which leaves it as it is.
    """
    try:
        encoded = _ENCODER.encode(value)
    except UnicodeEncodeError:
        return None
    return None if _NUL_IN_JSON in encoded else encoded


def encode_cleaned(value: Any) -> str:
    """JSON for a column: of any value, cleaned if need be."""
    encoded = encode(value)
    if encoded is None:
        encoded = _ENCODER.encode(clean_json(msgspec.to_builtins(value)))
    return encoded.decode()


def fingerprint(*parts: bytes) -> bytes:
    """16 bytes that differ where the parts do."""
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.digest()
