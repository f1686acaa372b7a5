"""The flag `stale`: a place that was last read too long ago to know what it runs now."""

from datetime import datetime, timedelta


def is_stale(observed_at: datetime, *, now: datetime, stale_after: timedelta) -> bool:
    """Whether an observation is too old to rely on (times are aware).

    One equally far in the future is stale too: the clocks differ, so its age is not known.
    """
    return abs(now - observed_at) > stale_after
