"""HTTP responses of API servers: body, Retry-After, and the error for each status."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec
from zlib_ng import zlib_ng

from reldash.collectors.http.errors import (
    ForbiddenError,
    InvalidResponseError,
    NotServedError,
    ReadError,
    UnauthorizedError,
)
from reldash.collectors.http.text import one_line

GZIP: Final = 16 + 15  # zlib's window bits for the gzip container


class Status(msgspec.Struct, frozen=True):
    """meta/v1 Status: the body of an error response."""

    message: str = ""
    reason: str = ""


_STATUS = msgspec.json.Decoder(Status)


def decoded_body(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """Decompress a response body.

    Args:
        chunks: of the body as sent.
        encoding: the header Content-Encoding: gzip, identity or empty.
        limit: maximum size in bytes, so that a small response cannot fill the memory.

    Raises:
        FaultyAnswerError: larger than the limit, not what `encoding` says, or not whole.
    """
    encoding = encoding.strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise InvalidResponseError("Unreadable answer", f"unknown Content-Encoding {encoding!r}")
    inflate = zlib_ng.decompressobj(GZIP) if encoding == "gzip" else None
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        try:
            part = chunk if inflate is None else inflate.decompress(chunk, limit - size + 1)
        except zlib_ng.error as error:  # type: ignore[misc]  # its stub calls it an instance
            raise InvalidResponseError("Unreadable answer", f"broken gzip: {error}") from error
        size += len(part)
        if size > limit:
            raise InvalidResponseError(
                "Unreadable answer", f"more than {limit >> 20} MiB in one page"
            )
        parts.append(part)
    if inflate is not None and not inflate.eof:
        raise InvalidResponseError("Unreadable answer", "the gzip stream ends too early")
    return b"".join(parts)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by the header Retry-After, a number or a date; None if it is not usable."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max((at - datetime.now(UTC)).total_seconds(), 0.0)


def error_of_response(
    status: int, path: str, body: bytes, url: str, secrets: tuple[str, ...]
) -> ReadError:
    """The error for a response with a status other than 200."""
    reason = one_line(_reason(body), secrets)
    detail = f": {reason}" if reason else ""
    if status == 401 or (status == 403 and "system:anonymous" in reason):
        return UnauthorizedError(
            f"Credentials rejected ({status})",
            f"{url} does not accept the credentials ({status}){detail}",
            "give the cluster a valid token or client certificate; theirs may have expired",
            status=status,
        )
    if status == 403:
        return ForbiddenError("Not allowed", reason or f"{url} refused {path} (403)", status=status)
    if status == 404:
        return NotServedError(
            "Not served", f"{url} has no {path} (404)", "check the server's URL", status=status
        )
    if 300 <= status < 400:
        return InvalidResponseError(
            "Redirected",
            f"{url} sends requests elsewhere ({status}), which is not followed",
            "name the API server's own URL; a sign-in page may stand before it",
            status=status,
        )
    remedy = "look at the API server's health; it will be tried again" if status >= 500 else ""
    if status == 429:
        remedy = "the server limits this account's requests; read it less often (collect.interval)"
    return ReadError("Server error", f"{path} answered {status}{detail}", remedy, status=status)


def _reason(body: bytes) -> str:
    try:
        status = _STATUS.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""  # a proxy's page does not help
    return status.message or status.reason
