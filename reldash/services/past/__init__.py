"""Snapshots of the fleet, now and at past moments, and the history of dashboards."""
