"""Reads of clusters: observations of containers, rollouts, statuses, and the snapshot of all."""
