"""The status that real controllers give a waiting or failed rollout, as the collector reads it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.observations import Observation, Progress
from reldash.domain.workloads.reads import ClusterRead
from tests.integration.envtest.controllers import Workloads, image, needs_controllers
from tests.integration.envtest.server import RealServer, needs_server
from tests.integration.waiting import wait_for

RULES = CollectRules(timeout=timedelta(seconds=10))

pytestmark = [pytest.mark.envtest, needs_server, needs_controllers, pytest.mark.timeout(300)]


def read(real: RealServer, workload: str) -> Observation:
    """The one container of a workload, as the collector reads it now."""
    found = get_cluster(real.entry("reader-token"), RULES, revisions=False)
    assert isinstance(found, ClusterRead), found
    (observation,) = (o for o in found.observations if o.workload == workload)
    return observation


def read_until(
    real: RealServer, workload: str, condition: Callable[[Observation], bool]
) -> Observation:
    """What is read once a condition holds for it."""

    def found() -> list[Observation]:
        observation = read(real, workload)
        return [observation] if condition(observation) else []

    return wait_for(found)[0]


def running(observation: Observation) -> dict[str, int]:
    """How many pods are ready, by version."""
    return {r.image.rpartition(":")[2]: r.ready for r in observation.running or () if r.ready}


HELD: list[Any] = [
    pytest.param(
        "StatefulSet",
        {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}},
        ("partition 1: 1 of 2 updated", {"1.0": 1, "1.1": 1}),
        id="partition",
    ),
    pytest.param(
        "StatefulSet",
        {"updateStrategy": {"type": "OnDelete", "rollingUpdate": None}},
        ("OnDelete: 0 of 2 updated", {"1.0": 2}),
        id="OnDelete of a StatefulSet",
    ),
    pytest.param(
        "DaemonSet",
        {"updateStrategy": {"type": "OnDelete"}},
        ("OnDelete: 0 of 2 updated", {"1.0": 2}),
        id="OnDelete of a DaemonSet",
    ),
    pytest.param(
        "Deployment",
        {"paused": True},
        ("paused: 0 of 2 updated, 2 old left", {"1.0": 2}),
        id="pause",
    ),
]


@pytest.mark.parametrize(("kind", "spec", "expected"), HELD)
def test_what_holds_a_rollout_between_two_versions_is_reported(
    real: RealServer,
    workloads: Workloads,
    kind: str,
    spec: dict[str, Any],
    expected: tuple[str, dict[str, int]],
) -> None:
    name = f"held-{kind.lower()}-{len(str(spec))}"
    workloads.create(kind, name, "1.0")
    workloads.change(kind, name, "1.1", **spec)

    def is_held(found: Observation) -> bool:
        workloads.run_pods()
        return (found.status.message, running(found)) == expected

    held = read_until(real, name, is_held)
    assert held.status.progress is Progress.HELD
    assert (held.image, held.wanted, held.ready) == (image(name, "1.1"), 2, 2)


def test_a_rollout_that_does_not_come_up_in_time_is_stuck_beside_what_still_runs(
    real: RealServer, workloads: Workloads
) -> None:
    workloads.create("Deployment", "stuck", "1.0", progressDeadlineSeconds=2)
    workloads.change("Deployment", "stuck", "1.1")  # whose pods never run
    stuck = read_until(real, "stuck", lambda found: found.status.progress is Progress.STUCK)
    assert "has timed out progressing" in stuck.status.message
    assert running(stuck) == {"1.0": 2}
    workloads.finish("Deployment", "stuck")
    assert read(real, "stuck").status.progress is Progress.COMPLETE


def test_a_rollout_under_way_reports_its_progress(real: RealServer, workloads: Workloads) -> None:
    workloads.create("Deployment", "under-way", "1.0")
    workloads.change("Deployment", "under-way", "1.1")
    workloads.wait_for_pods("under-way", "1.1")
    found = read_until(real, "under-way", lambda found: found.updated == 1)
    assert found.status.progress is Progress.PROGRESSING
    assert found.status.message == "1 of 2 updated, 2 old left"
    assert running(found) == {"1.0": 2}
