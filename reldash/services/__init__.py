"""Use cases: what pages, routes and commands ask for."""
