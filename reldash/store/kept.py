"""Values of rows that never change, kept by the process: what is known need not be loaded again.

The ids of containers, builds and descriptions are computed from their content, so that an id means
the same for ever, in any database.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Kept(Generic[_Value]):
    """Values by id, at most so many; all are forgotten when there would be more.

    Threads may use it at once: at worst, two load the same.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[str, _Value] = {}

    def of(
        self, ids: Iterable[str], load: Callable[[list[str]], Mapping[str, _Value]]
    ) -> Mapping[str, _Value]:
        """The values of these ids, among others; `load` is asked for those not known.

        What it does not find is not among them.
        """
        known = self._known
        missing = list(set(ids).difference(known))
        if not missing:
            return known
        loaded = load(missing)
        if len(known) + len(loaded) <= self._most:
            known.update(loaded)
            return known
        self._known = dict(loaded) if len(loaded) <= self._most else {}
        return {**known, **loaded}
