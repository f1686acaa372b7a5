"""kill -9 during recording: the stored data is that of one whole read."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reldash.domain.workloads.observations import Observation
from reldash.store import Store
from tests.integration.store.reads import CLUSTER, MINUTE, lease_of, read_of
from tests.unit.builders import NOW, observation

PROJECT = Path(__file__).parents[3]

# Records reads whose every service has version 1, then 2, and so on, until it is killed.
_RECORDER = """
import sys
from tests.integration.store import test_crashes

test_crashes.record_for_ever(sys.argv[1])
"""


def fleet(version: int) -> list[Observation]:
    return [observation(service=f"svc-{i}", version=str(version)) for i in range(200)]


def record_for_ever(database_url: str) -> None:
    """Say which version is recorded, after it is."""
    store = Store.open(database_url)
    lease = lease_of(store)
    version = 0
    while True:
        version += 1
        store.clusters.record(read_of(*fleet(version), at=NOW + version * MINUTE), lease)
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()


@pytest.mark.parametrize("reads", [1, 3, 4])
def test_a_killed_collector_leaves_whole_reads_behind(
    database_url: str, connection: Any, reads: int
) -> None:
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", _RECORDER, database_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    with process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(reads)][-1]
        process.kill()  # while it records the next one
    store = Store.open(database_url)
    found = store.snapshots.load([CLUSTER])
    (version,) = {int(o.image.rpartition(":")[2]) for o in found.observations}
    assert version >= said
    assert len(found.observations) == len(fleet(1))
    assert found.statuses[CLUSTER].read_at == NOW + version * MINUTE
    rollouts = store.history.load_rollouts(limit=10_000)
    assert len(rollouts) == version * len(fleet(1))
    assert {r.image.rpartition(":")[2] for r in rollouts if r.ended_at is None} == {str(version)}
    connection.cursor().execute("UPDATE leases SET expires_at = now()")  # or wait for it
    store.clusters.record(read_of(*fleet(version + 1), at=NOW + 99 * MINUTE), lease_of(store))
    store.close()
