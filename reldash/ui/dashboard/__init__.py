"""The dashboard page: version matrix and details of a cell."""
