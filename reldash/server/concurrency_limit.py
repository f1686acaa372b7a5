"""A bound on what happens at the same time, in all and for one user or address."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class ConcurrencyLimit:
    """Counts what is going on in one server process: open websockets, exports being made.

    Used on the event loop only, so that it needs no lock.

    Attributes:
        most_of_one: how many one owner may have at a time.
        most: how many there may be in all.
    """

    most_of_one: int
    most: int
    _running: Counter[str] = field(default_factory=Counter)

    def take(self, owner: str) -> bool:
        """Count one more of an owner; False if it must be refused, and nothing is counted."""
        if self._running.total() >= self.most or self._running[owner] >= self.most_of_one:
            return False
        self._running[owner] += 1
        return True

    def give_back(self, owner: str) -> None:
        """Count one less, once what was taken has ended."""
        self._running[owner] -= 1
        if self._running[owner] <= 0:
            del self._running[owner]
