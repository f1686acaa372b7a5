"""A dashboard's matrix under a filter, and the clusters missing from it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from reldash.domain.drift.standards import make_standards
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.apply_filter import filter_matrix
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.workloads.observations import WorkloadKind
from reldash.domain.workloads.reads import UNNAMED
from reldash.services.context import Context
from reldash.services.discovery import list_discovery_gaps, report_discovery
from reldash.services.past.past_views import load_snapshot_at
from reldash.services.past.snapshots import charge_to_snapshot

# A workload of each kind, of whatever name.
ANYTHING: Final = tuple((kind, UNNAMED) for kind in WorkloadKind)


def load_matrix(context: Context, dashboard: str, chosen: Filter, now: datetime) -> Matrix:
    """A dashboard's matrix under a filter, as its page, its export and the commands show it.

    Raises:
        ChoiceError: the dashboard, or something that the filter names, does not exist.
        StoreError: the database cannot be reached.
    """
    return filter_matrix(load_whole_matrix(context, dashboard, chosen, now), chosen)


def load_whole_matrix(
    context: Context,
    dashboard: str,
    chosen: Filter,
    now: datetime,
    max_age: timedelta = timedelta(),
) -> Matrix:
    """A dashboard's matrix with every row and column (errors: `load_matrix`).

    Of the filter only the axis, baseline, scope, sidecars and moment count; the current moment is
    used where it names none. Data up to `max_age` old are not stale, if that is longer than the
    fleet's `stale_after`.
    """
    context.rules.dashboard(dashboard)  # raises before anything is loaded
    snapshot = load_snapshot_at(context, chosen.as_of, now)
    with charge_to_snapshot(context):
        return build_matrix(
            snapshot,
            with_max_age(context.rules, max_age),
            dashboard,
            now=chosen.as_of or now,
            axis=chosen.axis,
            baseline=chosen.baseline,
            scope=chosen.scope,
            sidecars=chosen.sidecars,
        )


def with_max_age(rules: FleetRules, max_age: timedelta) -> FleetRules:
    """The fleet's rules with data up to this old not stale; never less than `stale_after`."""
    if max_age <= rules.collect.stale_after:
        return rules
    return replace(rules, collect=replace(rules.collect, stale_after=max_age))


def load_gaps(
    context: Context,
    dashboard: str,
    environments: Collection[str],
    now: datetime,
    as_of: datetime | None = None,
    max_age: timedelta = timedelta(),
) -> list[str]:
    """A sentence for each cluster of a dashboard that was never read, not lately, or in part.

    A kind that could not be listed may hold services that stand in no row of the matrix.
    Only clusters with one of the environments count (all if none is named), and any that discovery
    could not search for. With `as_of`, those not read by then (errors: `load_matrix`).
    """
    if as_of is None:
        statuses = context.store.clusters.load_statuses(context.cluster_names)
    else:
        statuses = {**load_snapshot_at(context, as_of, now).statuses}
    rules = with_max_age(context.rules, max_age)
    standards = make_standards(rules, dashboard, statuses, now=as_of or now)
    found = (
        gap.words
        for name, held in standards.clusters.items()
        if not environments or name in environments
        for gap in standards.coverage.gaps(
            held, environment=name, workloads=ANYTHING, by_choice=False
        )
    )
    return [*dict.fromkeys(found), *list_discovery_gaps(report_discovery(context))]
