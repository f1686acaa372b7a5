"""The sentences of reasons: for states, flags, findings, and for unread clusters and registries."""
