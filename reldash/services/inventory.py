"""The inventory: every container by cluster and namespace."""

from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase

import pandas as pd

from reldash.domain.filters import Filter
from reldash.domain.fleet import Cluster, FleetRules
from reldash.domain.model import ContainerKey, Observation
from reldash.domain.names import customer_name, owner_name, service_name
from reldash.domain.primary import is_sidecar
from reldash.domain.running import status_text, wanted_build
from reldash.domain.snapshot import Snapshot
from reldash.domain.tables import times

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
    "ready",
    "wanted",
    "status",
    "since",
    "image",
    "digests",
    "observed at",
    "as of",
]

_TIMES = ["since", "observed at", "as of"]


def inventory_frame(
    snapshot: Snapshot, rules: FleetRules, chosen: Filter, now: datetime
) -> pd.DataFrame:
    """A row a container, by cluster (in the order of the file), namespace and workload.

    Of the filter count text (words found in any column), environments, clusters, namespaces,
    customers, owners and sidecars; the rest asks for what only a matrix has.

    Returns:
        The columns of `COLUMNS`: text, but for ready and wanted (whole numbers, `<NA>` for a
        CronJob's wanted), and since, observed at and as of (aware UTC, `NaT` if not known).
        digests are those running, as reported, separated by a space; since is when the wanted
        image's rollout began.
    """
    rows = list(_rows(snapshot, rules, chosen, now))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("ready", "wanted"):
        frame[name] = frame[name].astype("Int64")
    for name in _TIMES:
        frame[name] = times(frame[name].tolist())
    return frame


def _rows(
    snapshot: Snapshot, rules: FleetRules, chosen: Filter, now: datetime
) -> Iterator[tuple[object, ...]]:
    words = chosen.text.casefold().split()
    since = {
        (s.key, s.image): s.current_started_at for s in snapshot.sightings if s.current_started_at
    }
    clusters = {cluster.name: (place, cluster) for place, cluster in enumerate(rules.clusters)}
    inside = [
        (clusters[o.cluster], o)
        for o in snapshot.observations
        if o.cluster in clusters and _is_chosen(o, rules, chosen)
    ]
    inside.sort(key=lambda found: (found[0][0], _standing(found[1])))
    for (_, cluster), observation in inside:
        row = _row(cluster, observation, rules, since, now)
        environment, customer, owner = row[1], row[3], row[5]
        if (
            (not chosen.environments or environment in chosen.environments)
            and (not chosen.customers or (customer or "-") in chosen.customers)
            and (not chosen.owners or owner in chosen.owners)
            and _has_words(row, words)
        ):
            yield row


def _is_chosen(observation: Observation, rules: FleetRules, chosen: Filter) -> bool:
    return (
        (not chosen.clusters or observation.cluster in chosen.clusters)
        and (
            not chosen.namespaces
            or any(fnmatchcase(observation.namespace, p) for p in chosen.namespaces)
        )
        and (chosen.sidecars or not is_sidecar(observation, rules.services.sidecars))
    )


def _standing(observation: Observation) -> tuple[str, str, str, str, int]:
    return (
        observation.namespace,
        observation.workload,
        observation.kind,
        observation.role,
        observation.position,
    )


def _row(
    cluster: Cluster,
    observation: Observation,
    rules: FleetRules,
    since: dict[tuple[ContainerKey, str], datetime],
    now: datetime,
) -> tuple[object, ...]:
    digests = dict.fromkeys(run.image_id for run in observation.running or () if run.image_id)
    return (
        observation.cluster,
        cluster.environment_of(observation.namespace) or "",
        observation.namespace,
        _customer(cluster, observation, rules),
        service_name(observation, rules.services),
        owner_name(observation, rules.services),
        str(observation.kind),
        observation.workload,
        observation.container,
        str(observation.role),
        wanted_build(observation).version,
        observation.ready,
        observation.wanted,
        status_text(observation),
        since.get((observation.key, observation.image)),
        observation.image,
        " ".join(digests),
        observation.observed_at,
        now,
    )


def _customer(cluster: Cluster, observation: Observation, rules: FleetRules) -> str:
    """The customer by the rule of the first of the cluster's dashboards that finds one."""
    for key in cluster.dashboards:
        board = rules.dashboards.get(key)
        found = customer_name(observation, board.customer) if board else None
        if found:
            return found
    return ""


def _has_words(row: tuple[object, ...], words: list[str]) -> bool:
    if not words:
        return True
    haystack = "\n".join(value for value in row if isinstance(value, str)).casefold()
    return all(word in haystack for word in words)
