"""What one read of a cluster brings: observations of containers and workloads."""
