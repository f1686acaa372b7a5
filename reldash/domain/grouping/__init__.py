"""Grouping containers into rows: service names, primary containers, split names."""
