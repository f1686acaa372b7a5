"""Text and JSON made acceptable to Postgres, whatever a cluster sent."""

from hashlib import blake2b
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(order="deterministic")
_NUL = "\x00"
_NUL_IN_JSON = b"\\u0000"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean_text(text: str) -> str:
    """The text with each character that Postgres rejects replaced: NUL, unpaired surrogates."""
    return text.replace(_NUL, _REPLACEMENT).encode("utf-8", "replace").decode()


def clean_json(value: Any) -> Any:
    """Plain JSON data (`msgspec.to_builtins`) with every string in it cleaned, keys included."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    return value


def encode(value: Any) -> bytes | None:
    """JSON of values, lists and dataclasses, keys sorted; None if text in it must be cleaned.

    Also None for text that only looks like an escaped NUL, which cleaning leaves unchanged.
    """
    try:
        encoded = _ENCODER.encode(value)
    except UnicodeEncodeError:
        return None
    return None if _NUL_IN_JSON in encoded else encoded


def encode_cleaned(value: Any) -> str:
    """JSON of any value for a column, cleaned if necessary."""
    encoded = encode(value)
    if encoded is None:
        encoded = _ENCODER.encode(clean_json(msgspec.to_builtins(value)))
    return encoded.decode()


def fingerprint(*parts: bytes) -> bytes:
    """A 16-byte hash of the parts."""
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.digest()
