"""Rollouts: the intervals in which a container ran an image."""
