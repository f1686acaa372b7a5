"""The release dashboard: which version of every service runs where, and where it drifts."""

__version__ = "0.1.0"
