"""Conditions of a container in one read, and since when each has held."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reldash.domain.rollouts.conditions import (
    carry,
    differs_from_spec,
    has_ready_replica,
    is_rolling,
    is_short_of_ready,
    running_digests,
)
from reldash.domain.workloads.observations import (
    Candidate,
    Observation,
    Progress,
    RolloutStatus,
    Running,
    WorkloadKind,
)
from tests.unit.builders import NOW, digest, image_id, observation, running

ROLLING = RolloutStatus(Progress.PROGRESSING)
COMPLETE = RolloutStatus(Progress.COMPLETE)
HELD = RolloutStatus(Progress.HELD)
STUCK = RolloutStatus(Progress.STUCK)
API = "r.io/shop/api"


def reads(*states: Observation) -> list[Observation]:
    """The observations as carried from one read to the next, a minute apart from `NOW` on."""
    carried: list[Observation] = []
    for i, state in enumerate(states):
        read = replace(state, observed_at=minute(i))
        carried.append(carry(carried[-1] if carried else None, read))
    return carried


def minute(i: int) -> datetime:
    return NOW + timedelta(minutes=i)


@pytest.mark.parametrize(
    ("status", "expected"), [(ROLLING, True), (COMPLETE, False), (HELD, False), (STUCK, False)]
)
def test_a_workload_is_rolling_while_its_controller_reports_it(
    status: RolloutStatus, expected: bool
) -> None:
    assert is_rolling(observation(status=status)) is expected


def waiting(reason: str) -> tuple[Running, ...]:
    return (running("r.io/api:1", 2, ready=2, waiting=(reason,)),)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"wanted": 3, "ready": 3}, False),
        ({"wanted": 3, "ready": 2}, True),
        ({"wanted": 3, "ready": 4}, False),
        ({"wanted": 0, "ready": 0}, False),
        ({"wanted": 0, "ready": 0, "running": waiting("CrashLoopBackOff")}, False),
        ({"wanted": 3, "ready": 2, "running": None}, True),
        ({"wanted": 3, "ready": 3, "running": None}, False),
        ({"running": waiting("ImagePullBackOff")}, True),
        ({"running": waiting("CrashLoopBackOff")}, True),
        ({"running": waiting("ContainerCreating")}, False),
        ({"running": waiting("PodInitializing")}, False),
        ({"kind": WorkloadKind.CRON_JOB, "wanted": None, "ready": 0, "running": ()}, False),
        (
            {
                "kind": WorkloadKind.CRON_JOB,
                "wanted": None,
                "ready": 0,
                "running": waiting("ErrImagePull"),
            },
            True,
        ),
    ],
)
def test_a_workload_is_short_of_ready_replicas(fields: dict[str, object], expected: bool) -> None:
    assert is_short_of_ready(observation(**fields)) is expected  # type: ignore[arg-type]  # fields


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        (f"{API}:1.4.2", f"{API}:1.4.2", False),
        (f"{API}:1.4.2", f"{API}:1.4.1", True),
        (f"{API}:1.4.2", "r.io/shop/other:1.4.2", True),
        (f"{API}:1.4.2", "r.io/shop/other-api:1.4.2", True),
        (f"{API}:1.4.2", f"r.io/shop/other@{digest('a')}", True),
        (f"{API}:1.4.2", "mirror.io/cache/shop/api:1.4.2", False),
        (f"{API}:1.4.2", "mirror.io/r.io-shop-api:1.4.2", False),
        (f"{API}:1.4.2", f"{API}:1.4.2@{digest('a')}", False),
        (f"{API}:1.4.2", f"{API}@{digest('a')}", False),
        (f"{API}:1.4.2@{digest('a')}", f"{API}@{digest('a')}", False),
        (f"{API}@{digest('a')}", f"{API}@{digest('b')}", True),
        (f"{API}:1@{digest('a')}", f"{API}:1@{digest('b')}", True),
        (f"{API}:1.4.2", "NOT AN IMAGE", True),
        ("NOT AN IMAGE", "NOT AN IMAGE", False),
    ],
)
def test_pods_differ_from_the_template_only_by_certainly_other_images(
    wanted: str, found: str, expected: bool
) -> None:
    seen = observation(image=wanted, running=(running(found),))

    assert differs_from_spec(seen) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"status": ROLLING}, False),
        ({"status": HELD}, False),
        ({"status": STUCK}, False),
        ({"wanted": 0}, False),
        ({"running": None}, False),
        ({"running": ()}, False),
        ({"kind": WorkloadKind.CRON_JOB, "wanted": None}, False),
    ],
)
def test_only_a_settled_workload_with_pods_can_differ_from_its_template(
    fields: dict[str, object], expected: bool
) -> None:
    values = {"running": (running(f"{API}:1"),)} | fields
    seen = observation(image=f"{API}:2", **values)  # type: ignore[arg-type]  # fields by name

    assert differs_from_spec(seen) is expected


def test_a_condition_is_kept_since_the_first_of_the_reads_in_a_row_that_saw_it() -> None:
    short = observation(wanted=2, ready=1, status=ROLLING)

    found = reads(observation(), short, short, short)

    assert [o.degraded_since for o in found] == [None, minute(1), minute(1), minute(1)]
    assert [o.rolling_since for o in found] == [None, minute(1), minute(1), minute(1)]


def test_a_condition_that_paused_starts_anew() -> None:
    short, fine = observation(wanted=2, ready=1, status=ROLLING), observation()

    found = reads(short, fine, short)

    assert found[1].degraded_since is found[1].rolling_since is None
    assert found[2].degraded_since == found[2].rolling_since == minute(2)


@pytest.mark.parametrize(
    "change",
    [
        {"image": f"{API}:3"},
        {"revision": "r2"},
        {"candidate": Candidate(f"{API}:4", "canary", 10, 1)},
    ],
)
def test_a_rollout_that_overtakes_another_starts_anew_but_degraded_does_not(
    change: dict[str, object],
) -> None:
    first = observation(image=f"{API}:2", wanted=2, ready=1, status=ROLLING)

    found = reads(first, replace(first, **change))  # type: ignore[arg-type]  # fields by name

    assert found[1].rolling_since == minute(1)
    assert found[1].degraded_since == minute(0)


def test_the_weight_of_a_canary_does_not_make_another_rollout() -> None:
    def canary(weight: int) -> Observation:
        on_its_way = Candidate(f"{API}:3", "canary", weight, 1)
        return observation(kind=WorkloadKind.ROLLOUT, status=ROLLING, candidate=on_its_way)

    assert reads(canary(10), canary(50))[1].rolling_since == minute(0)


def test_reads_that_differ_from_the_template_are_counted_while_they_follow_each_other() -> None:
    differs = observation(image=f"{API}:2", running=(running(f"{API}:1"),))
    fine = observation(image=f"{API}:2", running=(running(f"{API}:2"),))

    found = reads(differs, differs, fine, differs)

    assert [o.differs_reads for o in found] == [1, 2, 0, 1]
    assert [o.differs_since for o in found] == [minute(0), minute(0), None, minute(3)]


def test_a_recreated_workload_starts_anew() -> None:
    old = observation(
        image=f"{API}:2", wanted=2, ready=1, running=(running(f"{API}:1"),), uid="old"
    )

    found = reads(old, replace(old, uid="new"))

    assert found[1].degraded_since == found[1].differs_since == minute(1)
    assert found[1].differs_reads == 1


def test_conditions_set_in_a_new_observation_are_ignored() -> None:
    claimed = observation(rolling_since=NOW, degraded_since=NOW, differs_since=NOW, differs_reads=9)

    found = carry(None, claimed)

    assert found.rolling_since is found.degraded_since is found.differs_since is None
    assert found.differs_reads == 0


def test_digests_are_those_of_the_current_revision_each_once_and_sorted() -> None:
    found = observation(
        running=(
            running(f"{API}:2", image_id=f"{API}@{digest('b')}"),
            running(f"{API}:2", image_id=f"{API}@{digest('a')}"),
            running(f"{API}:2", image_id=f"{API}@{digest('a')}", ready=0),
            running(f"{API}:2", image_id=""),
            running(f"{API}:1", current=False),
        )
    )

    assert running_digests(found) == tuple(sorted(f"{API}@{digest(x)}" for x in "ab"))


def test_an_argo_rollouts_old_pods_do_not_count_once_the_new_ones_are_stable() -> None:
    found = observation(
        image=f"{API}:2",
        kind=WorkloadKind.ROLLOUT,
        running=(running(f"{API}:2"), running(f"{API}:1", current=False)),
    )

    assert running_digests(found) == (image_id(f"{API}:2"),)


def test_an_argo_rollouts_digests_are_those_of_its_stable_replica_set() -> None:
    found = observation(
        image=f"{API}:1",
        kind=WorkloadKind.ROLLOUT,
        candidate=Candidate(f"{API}:2", "canary", 10, 1),
        running=(running(f"{API}:2"), running(f"{API}:1", current=False)),
    )

    assert running_digests(found) == (image_id(f"{API}:1"),)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"running": (running(f"{API}:2", ready=1),)}, True),
        ({"running": (running(f"{API}:2", ready=0),), "ready": 2}, False),
        ({"running": (running(f"{API}:1", current=False),)}, False),
        ({"running": ()}, False),
        ({"running": None, "ready": 1}, True),
        ({"running": None, "ready": 1, "status": ROLLING}, False),
        ({"running": None, "ready": 0}, False),
        ({"kind": WorkloadKind.CRON_JOB, "wanted": None, "ready": 0, "running": ()}, True),
        ({"kind": WorkloadKind.CRON_JOB, "wanted": 0, "ready": 0, "running": ()}, False),
    ],
)
def test_one_ready_replica_of_the_wanted_image_is_enough(
    fields: dict[str, object], expected: bool
) -> None:
    seen = observation(image=f"{API}:2", **fields)  # type: ignore[arg-type]  # fields by name

    assert has_ready_replica(seen) is expected
