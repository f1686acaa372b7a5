"""Reading registries in the background, within their limits."""
