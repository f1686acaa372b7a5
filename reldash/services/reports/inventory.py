"""The inventory: every container by cluster and namespace."""

from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase

import pandas as pd

from reldash.domain.builds.running import RunningBuilds, running_builds, status_text
from reldash.domain.drift.flags import rolling
from reldash.domain.drift.registry_info import RegistryInfo, RegistryLookup
from reldash.domain.drift.running_since import is_of_build
from reldash.domain.drift.unfinished import with_unfinished
from reldash.domain.fleet.namespaces import Namespaces
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.fleet.scope import NO_CUSTOMER
from reldash.domain.grouping.primary_container import is_sidecar
from reldash.domain.grouping.service_names import owner_name, service_name
from reldash.domain.matrix.filters import Filter
from reldash.domain.tables.csv_text import times
from reldash.domain.workloads.observations import ContainerKey, Observation, Sighting
from reldash.domain.workloads.snapshot import Snapshot
from reldash.services.context import Context
from reldash.services.past.past_views import load_snapshot_at
from reldash.services.past.snapshots import charge_to_snapshot

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

_Row = tuple[object, ...]
_Since = dict[ContainerKey, Sighting]


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


def whole_inventory(snapshot: Snapshot, rules: FleetRules, now: datetime) -> pd.DataFrame:
    """One row for each container, by cluster (in the order of the file), namespace and workload.

    Returns:
        `COLUMNS`, and three hidden ones for `filter_inventory`. All are text, except ready,
        wanted, size, critical and high (whole numbers, `<NA>` if unknown, such as wanted of a
        CronJob), and since, first pushed, observed at and as of (aware UTC, `NaT` if unknown).
        version is the one that runs, of most pods; since is when its rollout started; digests are
        the running ones as reported, separated by a space. Registry columns are about the running
        image (`RegistryInfo`): first push, compressed size in bytes, worst scan (a `ScanStatus`, ""
        if unknown).
    """
    since = {s.key: s for s in snapshot.sightings if s.current_started_at}
    places = {cluster.name: place for place, cluster in enumerate(rules.clusters)}
    namespaces = Namespaces(rules)
    known = [o for o in snapshot.observations if o.cluster in places]
    known.sort(key=lambda o: (places[o.cluster], _sort_key(o)))
    rows = []
    infos: list[RegistryInfo] = []
    lookup = RegistryLookup(snapshot.facts, now)
    for observation in known:
        runs = running_builds(observation, rolling=bool(rolling(observation, rules.collect)))
        infos.append(lookup.of(runs))
        rows.append(_row(observation, runs, namespaces, rules, since, infos[-1], now))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for name in _NUMBERS:
        frame[name] = frame[name].astype("Int64")
    for name in _TIMES:
        frame[name] = times(frame[name].tolist())
    frame[_SIDECAR] = [is_sidecar(o, rules.services.sidecars) for o in known]
    frame[_CRITICAL] = [t.scan is not None and t.scan.has_critical for t in infos]
    frame[_TEXT] = pd.array([_text_of(row) for row in rows], dtype="str")
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


def _sort_key(observation: Observation) -> tuple[str, str, str, str, int]:
    return (
        observation.namespace,
        observation.workload,
        observation.kind,
        observation.role,
        observation.position,
    )


def _row(
    observation: Observation,
    runs: RunningBuilds,
    namespaces: Namespaces,
    rules: FleetRules,
    since: _Since,
    info: RegistryInfo,
    now: datetime,
) -> _Row:
    cluster, namespace = observation.cluster, observation.namespace
    digests = dict.fromkeys(run.image_id for run in observation.running or () if run.image_id)
    scan = info.scan
    open_ = since.get(observation.key)
    return (
        cluster,
        namespaces.environment_of(cluster, namespace) or "",
        namespace,
        namespaces.customer_of(cluster, namespace, observation.labels) or "",
        service_name(observation, rules.services),
        owner_name(observation, rules.services),
        str(observation.kind),
        observation.workload,
        observation.container,
        str(observation.role),
        runs.builds[0].version,
        scan.critical if scan else None,
        scan.high if scan else None,
        observation.known_ready,
        observation.wanted,
        with_unfinished(observation, status_text(observation)),
        open_.current_started_at if open_ and is_of_build(open_, runs.builds[0]) else None,
        info.pushed_at,
        info.size,
        str(scan.status) if scan else "",
        observation.image,
        " ".join(digests),
        observation.read_at,
        now,
    )


def _text_of(row: _Row) -> str:
    return "\n".join(value for value in row if isinstance(value, str)).casefold()
