"""The page *compare*: two environments, clusters or moments side by side."""
