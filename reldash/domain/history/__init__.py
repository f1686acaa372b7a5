"""What changed: rollouts over time, promotions, lead times, as of a moment."""
