"""Reading clusters in the background: the collector, its jobs and leases, retention."""
