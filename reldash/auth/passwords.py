"""Password hashing and password rules.

Argon2id (RFC 9106) rather than bcrypt: it takes passwords of any length, where bcrypt stops at 72
bytes, and costs an attacker memory. Parameters are the first choice of OWASP's Password Storage
Cheat Sheet; a hash made with other parameters is renewed at the next sign-in.
"""

import threading
import unicodedata
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from reldash.auth.outcomes import AccountError
from reldash.auth.secrets import new_token

SHORTEST, LONGEST = 10, 128  # characters, once composed
_DISTINCT = 4  # minimum number of different characters
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # 19 MiB
# Bounds memory and CPU use during many concurrent sign-ins, or an attack.
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
    """Raise AccountError for a password that is too short, too long, or easy to guess.

    Args:
        password: as typed.
        email: the owner's (`Email.key`); must not be the password.
        name: the owner's, likewise.

    Raises:
        AccountError: what is wrong, in one line; never repeats the password.
    """
    if len(password) > 8 * LONGEST:  # not worth composing
        raise AccountError("Password too long", f"at most {LONGEST} characters")
    try:
        composed = _composed(password)
    except UnicodeEncodeError:
        raise AccountError("Password not usable", "it contains an incomplete character") from None
    if len(composed) < SHORTEST:
        raise AccountError("Password too short", f"at least {SHORTEST} characters")
    if len(composed) > LONGEST:
        raise AccountError("Password too long", f"at most {LONGEST} characters")
    if _is_easy(composed.casefold(), email.casefold(), name.casefold()):
        raise AccountError(
            "Password too common",
            "attackers try it early: a few unrelated words are better",
        )


def hash_password(password: str) -> str:
    """Hash a password that `check_new_password` accepted."""
    with _AT_ONCE:
        return HASHER.hash(_composed(password))


def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password matches `stored`; takes as long where there is none to compare."""
    try:
        composed = _composed(password) if len(password) <= 8 * LONGEST else ""
    except UnicodeEncodeError:
        composed = ""
    with _AT_ONCE:
        dummy = _dummy_hash(HASHER)  # cached; created at the first sign-in, known user or not
        try:
            matches = HASHER.verify(stored or dummy, composed)
        except (VerificationError, InvalidHashError):
            return False
    return matches and bool(stored) and composed != ""


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than the current ones."""
    return HASHER.check_needs_rehash(stored)


@cache
def _dummy_hash(hasher: PasswordHasher) -> str:
    """Return a hash that no password matches, to compare with where there is no account."""
    return hasher.hash(new_token())


def _composed(password: str) -> str:
    """Normalize to NFC, since é can be typed in two ways. Nothing is cut or stripped.

    Raises:
        UnicodeEncodeError: half of a surrogate pair.
    """
    composed = unicodedata.normalize("NFC", password)
    composed.encode()
    return composed


def _is_easy(password: str, email: str, name: str) -> bool:
    """Whether it is common, a run of keys, or the owner's name, with or without digits around."""
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
    """Whether it is a run of keyboard or alphabet neighbours, in either direction."""
    return any(password in row * 2 or password in (row * 2)[::-1] for row in _RUNS)


@cache
def _common() -> frozenset[str]:
    text = resources.files("reldash.auth").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("# "))
