"""The release dashboard: which version of every service runs where, and where it drifts."""
