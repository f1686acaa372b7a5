"""Which Streamlit websocket messages a browser may send without a session.

A message is a `BackMsg` of Streamlit's protocol buffers. Only its field numbers are read, without
Streamlit's own classes.
"""

from collections.abc import Iterator
from itertools import islice

# rerun_script, stop_script, app_heartbeat: enough for the sign-in page. Others clear the shared
# caches, request upload URLs, or query the server's folder.
ALLOWED_SIGNED_OUT = frozenset({7, 11, 17})

# The sign-in page sends some hundred bytes; a page's message holds the state of its widgets
# (`server.maxWidgetStateSize`). Whatever is larger is refused before anything reads it.
MOST_BYTES_SIGNED_OUT = 64 * 1024
MOST_BYTES_SIGNED_IN = 2 * 1024 * 1024
MOST_FIELDS = 16  # a message has one or two

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


def is_allowed_signed_out(message: bytes) -> bool:
    """Whether a message has only fields allowed without a session.

    False if it is malformed, longer than `MOST_BYTES_SIGNED_OUT`, or has more than `MOST_FIELDS`.
    """
    if len(message) > MOST_BYTES_SIGNED_OUT:
        return False
    try:
        numbers = list(islice(_field_numbers(message), MOST_FIELDS + 1))
    except (IndexError, ValueError):
        return False
    return len(numbers) <= MOST_FIELDS and ALLOWED_SIGNED_OUT.issuperset(numbers)


def _field_numbers(message: bytes) -> Iterator[int]:
    """Yield the numbers of the top-level fields (protobuf.dev/programming-guides/encoding)."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        yield key >> 3
        if key & 7 == _VARINT:
            _, at = _varint(message, at)
        elif key & 7 == _LENGTH:
            length, at = _varint(message, at)
            at += length
        elif key & 7 in {_FIXED64, _FIXED32}:
            at += 8 if key & 7 == _FIXED64 else 4
        else:
            raise ValueError("obsolete wire type")
    if at > len(message):
        raise ValueError("truncated message")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Decode a varint; returns it and the offset behind it. ValueError beyond ten bytes."""
    number = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
    raise ValueError("varint too long")
