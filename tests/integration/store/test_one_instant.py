"""A snapshot is of one instant, whatever is recorded while it is read."""

import threading

from tests.integration.store.reads import CLUSTER, MINUTE, History, read_of
from tests.unit.builders import NOW, observation


def test_a_snapshot_never_mixes_two_reads(history: History) -> None:
    history.read(observation(version="0"), observation(service="web", version="0"), at=NOW)
    enough = threading.Event()

    def record_on_and_on() -> None:
        reads = 0
        while not enough.is_set():
            reads += 1
            both = [observation(service=name, version=str(reads)) for name in ("api", "web")]
            history.store.clusters.record(read_of(*both, at=NOW + reads * MINUTE), history.lease)

    recorder = threading.Thread(target=record_on_and_on)
    recorder.start()
    try:
        snapshots = [history.store.snapshots.load([CLUSTER]) for _ in range(100)]
    finally:
        enough.set()
        recorder.join()
    seen = set()
    for snapshot in snapshots:
        read_at = snapshot.statuses[CLUSTER].read_at
        assert read_at is not None
        version = str(int((read_at - NOW) / MINUTE))
        assert {o.image.rpartition(":")[2] for o in snapshot.observations} == {version}
        open_ = [s for s in snapshot.sightings if s.current_started_at is not None]
        assert {s.image.rpartition(":")[2] for s in open_} == {version}
        seen.add((version, snapshot.revision))
    assert len(seen) > 1
    assert len({revision for _, revision in seen}) == len(seen)
