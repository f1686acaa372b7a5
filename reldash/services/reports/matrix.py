"""What pages, routes and commands show: one function a view, all from one snapshot."""

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from reldash.domain.drift.standards import make_standards
from reldash.domain.fleet.choices import FilterError
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filtering import filter_matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.registries.gaps import unreached_words
from reldash.domain.workloads.snapshot import Snapshot
from reldash.services.context import Context
from reldash.services.discovery import list_unknown, report_discovery
from reldash.services.past import moments
from reldash.services.past.snapshots import charged, load_key, load_snapshot
from reldash.services.reports.clusters import ClusterReport, report_clusters
from reldash.services.reports.inventory import filter_inventory, whole_inventory


def matrix(context: Context, dashboard: str, chosen: Filter, now: datetime) -> Matrix:
    """The matrix of a dashboard under a filter: what its page, its export and commands show.

    Raises:
        FilterError: the dashboard, or something that the filter names, does not exist.
        StoreError: the database cannot be reached.
    """
    return filter_matrix(whole_matrix(context, dashboard, chosen, now), chosen)


def whole_matrix(context: Context, dashboard: str, chosen: Filter, now: datetime) -> Matrix:
    """A dashboard's matrix with every row and column (raises as `matrix`).

    Of the filter only what a matrix is built by counts: axis, baseline, scope, sidecars, and the
    moment; without one it is of now.
    """
    if dashboard not in context.rules.dashboards:
        known = ", ".join(context.rules.dashboards)
        raise FilterError("Unknown dashboard", f"{dashboard}: expected one of {known}")
    snapshot = _snapshot(context, chosen.as_of, now)
    with charged(context):
        return build_matrix(
            snapshot,
            context.rules,
            dashboard,
            now=chosen.as_of or now,
            axis=chosen.axis,
            baseline=chosen.baseline,
            scope=chosen.scope,
            sidecars=chosen.sidecars,
        )


def gaps(
    context: Context,
    dashboard: str,
    environments: Collection[str],
    now: datetime,
    as_of: datetime | None = None,
) -> list[str]:
    """Which clusters of a dashboard were never read, or not lately: a sentence each.

    Only those that hold one of the environments, or all where none is named; and, whatever they
    would hold, those that discovery could never look for (raises as `matrix`). With a moment
    those that had not been read by then.
    """
    if as_of is None:
        statuses = context.store.load_statuses(context.cluster_names)
    else:
        statuses = {**moments.load_snapshot_at(context, as_of, now).statuses}
    view = make_standards(context.rules, dashboard, statuses, now=as_of or now)
    found = (
        gap
        for name, held in view.clusters.items()
        if not environments or name in environments
        for gap in view.coverage.gaps(held, environment=name, workloads=())
    )
    return [*dict.fromkeys(found), *list_unknown(report_discovery(context))]


def inventory(context: Context, chosen: Filter, now: datetime) -> pd.DataFrame:
    """Every container of every cluster under a filter; columns: `inventory.COLUMNS`.

    Raises:
        FilterError: the filter's moment has not come yet.
        StoreError: the database cannot be reached.
    """
    return filter_inventory(all_containers(context, now, chosen.as_of), chosen)


def all_containers(context: Context, now: datetime, as_of: datetime | None = None) -> pd.DataFrame:
    """What `inventory` filters (see `inventory.whole_inventory`; raises as `inventory`)."""
    snapshot = _snapshot(context, as_of, now)
    with charged(context):
        return whole_inventory(snapshot, context.rules, as_of or now)


def facts(context: Context) -> RegistryFacts:
    """What registries told of the fleet's images (raises as `inventory`)."""
    return load_snapshot(context).facts


def unreached(context: Context, now: datetime) -> tuple[str, ...]:
    """A sentence for each registry that was not reached lately (raises as `inventory`)."""
    return tuple(unreached_words(load_snapshot(context).facts, now).values())


def notices(context: Context, chosen: Filter, now: datetime) -> tuple[str, ...]:
    """What is to be known of what a filter's moment shows: a sentence each (raises as `inventory`).

    Of now, the registries that were not reached lately; of the past, what of it is not known.
    """
    if chosen.as_of is None:
        return unreached(context, now)
    return moments.describe(context, chosen.as_of, now)


def clusters(context: Context, now: datetime) -> tuple[ClusterReport, ...]:
    """How reading each cluster of the fleet goes, in the order of the file.

    Raises:
        StoreError: the database cannot be reached.
    """
    return report_clusters(context.fleet, context.store.load_statuses(context.cluster_names), now)


def revision(context: Context) -> tuple[int, int]:
    """(data revision, cache epoch): whatever was made under another pair is out of date.

    Raises:
        StoreError: the database cannot be reached.
    """
    return load_key(context)


def _snapshot(context: Context, as_of: datetime | None, now: datetime) -> Snapshot:
    return (
        load_snapshot(context) if as_of is None else moments.load_snapshot_at(context, as_of, now)
    )
