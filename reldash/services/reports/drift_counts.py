"""Drift over time: the overview's counts, saved every hour."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from reldash.domain.drift.counts import DriftCount
from reldash.domain.fleet.rules import FleetRules
from reldash.services.context import Context
from reldash.services.reports.overview import DashboardSummary

SHOWN = timedelta(days=90)


def save_counts(context: Context, summaries: Iterable[DashboardSummary], now: datetime) -> None:
    """Save the drift counts of dashboards for the current hour.

    Not saved: dashboards without services or with clusters waiting for their first read. Missing
    data would be drawn as a time without drift. Those of stale environments are counts of at least
    so many: what drifted at the last read counts, all else is unknown.
    Several processes may save at once: their counts are equal.

    Raises:
        StoreError: the database cannot be reached.
    """
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    context.store.drift_counts.save(
        DriftCount(summary.dashboard, environment, hour, drifting, states)
        for summary in summaries
        if summary.services and not _awaits_reads(context.rules, summary)
        for environment, (drifting, states) in summary.environments.items()
    )


def _awaits_reads(rules: FleetRules, summary: DashboardSummary) -> bool:
    """Whether a cluster of any environment still waits for its first read."""
    held = {
        environment
        for cluster in rules.clusters
        if summary.dashboard in cluster.dashboards
        for environment in cluster.environments
    }
    return not held.isdisjoint(summary.unread)


def load_counts(context: Context, dashboard: str, now: datetime) -> list[DriftCount]:
    """The saved counts of a dashboard in the last `SHOWN`, oldest first.

    Raises:
        StoreError: the database cannot be reached.
    """
    return context.store.drift_counts.load(dashboard, now - SHOWN)
