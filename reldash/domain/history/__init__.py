"""History: changes, promotions, lead times, timelines, and snapshots of past moments."""
