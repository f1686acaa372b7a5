"""Tokens and one-time codes: how they are made, and what is kept of them."""

import hmac
import secrets
from hashlib import sha256

from reldash.domain.accounts import CodePurpose

CODE_DIGITS = 6
_LONG_CODE_LENGTH = 24  # of 32 letters: 120 bits, which nobody guesses
_LONG_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is mistaken for another
_GROUP = 4


def new_token() -> str:
    """256 random bits, as text that fits into a cookie or URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a token. A plain hash does: there is nothing to guess."""
    return sha256(token.encode(errors="replace")).digest()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def new_long_code() -> str:
    """A code that cannot be guessed, in groups of four letters."""
    letters = "".join(secrets.choice(_LONG_ALPHABET) for _ in range(_LONG_CODE_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def normalize_code(typed: str) -> str:
    """A code as it was typed, without spaces and dashes, in upper case; "" if it is none."""
    if len(typed) > 2 * _LONG_CODE_LENGTH:
        return ""
    bare = "".join(each for each in typed if not each.isspace() and each != "-").upper()
    if is_short(bare):
        return bare
    return bare if len(bare) == _LONG_CODE_LENGTH and set(bare) <= set(_LONG_ALPHABET) else ""


def is_short(bare: str) -> bool:
    """Whether a code is one of six digits."""
    return len(bare) == CODE_DIGITS and bare.isascii() and bare.isdigit()


def code_digest(
    secret_key: bytes, purpose: CodePurpose, email: str, user_id: str | None, code: str
) -> bytes:
    """What is stored of a code: bound to what it proves, by a key that is not in the database."""
    key = hmac.digest(secret_key, b"reldash one-time codes", "sha256")
    bound = "\0".join((purpose.value, email, user_id or "", normalize_code(code)))
    return hmac.digest(key, bound.encode(), "sha256")


def same_digest(one: bytes, other: bytes) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(one, other)
