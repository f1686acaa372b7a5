"""Use cases of pages, routes and commands."""
