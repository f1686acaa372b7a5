"""Rows of the inventory, of observed containers and of what only live pods have."""

from datetime import datetime
from typing import NamedTuple

from reldash.domain.builds.build import build_of
from reldash.domain.builds.running import RunningBuilds, running_builds, status_text
from reldash.domain.drift.flags import rolling
from reldash.domain.drift.registry_info import RegistryInfo, RegistryLookup
from reldash.domain.drift.running_since import is_of_build
from reldash.domain.drift.unfinished import with_unfinished
from reldash.domain.fleet.namespaces import Namespaces
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.grouping.primary_container import is_sidecar
from reldash.domain.grouping.service_names import owner_name, service_name
from reldash.domain.phrases import counted, listed
from reldash.domain.workloads.observations import Observation
from reldash.domain.workloads.pod_containers import PodContainer, PodRole
from reldash.domain.workloads.snapshot import Snapshot

_WHOLE_PODS = frozenset({PodRole.BARE_POD, PodRole.OTHER_OWNER})


class InventoryRow(NamedTuple):
    """A row: its values in the order of the columns, and what it is sorted and filtered by."""

    cluster: str
    order: tuple[str, str, str, str, int]  # within its cluster
    values: tuple[object, ...]
    is_sidecar: bool
    is_critical: bool


class InventoryRows:
    """Makes the rows of one snapshot."""

    def __init__(self, snapshot: Snapshot, rules: FleetRules, now: datetime) -> None:
        self._rules, self._now = rules, now
        self._namespaces = Namespaces(rules)
        self._lookup = RegistryLookup(snapshot.facts, now)
        self._since = {s.key: s for s in snapshot.sightings if s.current_started_at}
        self._workloads = {
            (o.cluster, o.namespace, o.kind.value, o.workload): o
            for o in (snapshot.observations if snapshot.pod_containers else ())
        }

    def of_container(self, observation: Observation) -> InventoryRow:
        """The row of a container of a workload's pod template."""
        o, rules = observation, self._rules
        runs = running_builds(o, rolling=bool(rolling(o, rules.collect)))
        info = self._lookup.of(runs)
        cluster, namespace = o.cluster, o.namespace
        digests = dict.fromkeys(run.image_id for run in o.running or () if run.image_id)
        scan = info.scan
        open_ = self._since.get(o.key)
        values = (
            cluster,
            self._namespaces.environment_of(cluster, namespace) or "",
            namespace,
            self._namespaces.customer_of(cluster, namespace, o.labels) or "",
            service_name(o, rules.services),
            owner_name(o, rules.services),
            str(o.kind),
            o.workload,
            o.container,
            str(o.role),
            runs.builds[0].version,
            scan.critical if scan else None,
            scan.high if scan else None,
            o.known_ready,
            o.wanted,
            with_unfinished(o, status_text(o)),
            open_.current_started_at if open_ and is_of_build(open_, runs.builds[0]) else None,
            info.pushed_at,
            info.size,
            str(scan.status) if scan else "",
            o.image,
            " ".join(digests),
            o.read_at,
            self._now,
        )
        return InventoryRow(
            cluster,
            (namespace, o.workload, o.kind, o.role, o.position),
            values,
            is_sidecar(o, rules.services.sidecars),
            _has_critical(info),
        )

    def of_pods(self, pods: PodContainer) -> InventoryRow:
        """The row of a container or volume that only live pods have."""
        cluster, namespace, services = pods.cluster, pods.namespace, self._rules.services
        workload = self._workloads.get((cluster, namespace, pods.kind, pods.workload))
        labels = workload.labels if workload is not None else {}
        build = build_of(pods.image, pods.image_id)
        info = self._lookup.of(RunningBuilds((build,), (build,)))
        scan = info.scan
        words = f"in {counted(pods.pods, 'pod')}"
        values = (
            cluster,
            self._namespaces.environment_of(cluster, namespace) or "",
            namespace,
            self._namespaces.customer_of(cluster, namespace, labels) or "",
            service_name(workload, services) if workload is not None else "",
            owner_name(workload, services) if workload is not None else "",
            pods.kind,
            pods.workload,
            pods.container,
            str(pods.role),
            build.version,
            scan.critical if scan else None,
            scan.high if scan else None,
            pods.ready,
            None,
            f"{words}: {listed(pods.waiting)}" if pods.waiting else words,
            pods.first_seen_at,
            info.pushed_at,
            info.size,
            str(scan.status) if scan else "",
            pods.image,
            pods.image_id,
            pods.observed_at,
            self._now,
        )
        order = namespace, pods.workload, pods.kind, str(pods.role), 0
        return InventoryRow(
            cluster, order, values, pods.role not in _WHOLE_PODS, _has_critical(info)
        )


def _has_critical(info: RegistryInfo) -> bool:
    return info.scan is not None and info.scan.has_critical
