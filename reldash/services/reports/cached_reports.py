"""Reports cached for all pages, and their computation before the first request."""

import logging
import threading
from datetime import datetime

import pandas as pd

from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filters import Filter
from reldash.errors import ReldashError
from reldash.services.context import Context
from reldash.services.past.past_views import get_past_view
from reldash.services.past.snapshots import charge_to_snapshot, load_key
from reldash.services.reports.drift_counts import save_counts
from reldash.services.reports.inventory import load_containers
from reldash.services.reports.matrix import load_whole_matrix
from reldash.services.reports.overview import Choices, DashboardSummary, list_choices, summarise
from reldash.services.reports.recent_changes import RecentChanges, load_recent_changes
from reldash.services.view_cache import Tick

log = logging.getLogger(__name__)

UNREAD_SECONDS = 2.0  # between attempts while nothing has been read yet
IDLE_SECONDS = 240.0  # afterwards; open pages keep their views current by themselves


def get_tick(context: Context) -> Tick:
    """The current tick of pages (StoreError: the database cannot be reached)."""
    return context.views.tick(load_key(context), context.now())


def get_matrix(context: Context, dashboard: str, chosen: Filter, tick: Tick) -> Matrix:
    """A dashboard's matrix with every row and column (errors: `load_whole_matrix`)."""
    scope = Filter(
        clusters=chosen.clusters,
        namespaces=chosen.namespaces,
        customers=chosen.customers,
        sidecars=chosen.sidecars,
        axis=chosen.axis,
        baseline=chosen.baseline,
        as_of=chosen.as_of,
    )
    if scope.as_of is not None:
        return get_past_view(
            context,
            ("matrix", dashboard, tuple(scope.to_query())),
            scope.as_of,
            lambda: load_whole_matrix(context, dashboard, scope, context.now()),
            tick[:2],
        )
    return context.views.get(
        ("matrix", dashboard, tuple(scope.to_query())),
        lambda _: load_whole_matrix(context, dashboard, scope, context.now()),
        tick,
    )


def get_choices(context: Context, dashboard: str, tick: Tick) -> Choices:
    """The choices for a dashboard's filters."""
    return context.views.get(
        ("choices", dashboard),
        lambda tick: list_choices(get_matrix(context, dashboard, Filter(), tick)),
        tick,
    )


def get_summary(context: Context, dashboard: str, tick: Tick) -> DashboardSummary:
    """The summary of a dashboard."""
    return context.views.get(
        ("summary", dashboard),
        lambda tick: summarise(get_matrix(context, dashboard, Filter(), tick)),
        tick,
    )


def get_recent_changes(context: Context, tick: Tick) -> RecentChanges:
    """Recent changes on all dashboards (see `load_recent_changes`)."""

    def make(tick: Tick) -> RecentChanges:
        rules = context.rules
        matrices = [get_matrix(context, key, Filter(), tick) for key in rules.dashboards]
        with charge_to_snapshot(context):
            return load_recent_changes(context, matrices, context.now())

    return context.views.get("activity", make, tick)


def get_containers(context: Context, tick: Tick, as_of: datetime | None = None) -> pd.DataFrame:
    """Every container of every cluster, now or at a past moment (see `load_containers`)."""
    if as_of is not None:
        return get_past_view(
            context,
            "containers",
            as_of,
            lambda: load_containers(context, context.now(), as_of),
            tick[:2],
        )
    return context.views.get("containers", lambda _: load_containers(context, context.now()), tick)


class ViewWarmer:
    """Computes the dashboards' views in the background, so that the first page is fast too."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="views", daemon=True)

    def start(self) -> None:
        """Start computing, until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; a running computation is not waited for."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(IDLE_SECONDS if self.compute() else UNREAD_SECONDS):
            pass

    def compute(self) -> bool:
        """Compute all views; returns whether there is anything to show."""
        context = self._context
        try:
            tick = get_tick(context)
            found = [get_summary(context, key, tick) for key in context.rules.dashboards]
            for key in context.rules.dashboards:
                get_choices(context, key, tick)
            get_recent_changes(context, tick)
            save_counts(context, found, context.now())
        except ReldashError as error:
            log.warning("views not computed: %s", error)
            return False
        return any(summary.services for summary in found)
