"""History in Postgres: rollouts, the builds and descriptions they refer to, coverage, retention."""
