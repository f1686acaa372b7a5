"""Which containers make up a service, its name, and its primary container."""
