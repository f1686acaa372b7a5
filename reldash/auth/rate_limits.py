"""Rate limits: how long to pause after the n-th attempt.

Attempts are counted before anything is compared, for known and unknown addresses alike.
"""

from dataclasses import dataclass
from datetime import timedelta

_SECOND = 1.0
_MINUTE = 60.0
_HOUR = 3600.0
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The rule for one kind of attempt.

    Attributes:
        scope: what is counted; part of each counter's key in the database.
        pauses: seconds to block after the first, second ... attempt; the last value applies to
            all further attempts.
        window: the counter resets after this long without a counted attempt.
    """

    scope: str
    pauses: tuple[float, ...]
    window: timedelta


def _growing(free: int, longest: float, first: float = _SECOND) -> tuple[float, ...]:
    """No pause for the first `free` attempts, then pauses that double up to `longest` seconds."""
    pauses = [0.0] * free
    pause = first
    while pause < longest:
        pauses.append(pause)
        pause *= 2
    return (*pauses, longest)


# One account, from all clients: 20 wrong passwords lock the password for a day; codes still work.
PASSWORD_OF_ACCOUNT = RateLimit(
    "password",
    (*_growing(5, 5 * _MINUTE), *[5 * _MINUTE] * 4, _DAY),
    timedelta(days=1),
)
# One client against all accounts. Many people may share an address, so the pauses stay short.
PASSWORD_OF_CLIENT = RateLimit("password client", _growing(20, 5 * _MINUTE), timedelta(minutes=30))
# Emails to one address. The longest pause is a code's lifetime: requests in somebody else's name
# can neither flood a mailbox nor leave its owner without a valid code.
CODE_MAILS = RateLimit(
    "mail", (_MINUTE, _MINUTE, _MINUTE, *_growing(0, 10 * _MINUTE, 2 * _MINUTE)), timedelta(hours=1)
)
CODE_MAILS_OF_CLIENT = RateLimit("mail client", _growing(10, 5 * _MINUTE), timedelta(minutes=30))
# Six-digit codes of one address, over all its emails; the long code of an email is not counted.
CODE_GUESSES = RateLimit("guess", (*[0.0] * 49, _DAY), timedelta(days=1))
CODE_GUESSES_OF_CLIENT = RateLimit("guess client", _growing(20, 5 * _MINUTE), timedelta(minutes=30))
# The current password, asked again of a signed-in user.
CURRENT_PASSWORD = RateLimit("present password", _growing(5, 15 * _MINUTE), timedelta(hours=1))
