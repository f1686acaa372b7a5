"""kill -9 during collection, then a restart: no recorded data is lost."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from reldash.config import Settings, load_fleet
from reldash.demo import DemoFleet
from reldash.domain.workloads.observations import ContainerKey, Rollout
from reldash.services.context import Context, open_store
from tests.integration.waiting import wait_for

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoFleet]:
    with DemoFleet.start(tmp_path / "demo", seed=3, speed=0) as fleet:
        yield fleet


def start_collecting(demo: DemoFleet, data: Path) -> "subprocess.Popen[bytes]":
    """Start `reldash collect` as a process, with an embedded Postgres in `data`."""
    return subprocess.Popen(
        [sys.executable, "-m", "reldash", "collect"],
        cwd=PROJECT,
        env={"RELDASH_FLEET": str(demo.fleet_file), "RELDASH_DATA": str(data), "PATH": "/usr/bin"},
        stderr=subprocess.DEVNULL,
    )


def rollouts_of(context: Context) -> list[Rollout]:
    return context.store.history.load_rollouts(clusters=context.cluster_names, limit=100_000)


def was_read_since(context: Context, moment: datetime) -> bool:
    """Whether at least one cluster has been recorded; the others are being read."""
    statuses = context.store.clusters.load_statuses(context.cluster_names).values()
    return any(status.read_at is not None and status.read_at >= moment for status in statuses)


def test_recorded_data_survives_and_stays_consistent(demo: DemoFleet, tmp_path: Path) -> None:
    data = tmp_path / "data"
    settings = Settings(fleet=demo.fleet_file, data_folder=data)
    known: set[tuple[ContainerKey, str]] = set()
    for kill in range(2):
        started_at = datetime.now(UTC)
        process = start_collecting(demo, data)
        store, embedded = open_store(settings)  # adopts the Postgres of whoever came first
        context = Context(settings, load_fleet(demo.fleet_file), store, embedded)
        try:
            wait_for(
                partial(was_read_since, context, started_at), 40
            )  # the killed one's leases end
            process.send_signal(signal.SIGKILL)
            process.wait()
            rollouts = rollouts_of(context)
            observed = context.store.snapshots.load(context.cluster_names).observations
        finally:
            process.kill()
            process.wait()
            context.close()
        running = Counter(r.key for r in rollouts if r.ended_at is None)
        assert running == Counter(o.key for o in observed), f"after kill {kill}"
        assert known <= {(r.key, r.image) for r in rollouts}, f"after kill {kill}"
        known = {(r.key, r.image) for r in rollouts}
        for _ in range(5):
            demo.step()
