"""Postgres: the only place with SQL. `Store` has one part for each subject."""

from reldash.store.leases import Lease, LeaseLostError
from reldash.store.store import Store

__all__ = ["Lease", "LeaseLostError", "Store"]
