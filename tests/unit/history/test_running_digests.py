"""The distinct images that run now."""

from dataclasses import replace

from reldash.domain.history.running_digests import running_digests
from reldash.domain.workloads.pod_containers import PodContainer, PodRole
from reldash.domain.workloads.snapshot import Snapshot
from tests.unit.builders import NOW, digest, observation, running

ONE, TWO = digest("one"), digest("two")


def test_an_image_counts_once_however_many_containers_run_it() -> None:
    same = [
        observation(cluster, image="app:1", running=(running("app:1", image_id=f"app@{ONE}"),))
        for cluster in ("a", "b")
    ]
    other = observation("c", image="app:1", running=(running("app:1", image_id=f"app@{TWO}"),))
    assert running_digests(Snapshot((*same, other))) == [{ONE}, {TWO}]


def test_an_image_without_a_digest_counts_too() -> None:
    unread = observation("a", image="app:1", running=None)
    blank = observation("b", image="app:2", running=(running("app:2", image_id=""),))
    assert running_digests(Snapshot((unread, blank))) == [frozenset(), frozenset()]


def test_what_only_pods_run_counts_and_what_no_pod_runs_does_not() -> None:
    injected = PodContainer(
        "a",
        "ns",
        "Deployment",
        "w",
        "proxy",
        PodRole.INJECTED,
        "proxy:1",
        f"proxy@{TWO}",
        1,
        1,
        NOW,
    )
    scaled_down = observation("a", image="app:1", running=())
    snapshot = Snapshot((scaled_down,), pod_containers=(injected, replace(injected, pods=0)))
    assert running_digests(snapshot) == [{TWO}]
