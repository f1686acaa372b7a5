"""Builds: an image with its digests; equality, moved tags, running builds, canaries."""
