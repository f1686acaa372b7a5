"""Registry data in Postgres: images, tags, scans, and the outcome of each registry read."""
