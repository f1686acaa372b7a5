"""Comparison of two sides (environments, clusters, customers, moments), service by service."""
