"""Data that pages read, shared by all sessions: the only part that uses Streamlit's caches.

A value is computed again when the data, the cache epoch or the minute has moved on. Values are
shared between sessions, so nobody changes them.
"""

from reldash.ui.cached.clusters import (
    clear_cache,
    get_clusters,
    get_discovery,
    keep_fresh,
    renew_views,
    request_refresh,
)
from reldash.ui.cached.dashboards import (
    get_activity,
    get_choices,
    get_inventory,
    get_or_make,
    get_payload,
    get_recent_rollouts,
    get_rules,
    get_summary,
    get_tick,
    get_whole_matrix,
)
from reldash.ui.cached.history import (
    HistoryQuery,
    get_comparison,
    get_history,
    get_images,
    get_past_notices,
    get_services,
)
from reldash.ui.cached.registries import (
    get_facts,
    get_scan_notices,
    get_unreachable_registries,
    has_registries,
    request_dashboard_facts,
    request_findings,
)

__all__ = [
    "HistoryQuery",
    "clear_cache",
    "get_activity",
    "get_choices",
    "get_clusters",
    "get_comparison",
    "get_discovery",
    "get_facts",
    "get_history",
    "get_images",
    "get_inventory",
    "get_or_make",
    "get_past_notices",
    "get_payload",
    "get_recent_rollouts",
    "get_rules",
    "get_scan_notices",
    "get_services",
    "get_summary",
    "get_tick",
    "get_unreachable_registries",
    "get_whole_matrix",
    "has_registries",
    "keep_fresh",
    "renew_views",
    "request_dashboard_facts",
    "request_findings",
    "request_refresh",
]
