"""Two sides compared service by service: environments, clusters or moments."""
