"""Values of rows that never change, kept by the process: what is known need not be loaded again.

The ids of containers, builds and descriptions are computed from their content, so that an id means
the same for ever, in any database.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class BoundedCache(Generic[_Value]):
    """Values by id, at most so many; all are forgotten when there would be more.

    Threads may use it at once: at worst, two load the same.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[bytes, _Value] = {}

    def get_all(
        self, ids: Sequence[bytes], load: Callable[[list[bytes]], Mapping[bytes, _Value]]
    ) -> list[_Value]:
        """The value of each of these ids; `load` is asked for those not known.

        Raises:
            KeyError: it did not find one of them.
        """
        try:
            return [*map(self._known.__getitem__, ids)]
        except KeyError:
            pass  # some are to be loaded; faults of that are not this one's
        return [*map(self._knowing(ids, load).__getitem__, ids)]

    def _knowing(
        self, ids: Sequence[bytes], load: Callable[[list[bytes]], Mapping[bytes, _Value]]
    ) -> Mapping[bytes, _Value]:
        """The values of these ids, among others."""
        known = self._known
        loaded = load(list(set(ids).difference(known)))
        if len(known) + len(loaded) <= self._most:
            known.update(loaded)
            return known
        self._known = dict(loaded) if len(loaded) <= self._most else {}
        return {**known, **loaded}
