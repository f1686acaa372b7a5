"""The scope of a matrix: the places that form cells."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TypeAlias

NO_CUSTOMER = "-"

ColumnKeyOf: TypeAlias = Callable[[str, str, str, str | None], str]
"""The key of a place's column, from its cluster, environment, namespace and customer."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The places that form cells; an empty tuple means all.

    Attributes:
        namespaces: names, or patterns with `*` and `?`.
        customers: names; "-" for places without a customer.
    """

    clusters: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()

    def includes(self, cluster: str, namespace: str, customer: str | None) -> bool:
        """Whether a place is in the scope."""
        return (
            (not self.clusters or cluster in self.clusters)
            and (not self.customers or (customer or NO_CUSTOMER) in self.customers)
            and (not self.namespaces or _matches_any(namespace, self.namespaces))
        )


@lru_cache(maxsize=2**12)
def _matches_any(namespace: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(namespace, pattern) for pattern in patterns)
