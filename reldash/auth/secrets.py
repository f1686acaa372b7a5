"""Random tokens and one-time codes, and the digests that are stored of them."""

import hmac
import secrets
from hashlib import sha256

from reldash.domain.accounts import CodePurpose

CODE_DIGITS = 6
_LONG_CODE_LENGTH = 24  # of 32 letters: 120 bits, which cannot be guessed
_LONG_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no look-alikes (I and 1, O and 0)
_GROUP = 4


def new_token() -> str:
    """Return 256 random bits, as text that fits into a cookie or URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return the stored hash of a token. Unsalted SHA-256 is enough: tokens cannot be guessed."""
    return sha256(token.encode(errors="replace")).digest()


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def new_long_code() -> str:
    """Return a code too long to guess, in groups of four letters."""
    letters = "".join(secrets.choice(_LONG_ALPHABET) for _ in range(_LONG_CODE_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def normalize_code(typed: str) -> str:
    """Return a typed code in upper case without spaces and dashes; "" if it is not a code."""
    if len(typed) > 2 * _LONG_CODE_LENGTH:
        return ""
    bare = "".join(each for each in typed if not each.isspace() and each != "-").upper()
    if is_short(bare):
        return bare
    return bare if len(bare) == _LONG_CODE_LENGTH and set(bare) <= set(_LONG_ALPHABET) else ""


def is_short(bare: str) -> bool:
    """Whether a normalized code has six digits."""
    return len(bare) == CODE_DIGITS and bare.isascii() and bare.isdigit()


def code_digest(
    secret_key: bytes, purpose: CodePurpose, email: str, user_id: str | None, code: str
) -> bytes:
    """Return the stored digest of a code, bound to purpose, address and user.

    Keyed with the secret key, which is not in the database: six digits alone are easy to guess
    from a plain hash.
    """
    key = hmac.digest(secret_key, b"reldash one-time codes", "sha256")
    bound = "\0".join((purpose.value, email, user_id or "", normalize_code(code)))
    return hmac.digest(key, bound.encode(), "sha256")


def same_digest(one: bytes, other: bytes) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(one, other)
