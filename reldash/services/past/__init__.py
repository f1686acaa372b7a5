"""Snapshots of the fleet as of a past moment."""
