"""Faults of a simulated API, switched on and off while it runs."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(slots=True)
class Faults:
    """The faults of one cluster. Plain switches: set them from any thread.

    Attributes:
        refused: reject every token with 401, as if expired.
        hanging: accept requests and never respond.
        throttle: respond to this many further requests with 429 and Retry-After.
        throttle_every: throttle every n-th request; 0 for none.
        expire_tokens: reject the continue tokens given so far with 410 once; then reset to False.
        delay: wait this long before every response.
        requests: requests counted so far.
    """

    refused: bool = False
    hanging: bool = False
    throttle: int = 0
    throttle_every: int = 0
    expire_tokens: bool = False
    delay: timedelta = timedelta(0)
    requests: int = 0

    def is_throttled(self) -> bool:
        """Count a request; True if it is to be throttled."""
        self.requests += 1
        if self.throttle > 0:
            self.throttle -= 1
            return True
        return self.throttle_every > 0 and self.requests % self.throttle_every == 0
