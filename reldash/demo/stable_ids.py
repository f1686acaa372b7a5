"""Names and ids that look like a cluster's own, and come out the same for the same seed."""

import hashlib
import uuid
from datetime import UTC, datetime

# What Kubernetes makes generated names of: no vowels, so that no words come out, and nothing
# that is mistaken for another letter (k8s.io/apimachinery/pkg/util/rand).
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def _number(parts: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest()[:16])


def uid_of(*parts: object) -> str:
    """A version 4 UUID that depends on nothing but `parts`."""
    return str(uuid.UUID(int=_number(("uid", *parts)), version=4))


def name_hash(*parts: object, length: int = 10) -> str:
    """A hash as in pod-template-hash: `length` characters of Kubernetes' safe alphabet."""
    number = _number(parts)
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)


def digest_of(*parts: object) -> str:
    """An image digest, `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def commit_of(*parts: object) -> str:
    """A git commit: 40 hex digits, with a letter and a figure among its first seven."""
    commit = hashlib.sha256(("commit\0" + "\0".join(map(str, parts))).encode()).hexdigest()[:40]
    # An all-decimal or all-letter prefix is possible but rare; a demo should not hang on luck.
    return commit[:2] + "c4" + commit[4:]


def stamp(moment: datetime) -> str:
    """A time as the API writes it: RFC 3339, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
