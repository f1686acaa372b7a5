"""Links out of a cell: registry, commit, delivery tool, logs."""
