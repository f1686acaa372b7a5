"""The days before the demo began, as its clusters would have answered then.

The world is made with the past of every workload: each of its templates says when it came. So at
any moment of the past a workload has those that it had by then, the last of them long rolled out.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Self

import trustme

from reldash.demo.access import Account
from reldash.demo.api import ClusterApi
from reldash.demo.cluster_state import ClusterState
from reldash.demo.faults import Faults
from reldash.demo.fleet import DemoFleet
from reldash.demo.fleet_file import save_fleet_file
from reldash.demo.server import ApiServers
from reldash.demo.sites import CLUSTERS, ClusterPlan, Trouble
from reldash.demo.workload import Hold, Workload
from reldash.demo.world import settle

LENGTH = timedelta(days=8)
# As long as nobody could read it: what happened meanwhile was seen later.
_OUTAGES = {"solutions-prod-us": (timedelta(days=3, hours=4), timedelta(hours=5))}
_TOGETHER = timedelta(hours=1)  # changes of a cluster that one read sees, the last of them at once


class Moment(NamedTuple):
    """When a cluster is to be read; `follows` is whether it was read all the time before."""

    at: datetime
    cluster: str
    follows: bool


@dataclass(slots=True)
class Rehearsal:
    """The clusters of a fleet, served as they were. Usable as a context manager.

    Attributes:
        fleet_file: names their addresses and tokens; those that never let anybody in are left out.
        moments: whenever something had come to a cluster, with the first and the last moment of
            the time, the earliest first.
    """

    fleet_file: Path
    moments: tuple[Moment, ...]
    _fleet: DemoFleet
    _states: dict[str, ClusterState]
    _servers: ApiServers

    @classmethod
    def start(cls, folder: Path, fleet: DemoFleet, until: datetime) -> Self:
        """Serve a fleet's past up to a moment (aware); its files go into `folder`."""
        plans = [
            plan
            for plan in CLUSTERS
            if plan.name in fleet.urls and plan.trouble is not Trouble.REFUSED
        ]
        authority = trustme.CA(organization_name="Demo fleet")
        servers = ApiServers(authority)
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
            found = (moment for name in states for moment in _moments(fleet, name, until))
            moments = tuple(sorted(found))
        return cls(file, moments, fleet, states, servers)

    def show(self, moment: Moment) -> None:
        """Let a cluster answer as it did at one of the moments, taken in their order."""
        state = self._states[moment.cluster]
        with self._fleet.lock:
            for workload in list(self._fleet.world.clusters[moment.cluster].workloads.values()):
                shown = state.workloads.get((workload.namespace, workload.kind, workload.name))
                if shown is None or _is_outdated(shown, workload, moment.at):
                    then = _at(workload, moment.at)
                    if then is not None:
                        state.put(then)

    def stop(self) -> None:
        """Stop every server; the files stay."""
        self._servers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _account_of(plan: ClusterPlan) -> Account:
    denied = frozenset({"pods"}) if plan.trouble is Trouble.NO_PODS else frozenset[str]()
    user = "system:serviceaccount:reldash:reader"
    return Account(user, secrets.token_urlsafe(32), namespaces=plan.namespaces, denied=denied)


def _moments(fleet: DemoFleet, cluster: str, until: datetime) -> Iterator[Moment]:
    """When one cluster is to be read, in any order."""
    since = until - LENGTH
    ago, length = _OUTAGES.get(cluster, (timedelta(0), timedelta(0)))
    went, returned = until - ago, until - ago + length
    came = sorted(
        template.created_at
        for workload in fleet.world.clusters[cluster].workloads.values()
        for template in workload.templates
        if since < template.created_at < until and not went <= template.created_at < returned
    )
    seen = {at for at, following in pairwise([*came, until]) if following - at > _TOGETHER}
    for at in seen | {since, went, returned, until}:
        yield Moment(at, cluster, follows=at == until or at not in {since, returned})


def _is_outdated(shown: Workload, workload: Workload, at: datetime) -> bool:
    """Whether something has come to a workload since it was shown last."""
    return shown is not workload and any(
        template.created_at <= at and template not in shown.templates
        for template in workload.templates
    )


def _at(workload: Workload, at: datetime) -> Workload | None:
    """A workload at a moment; None where there was none yet."""
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
    return settle(then, at)
