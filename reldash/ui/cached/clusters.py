"""Cluster status as of now, never cached, and requests for newer data."""

from collections.abc import Sequence

from reldash.services import refresh
from reldash.services.context import get_context
from reldash.services.discovery import DiscoveryReport, report_discovery
from reldash.services.reports.clusters import ClusterReport, load_cluster_reports


def get_clusters() -> tuple[ClusterReport, ...]:
    """The status of each cluster. Not cached: it shows whether cached data is current."""
    context = get_context()
    return load_cluster_reports(context, context.now())


def get_discovery() -> DiscoveryReport | None:
    """The status of cluster discovery; None where the fleet has no discovery rules."""
    return report_discovery(get_context())


def request_refresh(names: Sequence[str]) -> None:
    """Ask the running collector to read these clusters soon; returns at once."""
    refresh.request_refresh(get_context(), names)


def keep_fresh() -> None:
    """Where no collector runs anywhere, start reading clusters that are due; returns at once."""
    refresh.keep_fresh(get_context())


def renew_views() -> None:
    """Recompute this process's views: read times move even where no data has changed."""
    get_context().views.renew()


def clear_cache() -> None:
    """Recompute all views of all processes."""
    refresh.clear_cache(get_context())
