"""Drift over time: what the overview counts, kept from hour to hour."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from reldash.domain.drift_counts import DriftCount
from reldash.services.context import Context
from reldash.services.overview import BoardSummary

SHOWN = timedelta(days=90)


def save_counts(context: Context, summaries: Iterable[BoardSummary], now: datetime) -> None:
    """Keep what dashboards come to in the present hour; nothing of those without services.

    Several processes may do so at once: they count the same.

    Raises:
        StoreError: the database cannot be reached.
    """
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    context.store.drift_counts.save(
        DriftCount(summary.dashboard, environment, hour, drifting, states)
        for summary in summaries
        if summary.services
        for environment, (drifting, states) in summary.environments.items()
    )


def load_counts(context: Context, dashboard: str, now: datetime) -> list[DriftCount]:
    """What was kept of a dashboard in the last `SHOWN`, the oldest first.

    Raises:
        StoreError: the database cannot be reached.
    """
    return context.store.drift_counts.load(dashboard, now - SHOWN)
