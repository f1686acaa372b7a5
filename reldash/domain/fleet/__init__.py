"""The fleet as configured: dashboards, environments, clusters, promotion, budgets, freezes."""
