"""The fleet as configured: dashboards, environments, clusters, promotion, namespaces, freezes."""
