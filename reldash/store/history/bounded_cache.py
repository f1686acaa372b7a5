"""In-process cache of immutable rows: containers, builds and descriptions.

Their ids are computed from their content, so that an id always means the same, in any database.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class BoundedCache(Generic[_Value]):
    """Values by id, bounded in number; emptied when the limit would be exceeded.

    Safe for threads: at worst, two load the same rows.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: dict[bytes, _Value] = {}

    def get_all(
        self, ids: Sequence[bytes], load: Callable[[list[bytes]], Mapping[bytes, _Value]]
    ) -> list[_Value]:
        """The value of each of these ids; `load` is called for those not cached.

        Raises:
            KeyError: `load` did not find one of them.
        """
        try:
            return [*map(self._known.__getitem__, ids)]
        except KeyError:
            pass  # some must be loaded, outside of this block: errors of that have another cause
        return [*map(self._load(ids, load).__getitem__, ids)]

    def _load(
        self, ids: Sequence[bytes], load: Callable[[list[bytes]], Mapping[bytes, _Value]]
    ) -> Mapping[bytes, _Value]:
        """Load missing values; returns a mapping with those of all `ids`, among others."""
        known = self._known
        loaded = load(list(set(ids).difference(known)))
        if len(known) + len(loaded) <= self._limit:
            known.update(loaded)
            return known
        self._known = dict(loaded) if len(loaded) <= self._limit else {}
        return {**known, **loaded}
