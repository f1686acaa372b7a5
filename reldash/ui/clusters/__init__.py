"""The page *clusters*: how current each cluster's data is, and how to fix what fails."""
