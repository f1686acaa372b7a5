"""What goes wrong at a cluster's API, switched on and off while it runs."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(slots=True)
class Faults:
    """The faults of one cluster. Plain switches: set them from any thread.

    Attributes:
        refused: every token is answered 401, as one that has expired.
        hanging: requests are read and never answered.
        throttle: so many of the next requests are answered 429 with Retry-After.
        throttle_every: every n-th request is answered so; 0 for none.
        expire_tokens: continue tokens given so far are answered 410 once, then this is cleared.
        delay: every answer waits as long.
    """

    refused: bool = False
    hanging: bool = False
    throttle: int = 0
    throttle_every: int = 0
    expire_tokens: bool = False
    delay: timedelta = timedelta(0)
    requests: int = 0

    def is_throttled(self) -> bool:
        """Count a request; True where this one is to be answered 429."""
        self.requests += 1
        if self.throttle > 0:
            self.throttle -= 1
            return True
        return self.throttle_every > 0 and self.requests % self.throttle_every == 0
