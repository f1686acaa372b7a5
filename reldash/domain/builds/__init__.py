"""Builds: an image with its digests, and whether two of them are the same."""
