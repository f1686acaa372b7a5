"""Gaps: the parts of clusters that a cell depends on and that were not read, or not lately."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple


class Gap(NamedTuple):
    """A part of a cluster that was not read, or not lately.

    Attributes:
        cluster: its name.
        words: a sentence on what is missing, with the age of what is known: it changes with time.
        read_at: when it was last read, if that is too long ago (aware UTC); None if it was never
            read.
        is_whole: whether the whole cluster was never read; False if a part of it was not.
        name: the short name of the cluster, for text with little room; "" if it has none.
    """

    cluster: str
    words: str
    read_at: datetime | None = None
    is_whole: bool = False
    name: str = ""

    @property
    def short(self) -> str:
        """A gap that is not stale in a few words."""
        return "never read" if self.is_whole else "not fully read"

    @property
    def is_stale(self) -> bool:
        """Whether it was read, but too long ago."""
        return self.read_at is not None


def with_names(gaps: Iterable[Gap], names: Mapping[str, str]) -> tuple[Gap, ...]:
    """Gaps with the short names of their clusters."""
    return tuple(gap._replace(name=names.get(gap.cluster, gap.cluster)) for gap in gaps)


def distinct(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """One gap for each cluster and sentence, in order; of equals, the one read longest ago."""
    found: dict[tuple[str, str], Gap] = {}
    for gap in gaps:
        key = gap.cluster, gap.words
        known = found.get(key)
        if known is None or (gap.read_at and known.read_at and gap.read_at < known.read_at):
            found[key] = gap
    return tuple(found.values())
