"""The version matrix: services by columns, with its cells, filters and order."""
