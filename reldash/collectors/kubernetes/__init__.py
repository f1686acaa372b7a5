"""One read of a Kubernetes cluster: connection, lists, pod counts, observations, revisions."""
