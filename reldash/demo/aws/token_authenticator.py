"""Verifies bearer tokens as an EKS cluster does: sends the presigned request in them to STS.

The rules are those of EKS's authenticator:
https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/token/token.go
"""

import base64
import hashlib
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Final
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from reldash.demo.aws.signatures import MAX_AGE, signed_at

PREFIX: Final = "k8s-aws-v1."
CLUSTER_HEADER: Final = "x-k8s-aws-id"
_MOST_SECONDS: Final = 15 * 60
_PARAMETERS: Final = frozenset(
    {
        "action",
        "version",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    }
)


@dataclass(frozen=True, slots=True)
class _Presigned:
    target: str
    until: datetime


@dataclass(slots=True)
class TokenAuthenticator:
    """The authenticator of one cluster.

    Attributes:
        cluster: its name; tokens are valid for one cluster only.
        sts: URL of STS.
        entries: ARNs of the IAM principals with an access entry.
    """

    cluster: str
    sts: str
    entries: Collection[str]
    _taken: dict[bytes, datetime] = field(default_factory=dict)  # by hash, until when
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def accepts(self, token: str) -> bool:
        """Whether the token is valid now; calls STS for tokens that are not cached."""
        now = datetime.now(UTC)
        known = hashlib.sha256(token.encode()).digest()
        with self._lock:
            self._taken = {each: until for each, until in self._taken.items() if until > now}
            if known in self._taken:
                return True
        presigned = self._parse(token, now)
        if presigned is None or self._caller(presigned) not in self.entries:
            return False
        with self._lock:
            self._taken[known] = presigned.until
        return True

    def _parse(self, token: str, now: datetime) -> _Presigned | None:
        """Decode the presigned request in the token; None if this cluster does not accept it."""
        text = token.removeprefix(PREFIX)
        if text == token:
            return None
        try:
            url = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
            parts = urlsplit(url)
            pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
            given = {name.lower(): value for name, value in pairs}
            expires = int(given["x-amz-expires"])
            until = signed_at(given["x-amz-date"]) + MAX_AGE
            signed = given["x-amz-signedheaders"].split(";")
            action = given["action"]
        except (ValueError, KeyError):
            return None
        good = (
            f"{parts.scheme}://{parts.netloc}" == self.sts
            and parts.path == "/"
            and len(given) == len(pairs)
            and set(given) <= _PARAMETERS
            and action == "GetCallerIdentity"
            and CLUSTER_HEADER in signed
            and 0 < expires <= _MOST_SECONDS
            and now < until
        )
        return _Presigned(f"/?{parts.query}", until) if good else None

    def _caller(self, presigned: _Presigned) -> str:
        """Return the IAM principal from STS; "" if STS refuses, as for another cluster's token."""
        connection = HTTPConnection(urlsplit(self.sts).netloc, timeout=5)
        try:
            # The signature covers this header, so a token for another cluster fails.
            connection.request("GET", presigned.target, headers={CLUSTER_HEADER: self.cluster})
            answer = connection.getresponse()
            body = answer.read()
        except OSError:
            return ""
        finally:
            connection.close()
        return _principal(body) if answer.status == 200 else ""


def _principal(body: bytes) -> str:
    """Extract the ARN of the user or role from a response; role sessions count as the role."""
    found = ET.fromstring(body).find(".//{*}Arn")  # noqa: S314 - our own STS wrote it
    arn = (found.text or "") if found is not None else ""
    head, _, name = arn.partition(":assumed-role/")
    if not name:
        return arn
    return f"{head.replace(':sts:', ':iam:')}:role/{name.partition('/')[0]}"
