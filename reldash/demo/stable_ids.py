"""Realistic names, ids and digests that are the same for the same seed."""

import hashlib
import uuid
from datetime import UTC, datetime

# Kubernetes' alphabet for generated names: without vowels, to avoid words, and without look-alikes
# (k8s.io/apimachinery/pkg/util/rand).
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def _number(parts: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest()[:16])


def uid_of(*parts: object) -> str:
    """Return a version 4 UUID derived from `parts`."""
    return str(uuid.UUID(int=_number(("uid", *parts)), version=4))


def name_hash(*parts: object, length: int = 10) -> str:
    """Return a hash as in pod-template-hash: `length` characters of Kubernetes' safe alphabet."""
    number = _number(parts)
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)


def digest_of(*parts: object) -> str:
    """Return an image digest: `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def commit_of(*parts: object) -> str:
    """Return a Git commit: 40 hex digits, with a letter and a digit among the first seven."""
    commit = hashlib.sha256(("commit\0" + "\0".join(map(str, parts))).encode()).hexdigest()[:40]
    # An all-decimal or all-letter prefix is rare but possible, and would not read as a commit.
    return commit[:2] + "c4" + commit[4:]


def stamp(moment: datetime) -> str:
    """Format a time as the API does: RFC 3339, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
