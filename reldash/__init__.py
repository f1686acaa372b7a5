"""The release dashboard: which version of every service runs where, since when, and where it drifts."""
