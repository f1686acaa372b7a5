"""Verifies presigned requests as STS does: signature version 4 in the query.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

ALGORITHM: Final = "AWS4-HMAC-SHA256"
# STS accepts signatures up to 15 minutes old, whatever the URL's expiry says.
MAX_AGE: Final = timedelta(minutes=15)
_STAMP: Final = "%Y%m%dT%H%M%SZ"


class BadSignatureError(Exception):
    """The signature is not valid; `code` is STS's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The secret of an access key, and its session token ("" for none)."""

    secret: str
    session: str


def signed_at(stamp: str) -> datetime:
    """Parse `X-Amz-Date`; ValueError if it is not a time."""
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)


def check_presigned(
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    keys_of: Callable[[str], SigningKeys | None],
    now: datetime,
) -> str:
    """Return the access key that signed a GET of "/" with this query.

    Args:
        query: its parameters, decoded.
        headers: as received, names in lower case.
        keys_of: by access key; None where there is no such key.
        now: aware.

    Raises:
        BadSignatureError: the signature is missing, wrong or expired.
    """
    given = dict(query)
    try:
        scope = given["X-Amz-Credential"]
        access_key, day, region, service, _ = scope.split("/")
        at = signed_at(given["X-Amz-Date"])
        names = given["X-Amz-SignedHeaders"].split(";")
        signature = given["X-Amz-Signature"]
    except (KeyError, ValueError):
        raise BadSignatureError("IncompleteSignature", "Not a presigned request") from None
    keys = keys_of(access_key)
    if keys is None or given.get("X-Amz-Security-Token", "") != keys.session:
        message = "The security token included in the request is invalid."
        raise BadSignatureError("InvalidClientTokenId", message)
    if not -MAX_AGE < now - at < MAX_AGE:
        message = f"Signature expired: {given['X-Amz-Date']} is now earlier than {now - MAX_AGE}"
        raise BadSignatureError("SignatureDoesNotMatch", message)
    plain = "&".join(
        f"{quote(name, safe='~')}={quote(value, safe='~')}"
        for name, value in sorted(query)
        if name != "X-Amz-Signature"
    )
    lines = [f"{name}:{' '.join(headers.get(name, '').split())}" for name in names]
    empty = hashlib.sha256(b"").hexdigest()
    canonical = "\n".join(["GET", "/", plain, *lines, "", ";".join(names), empty])
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join([ALGORITHM, given["X-Amz-Date"], scope.partition("/")[2], hashed])
    key = f"AWS4{keys.secret}".encode()
    for part in (day, region, service, "aws4_request", text):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(key.hex(), signature):
        message = "The request signature we calculated does not match the signature you provided."
        raise BadSignatureError("SignatureDoesNotMatch", message)
    return access_key
