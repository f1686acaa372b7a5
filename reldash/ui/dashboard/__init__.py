"""The page of a dashboard: the version matrix and the details of a cell."""
