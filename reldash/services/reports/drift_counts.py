"""Drift over time: what the overview counts, kept from hour to hour."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from reldash.domain.drift.counts import DriftCount
from reldash.domain.fleet.rules import FleetRules
from reldash.services.context import Context
from reldash.services.reports.overview import DashboardSummary

SHOWN = timedelta(days=90)


def save_counts(context: Context, summaries: Iterable[DashboardSummary], now: datetime) -> None:
    """Keep what dashboards come to in the present hour.

    Nothing is kept of those without services, nor while clusters wait for their first read, nor of
    environments that were read too long ago: what was not looked at is no drift, and would be drawn
    as a time without any.
    Several processes may do so at once: they count the same.

    Raises:
        StoreError: the database cannot be reached.
    """
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    context.store.drift_counts.save(
        DriftCount(summary.dashboard, environment, hour, drifting, states)
        for summary in summaries
        if summary.services and not _awaits_reads(context.rules, summary)
        for environment, (drifting, states) in summary.environments.items()
        if environment not in summary.stale
    )


def _awaits_reads(rules: FleetRules, summary: DashboardSummary) -> bool:
    """Whether an environment that has clusters waits for a first read of any."""
    held = {
        environment
        for cluster in rules.clusters
        if summary.dashboard in cluster.dashboards
        for environment in cluster.environments
    }
    return not held.isdisjoint(summary.unread)


def load_counts(context: Context, dashboard: str, now: datetime) -> list[DriftCount]:
    """What was kept of a dashboard in the last `SHOWN`, the oldest first.

    Raises:
        StoreError: the database cannot be reached.
    """
    return context.store.drift_counts.load(dashboard, now - SHOWN)
