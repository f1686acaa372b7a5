"""Passwords: one scheme everywhere, and which passwords are let in.

Argon2id (RFC 9106) and no bcrypt: it takes a password of any length, where bcrypt stops at 72
bytes, and costs an attacker memory. Parameters are the first choice of OWASP's Password Storage
Cheat Sheet; a hash made with others is renewed at the next sign-in.
"""

import threading
import unicodedata
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from reldash.auth.rules import AccountError
from reldash.auth.secrets import new_token

SHORTEST, LONGEST = 10, 128  # characters, once composed
_DISTINCT = 4  # fewer different characters than this are no password, however many
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # 19 MiB
# What bounds memory and processor where many sign in, or pretend to, at once.
_AT_ONCE = threading.BoundedSemaphore(4)
_SERVICE_WORDS = ("reldash", "release", "dashboard", "password", "passwort", "kubernetes")
_ENDS = "0123456789!?.,;:*#$%&@+-_=~^/ "
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)


def check_new_password(password: str, *, email: str = "", name: str = "") -> None:
    """Refuse a password that is too short, too long, or among the first that are guessed.

    Args:
        password: as it was typed.
        email: of its owner (`Email.key`), which must not be the password.
        name: of its owner, likewise.

    Raises:
        AccountError: what is wrong with it, in one line; never repeats it.
    """
    if len(password) > 8 * LONGEST:  # not worth composing
        raise AccountError("Password too long", f"at most {LONGEST} characters")
    try:
        composed = _composed(password)
    except UnicodeEncodeError:
        raise AccountError("Password not usable", "it holds half a character") from None
    if len(composed) < SHORTEST:
        raise AccountError("Password too short", f"at least {SHORTEST} characters")
    if len(composed) > LONGEST:
        raise AccountError("Password too long", f"at most {LONGEST} characters")
    if _is_easy(composed.casefold(), email.casefold(), name.casefold()):
        raise AccountError(
            "Password too common",
            "it is among the first that are tried: a few words that do not belong together are "
            "better",
        )


def hash_password(password: str) -> str:
    """What is stored of a password that `check_new_password` let in."""
    with _AT_ONCE:
        return HASHER.hash(_composed(password))


def verify_password(password: str, stored: str | None) -> bool:
    """Whether it is the password; the same work whether there is one (`stored`) or not."""
    try:
        composed = _composed(password) if len(password) <= 8 * LONGEST else ""
    except UnicodeEncodeError:
        composed = ""
    with _AT_ONCE:
        nobodys = _dummy_hash(HASHER)  # made the first time, whoever it is that signs in
        try:
            matches = HASHER.verify(stored or nobodys, composed)
        except (VerificationError, InvalidHashError):
            return False
    return matches and bool(stored) and composed != ""


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return HASHER.check_needs_rehash(stored)


@cache
def _dummy_hash(hasher: PasswordHasher) -> str:
    """A hash that nobody's password has: it is compared where there is none."""
    return hasher.hash(new_token())


def _composed(password: str) -> str:
    """One form for what may be typed in several (é): NFC. Nothing is cut or stripped.

    Raises:
        UnicodeEncodeError: half of a surrogate pair.
    """
    composed = unicodedata.normalize("NFC", password)
    composed.encode()
    return composed


def _is_easy(password: str, email: str, name: str) -> bool:
    """Whether it is a common password, a run of keys, or its owner's, with or without a tail."""
    if len(set(password)) < _DISTINCT:
        return True
    bare = password.strip(_ENDS)
    own = {email, email.partition("@")[0], name, name.replace(" ", ""), ""}
    own.update(_SERVICE_WORDS)
    return (
        password in _common()
        or bare in own
        or bare in _common()
        or _is_run(bare)
        or _is_run(password)
    )


def _is_run(password: str) -> bool:
    """Whether neighbours on the keyboard or in the alphabet follow each other, either way."""
    return any(password in row * 2 or password in (row * 2)[::-1] for row in _RUNS)


@cache
def _common() -> frozenset[str]:
    text = resources.files("reldash.auth").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("# "))
