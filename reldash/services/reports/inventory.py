"""The inventory: every container by cluster and namespace."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fnmatch import fnmatchcase

import pandas as pd

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.fleet.scope import NO_CUSTOMER
from reldash.domain.history.live_images import not_known
from reldash.domain.matrix.filters import Filter
from reldash.domain.tables.csv_text import times
from reldash.domain.workloads.snapshot import Snapshot
from reldash.services.context import Context
from reldash.services.past.past_views import load_snapshot_at
from reldash.services.past.snapshots import charge_to_snapshot
from reldash.services.reports.inventory_rows import InventoryRows

COLUMNS = [
    "cluster",
    "environment",
    "namespace",
    "customer",
    "service",
    "owner",
    "kind",
    "workload",
    "container",
    "role",
    "version",
    "critical",
    "high",
    "ready",
    "wanted",
    "status",
    "since",
    "first pushed",
    "size",
    "scan",
    "image",
    "digests",
    "observed at",
    "as of",
]
OF_REGISTRIES = (
    "critical",
    "high",
    "first pushed",
    "size",
    "scan",
)  # empty without registry access

# Hidden columns for filters: is a sidecar, runs critical findings, all text in lower case.
_SIDECAR, _CRITICAL, _TEXT = "is sidecar", "runs critical", "text"
_NUMBERS = ["ready", "wanted", "size", "critical", "high"]
_TIMES = ["since", "first pushed", "observed at", "as of"]


def load_inventory(context: Context, chosen: Filter, now: datetime) -> pd.DataFrame:
    """Every container of every cluster under a filter, with `COLUMNS`.

    Raises:
        ChoiceError: the filter's moment lies in the future, or before history is kept.
        StoreError: the database cannot be reached.
    """
    return filter_inventory(load_containers(context, now, chosen.as_of), chosen)


def load_containers(context: Context, now: datetime, as_of: datetime | None = None) -> pd.DataFrame:
    """All rows of the inventory, as `filter_inventory` takes them (errors: `load_inventory`)."""
    snapshot = load_snapshot_at(context, as_of, now)
    with charge_to_snapshot(context):
        return whole_inventory(snapshot, context.rules, as_of or now)


def load_not_known(context: Context, chosen: Filter, now: datetime) -> tuple[str, ...]:
    """Why a container that is not listed may exist all the same: clusters of the filter.

    A sentence for each that was never read, not whole, or not lately before the filter's moment
    (errors: `load_inventory`).
    """
    names = [name for name in context.cluster_names if name in (chosen.clusters or (name,))]
    return not_known(
        names,
        load_snapshot_at(context, chosen.as_of, now).statuses,
        now=chosen.as_of or now,
        stale_after=context.rules.collect.stale_after,
    )


def whole_inventory(snapshot: Snapshot, rules: FleetRules, now: datetime) -> pd.DataFrame:
    """One row for each container, by cluster (in the order of the file), namespace and workload.

    Returns:
        `COLUMNS`, and three hidden ones for `filter_inventory`. All are text, except ready,
        wanted, size, critical and high (whole numbers, `<NA>` if unknown, such as wanted of a
        CronJob), and since, first pushed, observed at and as of (aware UTC, `NaT` if unknown).
        version is the one that runs, of most pods; since is when its rollout started; digests are
        the running ones as reported, separated by a space. Registry columns are about the running
        image (`RegistryInfo`): first push, compressed size in bytes, worst scan (a `ScanStatus`, ""
        if unknown). Of what only live pods have, role is a `PodRole`, and since is when its first
        read was.
    """
    positions = {cluster.name: at for at, cluster in enumerate(rules.clusters)}
    rows = InventoryRows(snapshot, rules, now)
    made = [rows.of_container(o) for o in snapshot.observations if o.cluster in positions]
    made += [rows.of_pods(each) for each in snapshot.pod_containers if each.cluster in positions]
    made.sort(key=lambda row: (positions[row.cluster], row.order))
    frame = pd.DataFrame([row.values for row in made], columns=COLUMNS)
    for name in _NUMBERS:
        frame[name] = frame[name].astype("Int64")
    for name in _TIMES:
        frame[name] = times(frame[name].tolist())
    frame[_SIDECAR] = [row.is_sidecar for row in made]
    frame[_CRITICAL] = [row.is_critical for row in made]
    frame[_TEXT] = pd.array([_text_of(row.values) for row in made], dtype="str")
    return frame


def filter_inventory(whole: pd.DataFrame, chosen: Filter) -> pd.DataFrame:
    """The rows that match a filter, with `COLUMNS`.

    Applied are text (words found in any column), environments, clusters, namespaces, customers,
    owners, critical and sidecars; the rest of a filter only applies to a matrix.
    """
    kept = pd.Series(data=True, index=whole.index)
    if not chosen.sidecars:
        kept &= ~whole[_SIDECAR]
    if chosen.critical:
        kept &= whole[_CRITICAL]
    if chosen.namespaces:
        names = [n for n in whole["namespace"].unique() if _matches(n, chosen.namespaces)]
        kept &= whole["namespace"].isin(names)
    for name, values in (
        ("cluster", chosen.clusters),
        ("environment", chosen.environments),
        ("customer", ["" if value == NO_CUSTOMER else value for value in chosen.customers]),
        ("owner", chosen.owners),
    ):
        if values:
            kept &= whole[name].isin(list(values))
    for word in chosen.text.casefold().split():
        kept &= whole[_TEXT].str.contains(word, regex=False)
    return whole.loc[kept, COLUMNS].reset_index(drop=True)


def _matches(namespace: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(namespace, pattern) for pattern in patterns)


def _text_of(row: Sequence[object]) -> str:
    return "\n".join(value for value in row if isinstance(value, str)).casefold()
