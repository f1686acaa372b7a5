"""The demo fleet as a whole: start it, step it, break it, stop it."""

import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import trustme

from reldash.demo.access import Account
from reldash.demo.api import ClusterApi
from reldash.demo.faults import Faults
from reldash.demo.fleet_file import save_fleet_file
from reldash.demo.server import ApiServers
from reldash.demo.sites import CLUSTERS, ClusterPlan, Trouble
from reldash.demo.train import ReleaseTrain
from reldash.demo.world import World, build_world

STEP_SECONDS = 4.0  # between two steps of the train at speed 1
_TOKEN_LASTS = 9.0  # seconds: long enough for one whole first read, and over before the next
_THROTTLE_EVERY = 40  # requests


def _now() -> datetime:
    return datetime.now(UTC)


def _account_of(plan: ClusterPlan) -> Account:
    token = secrets.token_urlsafe(32)
    user = "system:serviceaccount:reldash:reader"
    match plan.trouble:
        case Trouble.REFUSED:
            return Account(user, token, sent=secrets.token_urlsafe(32))
        case Trouble.EXPIRES:
            return Account(user, token, lasts=_TOKEN_LASTS)
        case Trouble.NO_PODS:
            return Account(user, token, denied=frozenset({"pods"}))
        case Trouble.NAMESPACED:
            return Account(user, token, namespaces=plan.namespaces)
        case _:
            return Account(user, token)


@dataclass(slots=True)
class DemoFleet:
    """A running fleet of simulated clusters. Usable as a context manager.

    Attributes:
        fleet_file: what a release dashboard is pointed at.
        urls: of each cluster's API. accounts: who may read it, with the right token.
        authority: the CA that signed every server's certificate.
        faults: switches by cluster. world: what runs, to look at or change under `lock`.
        train: `train.step()` moves versions; done on its own every few seconds if speed > 0.
    """

    fleet_file: Path
    urls: dict[str, str]
    accounts: dict[str, Account]
    authority: trustme.CA
    faults: dict[str, Faults]
    world: World
    train: ReleaseTrain
    lock: threading.RLock
    _servers: ApiServers
    _stopping: threading.Event
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
    ) -> "DemoFleet":
        """Serve the fleet on free ports of 127.0.0.1 and write its files into `folder`.

        Args:
            folder: for fleet.yaml, ca.crt and tokens/; made if missing.
            seed: the same seed gives the same fleet, but for times, tokens and ports.
            speed: steps of the train per four seconds; 0 leaves stepping to the caller.
            steps: taken before anything is served: where an earlier run of the same seed ended.
            clusters: names to serve and to write; None for all.
        """
        plans = [plan for plan in CLUSTERS if clusters is None or plan.name in clusters]
        authority = trustme.CA(organization_name="Demo fleet")
        lock = threading.RLock()
        world = build_world(seed, _now())
        accounts = {plan.name: _account_of(plan) for plan in plans}
        faults = {plan.name: _faults_of(plan) for plan in plans}
        servers = ApiServers(authority)
        urls = servers.start(
            {
                name: ClusterApi(world.clusters[name], accounts[name], faults[name], lock).app()
                for name in accounts
            }
        )
        fleet = cls(
            save_fleet_file(folder, authority, plans, urls, accounts),
            urls,
            accounts,
            authority,
            faults,
            world,
            ReleaseTrain(world, seed, _now, servers.ask_down),
            lock,
            servers,
            threading.Event(),
        )
        for _ in range(steps):
            fleet.step()
        if speed > 0:
            fleet._pace(STEP_SECONDS / speed)
        return fleet

    def step(self) -> None:
        """One step of the train, safe against requests that are being answered."""
        with self.lock:
            self.train.step()

    def set_down(self, name: str, *, down: bool = True) -> None:
        """Refuse connections at the cluster, or take them again."""
        self._servers.set_down(name, down=down)

    def set_hanging(self, name: str, *, hanging: bool = True) -> None:
        """Accept connections at the cluster and never answer, or answer again."""
        self.faults[name].hanging = hanging

    def set_refused(self, name: str, *, refused: bool = True) -> None:
        """Answer every token with 401 at the cluster, or take the right one again."""
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

    def _pace(self, seconds: float) -> None:
        def run() -> None:
            while not self._stopping.wait(seconds):
                self.step()

        self._pacer = threading.Thread(target=run, name="demo-train", daemon=True)
        self._pacer.start()


def _faults_of(plan: ClusterPlan) -> Faults:
    every = _THROTTLE_EVERY if plan.trouble is Trouble.BUSY else 0
    return Faults(throttle_every=every)
