"""The demo fleet: start it, step it, break it, stop it."""

import secrets
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import trustme

from reldash.demo.aws.accounts import PRINCIPALS
from reldash.demo.aws.simulated_aws import SERVER_NAME as AWS
from reldash.demo.aws.simulated_aws import SimulatedAws
from reldash.demo.faults import Faults
from reldash.demo.fleet_file import save_discovering_file, save_fleet_file
from reldash.demo.fleet_state import FleetState, build_fleet_state
from reldash.demo.http_servers import HttpServers
from reldash.demo.kubernetes_api import ClusterApi
from reldash.demo.release_train import ReleaseTrain
from reldash.demo.service_account import ServiceAccount
from reldash.demo.topology import CLUSTERS, ClusterSpec, ReadProblem

STEP_SECONDS = 4.0  # between two steps of the train at speed 1
_TOKEN_LASTS = 9.0  # seconds: long enough for one whole first read, and over before the next
_THROTTLE_EVERY = 40  # requests


def _now() -> datetime:
    return datetime.now(UTC)


def _account_of(plan: ClusterSpec, simulated_aws: SimulatedAws | None) -> ServiceAccount:
    account = ServiceAccount("system:serviceaccount:reldash:reader", secrets.token_urlsafe(32))
    if simulated_aws is not None:
        account.user = PRINCIPALS[plan.account]
        account.check = simulated_aws.authenticator_for(plan).accepts
    match plan.trouble:
        case ReadProblem.REFUSED:
            account.sent = secrets.token_urlsafe(32)
        case ReadProblem.EXPIRES:
            account.lasts = _TOKEN_LASTS
        case ReadProblem.NO_PODS:
            account.denied = frozenset({"pods"})
        case ReadProblem.NAMESPACED:
            account.namespaces = plan.namespaces
    return account


@dataclass(slots=True)
class DemoFleet:
    """A running fleet of simulated clusters. Usable as a context manager.

    Attributes:
        fleet_file: the fleet file for a release dashboard.
        urls: each cluster's API URL.
        accounts: each cluster's service account, with the valid token.
        authority: the CA of every server's certificate.
        faults: fault switches by cluster, and for "aws".
        state: what runs; read or change it under `lock`.
        train: `train.step()` moves versions; called every few seconds if speed > 0.
        aws: the simulated AWS for discovery; None without.
        environment: variables that a dashboard needs besides the fleet file.
    """

    fleet_file: Path
    urls: dict[str, str]
    accounts: dict[str, ServiceAccount]
    authority: trustme.CA
    faults: dict[str, Faults]
    state: FleetState
    train: ReleaseTrain
    lock: threading.RLock
    _servers: HttpServers
    _stopping: threading.Event
    aws: SimulatedAws | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    _pacer: threading.Thread | None = None

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        seed: int = 1,
        speed: float = 1.0,
        steps: int = 0,
        clusters: Collection[str] | None = None,
        aws: bool = False,
    ) -> "DemoFleet":
        """Serve the fleet on free ports of 127.0.0.1 and write its files into `folder`.

        Args:
            folder: for fleet.yaml and its files; created if missing.
            seed: the same seed gives the same fleet, except for times, tokens and ports.
            speed: steps of the train per four seconds; 0 leaves stepping to the caller.
            steps: steps to take before serving: where an earlier run of the same seed ended.
            clusters: names to serve; None for all.
            aws: the fleet file has no clusters, only `discover` rules for a simulated AWS (at most
                one per process), and the dashboard creates its tokens itself. Otherwise it has
                the clusters' addresses and tokens.
        """
        plans = [plan for plan in CLUSTERS if clusters is None or plan.name in clusters]
        authority = trustme.CA(organization_name="Demo fleet")
        lock = threading.RLock()
        state = build_fleet_state(seed, _now())
        servers = HttpServers(authority)
        simulated_aws = SimulatedAws(servers, authority.cert_pem.bytes().decode()) if aws else None
        accounts = {plan.name: _account_of(plan, simulated_aws) for plan in plans}
        faults = {plan.name: _faults_of(plan) for plan in plans}
        urls = {}
        for plan in plans:
            name = plan.name
            api = ClusterApi(state.clusters[name], accounts[name], faults[name], lock)
            urls[name] = servers.listen(name, api.app())
            if simulated_aws is not None:
                simulated_aws.add_cluster(plan, urls[name])
        if simulated_aws is not None:
            faults[AWS] = simulated_aws.api.faults
        environment = simulated_aws.save_variables(folder) if simulated_aws is not None else {}
        fleet = cls(
            (
                save_discovering_file(folder, environment)
                if simulated_aws is not None
                else save_fleet_file(folder, authority, plans, urls, accounts)
            ),
            urls,
            accounts,
            authority,
            faults,
            state,
            ReleaseTrain(state, seed, _now, servers.schedule_down),
            lock,
            servers,
            threading.Event(),
            simulated_aws,
            environment,
        )
        for _ in range(steps):
            fleet.train.step()
        fleet._publish()
        if speed > 0:
            fleet._pace(STEP_SECONDS / speed)
        return fleet

    def step(self) -> None:
        """Take one step of the train, under the lock."""
        with self.lock:
            self.train.step()
            self._publish()

    def set_down(self, name: str, *, down: bool = True) -> None:
        """Refuse connections at the cluster, or accept them again."""
        self._servers.set_down(name, down=down)

    def set_hanging(self, name: str, *, hanging: bool = True) -> None:
        """Accept connections at the cluster and never respond, or respond again."""
        self.faults[name].hanging = hanging

    def set_refused(self, name: str, *, refused: bool = True) -> None:
        """Reject every token with 401 at the cluster, or accept the valid one again."""
        self.faults[name].refused = refused

    def stop(self) -> None:
        """Stop the train and every server; the files stay."""
        self._stopping.set()
        if self._pacer is not None:
            self._pacer.join()
        self._servers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _publish(self) -> None:
        """Make new pushes visible in ECR."""
        pushes = self.state.registry.take_new()
        if self.aws is not None:
            self.aws.images.take(pushes)

    def _pace(self, seconds: float) -> None:
        def run() -> None:
            while not self._stopping.wait(seconds):
                self.step()

        self._pacer = threading.Thread(target=run, name="demo-train", daemon=True)
        self._pacer.start()


def _faults_of(plan: ClusterSpec) -> Faults:
    every = _THROTTLE_EVERY if plan.trouble is ReadProblem.BUSY else 0
    return Faults(throttle_every=every)
