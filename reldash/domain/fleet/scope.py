"""The part of a dashboard that is looked at: which places form cells."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TypeAlias

NO_CUSTOMER = "-"

ColumnKeyOf: TypeAlias = Callable[[str, str, str, str | None], str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which places form cells; an empty tuple asks for all.

    Attributes:
        namespaces: names, or patterns with `*` and `?`.
        customers: names; "-" for the places of no customer.
    """

    clusters: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()

    def includes(self, cluster: str, namespace: str, customer: str | None) -> bool:
        """Whether a place is in view."""
        return (
            (not self.clusters or cluster in self.clusters)
            and (not self.customers or (customer or NO_CUSTOMER) in self.customers)
            and (not self.namespaces or _matches_any(namespace, self.namespaces))
        )


@lru_cache(maxsize=2**12)
def _matches_any(namespace: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(namespace, pattern) for pattern in patterns)
