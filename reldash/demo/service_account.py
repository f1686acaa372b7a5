"""Service accounts of simulated clusters: bearer tokens and the few RBAC rules a demo needs."""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class ServiceAccount:
    """The service account that the dashboard uses at one cluster.

    Attributes:
        user: its user name in error messages.
        token: the valid token.
        sent: the token given to the dashboard, if not the valid one.
        check: validates tokens that the dashboard creates itself (EKS); may block.
        namespaces: None allows listing cluster-wide; else only these, one by one.
        denied: resources that it may not list anywhere.
        lasts: seconds from the token's first use until it expires; None for never.
    """

    user: str
    token: str
    sent: str = ""
    namespaces: tuple[str, ...] | None = None
    denied: frozenset[str] = frozenset()
    lasts: float | None = None
    check: Callable[[str], bool] | None = None
    _first_used: float | None = field(default=None, repr=False)

    def is_signed_in(self, authorization: str | None) -> bool:
        """Whether the `Authorization` header holds a valid token that has not expired."""
        given = (authorization or "").removeprefix("Bearer ")
        if not self._is_right(given):
            return False
        if self.lasts is None:
            return True
        now = time.monotonic()
        if self._first_used is None:
            self._first_used = now
        return now - self._first_used < self.lasts

    def _is_right(self, given: str) -> bool:
        if self.check is not None:
            return self.check(given)
        return hmac.compare_digest(given.encode(), self.token.encode())

    def may_list(self, resource: str, namespace: str | None) -> bool:
        """Whether RBAC allows the list; namespaces may be listed only with cluster-wide access."""
        if resource in self.denied:
            return False
        return self.namespaces is None or (namespace is not None and namespace in self.namespaces)
