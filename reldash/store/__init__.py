"""Postgres: current observations, rollouts, cluster status, leases. The only place with SQL."""

from reldash.store.leases import Lease, LeaseLostError
from reldash.store.store import Store

__all__ = ["Lease", "LeaseLostError", "Store"]
