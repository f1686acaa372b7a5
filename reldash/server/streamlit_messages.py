"""Which of a browser's messages are for pages alone, told without Streamlit.

A message is a `BackMsg` of Streamlit's protocol buffers; only its field numbers are looked at.
"""

from collections.abc import Iterator

# rerun_script, stop_script, app_heartbeat: all that the sign-in page needs. Others clear caches
# that all share, ask for places to upload to, or about the folder that the server runs in.
ALLOWED_SIGNED_OUT = frozenset({7, 11, 17})

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


def is_allowed_signed_out(message: bytes) -> bool:
    """Whether a message holds nothing but what anybody may send; False for what is none."""
    try:
        return ALLOWED_SIGNED_OUT.issuperset(_field_numbers(message))
    except (IndexError, ValueError):
        return False


def _field_numbers(message: bytes) -> Iterator[int]:
    """The numbers of the outermost fields (protobuf.dev/programming-guides/encoding)."""
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
            raise ValueError("a kind of field that is not in use any more")
    if at > len(message):
        raise ValueError("cut off")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The number at this place, and the place after it; ValueError beyond ten bytes."""
    number = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
    raise ValueError("a number without an end")
