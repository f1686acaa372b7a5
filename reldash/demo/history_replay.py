"""Replays the days before the demo started: clusters respond as they would have at that time.

Workloads are created with their history: each template has a creation time. At a past moment a
workload has the templates created by then, the last of them fully rolled out.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Self

import trustme

from reldash.demo.cluster_state import ClusterState
from reldash.demo.faults import Faults
from reldash.demo.fleet import DemoFleet
from reldash.demo.fleet_file import save_fleet_file
from reldash.demo.fleet_state import finish_rollout
from reldash.demo.http_servers import HttpServers
from reldash.demo.kubernetes_api import ClusterApi
from reldash.demo.service_account import ServiceAccount
from reldash.demo.topology import CLUSTERS, ClusterSpec, ReadProblem
from reldash.demo.workload import Hold, Workload

HISTORY_LENGTH = timedelta(days=8)
# Times in which a cluster could not be read; changes meanwhile are seen later. (Days ago, length.)
_OUTAGES = {"solutions-prod-us": (timedelta(days=3, hours=4), timedelta(hours=5))}
_READ_INTERVAL = timedelta(hours=1)  # one read covers all changes of a cluster within this time


class ReplayedRead(NamedTuple):
    """A read of a cluster; `follows` is whether it continues earlier reads without a gap."""

    at: datetime
    cluster: str
    follows: bool


@dataclass(slots=True)
class HistoryReplay:
    """The clusters of a fleet, served as of past moments. Usable as a context manager.

    Attributes:
        fleet_file: their addresses and tokens, without clusters that always refuse us.
        reads: the reads to make, earliest first: after each change of a cluster, and at the
            start and end of the time.
    """

    fleet_file: Path
    reads: tuple[ReplayedRead, ...]
    _fleet: DemoFleet
    _states: dict[str, ClusterState]
    _servers: HttpServers

    @classmethod
    def start(cls, folder: Path, fleet: DemoFleet, until: datetime) -> Self:
        """Serve a fleet's history up to `until` (aware); its files go into `folder`."""
        plans = [
            plan
            for plan in CLUSTERS
            if plan.name in fleet.urls and plan.trouble is not ReadProblem.REFUSED
        ]
        authority = trustme.CA(organization_name="Demo fleet")
        servers = HttpServers(authority)
        states = {
            plan.name: ClusterState(plan.name, argo=plan.argo, minor=plan.minor) for plan in plans
        }
        accounts = {plan.name: _account_of(plan) for plan in plans}
        urls = {
            name: servers.listen(
                name, ClusterApi(states[name], account, Faults(), fleet.lock).app()
            )
            for name, account in accounts.items()
        }
        file = save_fleet_file(folder, authority, plans, urls, accounts)
        with fleet.lock:
            found = (read for name in states for read in _reads(fleet, name, until))
            reads = tuple(sorted(found))
        return cls(file, reads, fleet, states, servers)

    def show(self, read: ReplayedRead) -> None:
        """Set a cluster's state to that of a read; call with the reads in order."""
        state = self._states[read.cluster]
        with self._fleet.lock:
            for workload in list(self._fleet.state.clusters[read.cluster].workloads.values()):
                shown = state.workloads.get((workload.namespace, workload.kind, workload.name))
                if shown is None or _is_outdated(shown, workload, read.at):
                    then = _at(workload, read.at)
                    if then is not None:
                        state.put(then)

    def stop(self) -> None:
        """Stop every server; the files stay."""
        self._servers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _account_of(plan: ClusterSpec) -> ServiceAccount:
    denied = frozenset({"pods"}) if plan.trouble is ReadProblem.NO_PODS else frozenset[str]()
    user = "system:serviceaccount:reldash:reader"
    return ServiceAccount(
        user, secrets.token_urlsafe(32), namespaces=plan.namespaces, denied=denied
    )


def _reads(fleet: DemoFleet, cluster: str, until: datetime) -> Iterator[ReplayedRead]:
    """Yield the reads of one cluster, in any order."""
    since = until - HISTORY_LENGTH
    ago, length = _OUTAGES.get(cluster, (timedelta(0), timedelta(0)))
    went, returned = until - ago, until - ago + length
    changes = sorted(
        template.created_at
        for workload in fleet.state.clusters[cluster].workloads.values()
        for template in workload.templates
        if since < template.created_at < until and not went <= template.created_at < returned
    )
    seen = {at for at, following in pairwise([*changes, until]) if following - at > _READ_INTERVAL}
    for at in seen | {since, went, returned, until}:
        yield ReplayedRead(at, cluster, follows=at == until or at not in {since, returned})


def _is_outdated(shown: Workload, workload: Workload, at: datetime) -> bool:
    """Whether a workload has new templates since it was last shown."""
    return shown is not workload and any(
        template.created_at <= at and template not in shown.templates
        for template in workload.templates
    )


def _at(workload: Workload, at: datetime) -> Workload | None:
    """Return a workload as of a past moment; None if it did not exist yet."""
    if workload.wanted.created_at <= at:
        return workload
    templates = [template for template in workload.templates if template.created_at <= at]
    if not templates:
        return None
    then = replace(
        workload,
        templates=templates,
        pods=[],
        jobs={},
        hold=Hold.NONE,
        stable=None,
        changed_at=templates[-1].created_at,
    )
    return finish_rollout(then, at)
