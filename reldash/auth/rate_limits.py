"""How often what may be tried: each rule says how long to pause after the n-th try.

Tries are counted before anything is compared, known and unknown addresses alike.
"""

from dataclasses import dataclass
from datetime import timedelta

_SECOND = 1.0
_MINUTE = 60.0
_HOUR = 3600.0
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A rule for one kind of try.

    Attributes:
        scope: what is counted; a part of each counter's key.
        pauses: seconds that nothing is let through after the first, second ... try; the last
            one holds for all further tries.
        window: after so long without a counted try, counting begins anew.
    """

    scope: str
    pauses: tuple[float, ...]
    window: timedelta


def _growing(free: int, longest: float, first: float = _SECOND) -> tuple[float, ...]:
    """No pause for the first `free` tries, then doubling ones up to the longest."""
    pauses = [0.0] * free
    pause = first
    while pause < longest:
        pauses.append(pause)
        pause *= 2
    return (*pauses, longest)


# One account from everywhere: after 20 wrong passwords only a code from the mail helps, for a day.
PASSWORD_OF_ACCOUNT = RateLimit(
    "password",
    (*_growing(5, 5 * _MINUTE), *[5 * _MINUTE] * 4, _DAY),
    timedelta(days=1),
)
# One client against all accounts. Many people may share an address, so the pauses stay short.
PASSWORD_OF_CLIENT = RateLimit("password client", _growing(20, 5 * _MINUTE), timedelta(minutes=30))
# Mails to one address: never further apart than a code lives, so that whoever keeps asking in
# somebody's name can flood neither the mailbox nor keep its owner without a code that works.
CODE_MAILS = RateLimit(
    "mail", (_MINUTE, _MINUTE, _MINUTE, *_growing(0, 10 * _MINUTE, 2 * _MINUTE)), timedelta(hours=1)
)
CODE_MAILS_OF_CLIENT = RateLimit("mail client", _growing(10, 5 * _MINUTE), timedelta(minutes=30))
# Six digits of one address over all its codes; the long code of the same mail is not counted.
CODE_GUESSES = RateLimit("guess", (*[0.0] * 49, _DAY), timedelta(days=1))
CODE_GUESSES_OF_CLIENT = RateLimit("guess client", _growing(20, 5 * _MINUTE), timedelta(minutes=30))
# The present password, asked of somebody who is signed in.
PRESENT_PASSWORD = RateLimit("present password", _growing(5, 15 * _MINUTE), timedelta(hours=1))
