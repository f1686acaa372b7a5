"""Postgres: current observations, rollouts, cluster status, leases. The only place with SQL."""
