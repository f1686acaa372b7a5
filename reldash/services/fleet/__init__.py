"""The current fleet: the fleet file plus discovered clusters."""
