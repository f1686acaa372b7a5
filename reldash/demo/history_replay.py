"""The days before the demo began, as its clusters would have answered then.

The world is made with the past of every workload: each of its templates says when it came. So at
any read of the past a workload has those that it had by then, the last of them long rolled out.
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
# As long as nobody could read it: what happened meanwhile was seen later.
_OUTAGES = {"solutions-prod-us": (timedelta(days=3, hours=4), timedelta(hours=5))}
_READ_INTERVAL = timedelta(
    hours=1
)  # changes of a cluster that one read sees, the last of them at once


class ReplayedRead(NamedTuple):
    """When a cluster is to be read; `follows` is whether it was read all the time before."""

    at: datetime
    cluster: str
    follows: bool


@dataclass(slots=True)
class HistoryReplay:
    """The clusters of a fleet, served as they were. Usable as a context manager.

    Attributes:
        fleet_file: names their addresses and tokens; those that never let anybody in are left out.
        reads: whenever something had come to a cluster, with the first and the last read of
            the time, the earliest first.
    """

    fleet_file: Path
    reads: tuple[ReplayedRead, ...]
    _fleet: DemoFleet
    _states: dict[str, ClusterState]
    _servers: HttpServers

    @classmethod
    def start(cls, folder: Path, fleet: DemoFleet, until: datetime) -> Self:
        """Serve a fleet's past up to a read (aware); its files go into `folder`."""
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
        """Let a cluster answer as it did at one of the reads, taken in their order."""
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
    """When one cluster is to be read, in any order."""
    since = until - HISTORY_LENGTH
    ago, length = _OUTAGES.get(cluster, (timedelta(0), timedelta(0)))
    went, returned = until - ago, until - ago + length
    came = sorted(
        template.created_at
        for workload in fleet.state.clusters[cluster].workloads.values()
        for template in workload.templates
        if since < template.created_at < until and not went <= template.created_at < returned
    )
    seen = {at for at, following in pairwise([*came, until]) if following - at > _READ_INTERVAL}
    for at in seen | {since, went, returned, until}:
        yield ReplayedRead(at, cluster, follows=at == until or at not in {since, returned})


def _is_outdated(shown: Workload, workload: Workload, at: datetime) -> bool:
    """Whether something has come to a workload since it was shown last."""
    return shown is not workload and any(
        template.created_at <= at and template not in shown.templates
        for template in workload.templates
    )


def _at(workload: Workload, at: datetime) -> Workload | None:
    """A workload at a read; None where there was none yet."""
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
