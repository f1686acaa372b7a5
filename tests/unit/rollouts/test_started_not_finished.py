"""What ran goes on until another image is ready: templates that moved alone, failed rollouts."""

from collections.abc import Sequence

import pytest

from reldash.domain.rollouts.from_revisions import rollouts_from_revisions
from reldash.domain.workloads.observations import (
    Candidate,
    ContainerRole,
    Observation,
    Progress,
    Revision,
    Rollout,
    RolloutSource,
    RolloutStatus,
    Running,
    WorkloadKind,
)
from tests.unit.builders import days_ago, digest, running
from tests.unit.rollouts.reads import API, ROLLING, minute, read, record_both

STUCK = RolloutStatus(Progress.STUCK, "timed out progressing")
HELD = RolloutStatus(Progress.HELD, "paused: 0 of 2 updated")
CRON_JOB = WorkloadKind.CRON_JOB
ARGO = WorkloadKind.ROLLOUT


def old(image: str = f"{API}:1", build: str = "a", **fields: object) -> Running:
    """Ready pods of an older revision."""
    values: dict[str, object] = {"current": False, "revision": "r0"} | fields
    return running(image, 2, build=build, **values)


def failing(
    image: str = f"{API}:2", build: str | None = None, reason: str = "CrashLoopBackOff"
) -> Running:
    """A pod of the current revision that is not ready; without a build it pulled nothing."""
    pulled = {} if build else {"image_id": ""}
    return running(image, 1, build=build, ready=0, waiting=(reason,), **pulled)


def moved(at: float, *pods: Running, **fields: object) -> Observation:
    """A read in which the template has image 2."""
    return read(minute(at), f"{API}:2", running=pods, **fields)


def told(rollouts: Sequence[Rollout]) -> list[tuple[str, object, object]]:
    """Tag, start and end of each, in minutes."""
    start = minute(0)
    return [
        (
            r.image.rpartition(":")[2],
            (r.started_at - start).total_seconds() / 60,
            r.ended_at and (r.ended_at - start).total_seconds() / 60,
        )
        for r in rollouts
    ]


FIRST = read(minute(0), f"{API}:1", "a")


@pytest.mark.parametrize(
    ("kind", "status", "current"),
    [
        pytest.param(WorkloadKind.DAEMON_SET, HELD, False, id="OnDelete"),
        pytest.param(WorkloadKind.DAEMON_SET, HELD, None, id="OnDelete, revision not known"),
        pytest.param(WorkloadKind.DEPLOYMENT, HELD, True, id="paused, still on the old ReplicaSet"),
        pytest.param(CRON_JOB, RolloutStatus(Progress.COMPLETE), None, id="CronJob before its Job"),
    ],
)
def test_a_template_that_moved_alone_is_no_rollout(
    kind: WorkloadKind, status: RolloutStatus, *, current: bool | None
) -> None:
    pods = old(current=current)
    newest = None if current is None else True
    first = read(minute(0), f"{API}:1", running=(old(current=newest),), kind=kind)
    waits = [moved(i, pods, kind=kind, status=status) for i in (1, 2)]
    begins = moved(3, running(f"{API}:2", 2, build="b", current=newest), kind=kind)

    intervals, unfinished = record_both(first, *waits, begins)

    assert told(intervals) == [("1", 0, 3), ("2", 3, None)]
    assert [one.digests for one in intervals] == [
        (f"{API}@{digest('a')}",),
        (f"{API}@{digest('b')}",),
    ]
    assert unfinished == []


def test_a_cron_job_without_any_pod_left_runs_its_template() -> None:
    first = read(minute(0), f"{API}:1", running=(), kind=CRON_JOB, wanted=None)
    intervals, _ = record_both(first, moved(1, kind=CRON_JOB, wanted=None))
    assert told(intervals) == [("1", 0, 1), ("2", 1, None)]


@pytest.mark.parametrize(
    ("pods", "status"),
    [
        pytest.param((old(), failing(reason="ImagePullBackOff")), STUCK, id="image not found"),
        pytest.param((old(), failing(build="b")), STUCK, id="crashing beside the old ones"),
        pytest.param((old(), failing(build="b")), ROLLING, id="crashing within its deadline"),
        pytest.param((failing(build="b"),), ROLLING, id="crashing after the only old pod went"),
        pytest.param((old(),), STUCK, id="no pod could be created"),
        pytest.param(
            (old(), failing(build="b")),
            RolloutStatus(Progress.HELD, "partition 1: 1 of 2 updated"),
            id="crashing in a partition",
        ),
    ],
)
def test_a_rollout_that_never_became_ready_leaves_the_interval_open(
    pods: tuple[Running, ...], status: RolloutStatus
) -> None:
    back = read(minute(3), f"{API}:1", "a")

    intervals, unfinished = record_both(
        FIRST, *(moved(i, *pods, status=status) for i in (1, 2)), back
    )

    assert told(intervals) == [("1", 0, None)]
    assert told(unfinished) == [("2", 1, 3)]
    assert (unfinished[0].ready_at, unfinished[0].unfinished) == (None, True)


def test_a_rollout_that_is_ready_late_ran_from_its_start() -> None:
    intervals, unfinished = record_both(
        FIRST,
        moved(1, old(), failing(), status=ROLLING),
        moved(2, old(), failing(build="b"), status=STUCK),
        moved(3, running(f"{API}:2", 2, build="b")),
    )
    assert told(intervals) == [("1", 0, 1), ("2", 1, None)]
    assert intervals[1].ready_at == minute(3)
    assert unfinished == []


def test_a_third_image_gives_up_the_second() -> None:
    third = read(minute(2), f"{API}:3", running=(old(), failing(f"{API}:3")), status=ROLLING)
    intervals, unfinished = record_both(FIRST, moved(1, old(), failing(), status=STUCK), third)
    assert told(intervals) == [("1", 0, None)]
    assert told(unfinished) == [("2", 1, 2), ("3", 2, None)]


def test_a_rollout_that_was_held_starts_when_it_goes_on() -> None:
    unobserved = moved(1, old(), status=ROLLING)
    intervals, _ = record_both(
        FIRST,
        unobserved,
        moved(2, old(), status=HELD),
        moved(60, old(), status=HELD),
        moved(61, old(), failing(), status=ROLLING),
        moved(62, running(f"{API}:2", build="b")),
    )
    assert told(intervals) == [("1", 0, 60), ("2", 60, None)]


def test_pods_that_fail_long_after_their_rollout_change_nothing() -> None:
    intervals, unfinished = record_both(
        FIRST, read(minute(5), f"{API}:1", running=(failing(f"{API}:1", "a"),))
    )
    assert told(intervals) == [("1", 0, None)]
    assert unfinished == []


def test_what_ran_between_two_reads_is_seen_in_the_pods_that_leave() -> None:
    third = read(
        minute(9), f"{API}:3", running=(old(f"{API}:2", "b"), failing(f"{API}:3")), status=ROLLING
    )
    done = read(minute(10), f"{API}:3", "c")
    intervals, _ = record_both(FIRST, third, done)
    assert told(intervals) == [("1", 0, 9), ("2", 9, 10), ("3", 10, None)]


def test_old_pods_that_a_webhook_pinned_are_still_of_the_open_interval() -> None:
    pinned = old(f"{API}@{digest('a')}")
    first = read(minute(0), f"{API}:1", running=(running(f"{API}@{digest('a')}"),))
    intervals, unfinished = record_both(first, moved(1, pinned, failing(), status=STUCK))
    assert told(intervals) == [("1", 0, None)]
    assert told(unfinished) == [("2", 1, None)]


@pytest.mark.parametrize("wanted", [0, 2])
def test_a_workload_scaled_to_zero_has_the_image_that_it_requests(wanted: int) -> None:
    scaled = moved(1, wanted=0, ready=0)
    intervals, unfinished = record_both(FIRST, scaled, moved(2, wanted=wanted, ready=0))
    assert [one[0] for one in told(intervals)] == ["1", "2"]
    assert unfinished == []


def test_a_tag_pushed_again_whose_pods_only_crash_is_not_what_runs() -> None:
    restart = read(
        minute(1),
        f"{API}:1",
        running=(old(), failing(f"{API}:1", "b")),
        rolling_since=minute(1),
        status=ROLLING,
    )
    intervals, unfinished = record_both(FIRST, restart)
    assert told(intervals) == [("1", 0, None)]
    assert intervals[0].digests == (f"{API}@{digest('a')}",)
    assert [one.digests for one in unfinished] == [(f"{API}@{digest('b')}",)]


def test_a_tag_pushed_again_and_rolled_pod_by_pod_ends_the_interval_with_its_last_pod() -> None:
    intervals, unfinished = record_both(
        FIRST,
        read(minute(1), f"{API}:1", "a", "b"),
        read(minute(2), f"{API}:1", "a", "b"),
        read(minute(3), f"{API}:1", "b"),
    )
    assert told(intervals) == [("1", 0, 3), ("1", 3, None)]
    assert [one.digests for one in intervals] == [
        (f"{API}@{digest('a')}",),
        (f"{API}@{digest('b')}",),
    ]
    assert unfinished == []


def canary(at: float, *pods: Running, image: str = f"{API}:2") -> Observation:
    fields = {"kind": ARGO, "candidate": Candidate(image, "canary", 10, 1)}
    return read(minute(at), f"{API}:1", running=pods, **fields)


@pytest.mark.parametrize(
    "pods",
    [
        pytest.param((old(), running(f"{API}:2", build="b")), id="canary"),
        pytest.param((old(), running(f"{API}@{digest('b')}")), id="canary that a webhook pinned"),
        pytest.param(
            (old(), old(f"{API}:0", "z"), running(f"{API}:2", build="b")),
            id="canary beside pods of an earlier one",
        ),
    ],
)
def test_a_canary_never_stands_under_the_stable_image(pods: tuple[Running, ...]) -> None:
    stable = read(minute(0), f"{API}:1", running=(running(f"{API}:1", build="a"),), kind=ARGO)
    intervals, unfinished = record_both(stable, canary(1, *pods), canary(2, *pods))
    assert told(intervals) == [("1", 0, None)]
    assert intervals[0].digests == (f"{API}@{digest('a')}",)
    assert unfinished == []


def revision(number: int, tag: str, days: float, template_hash: str) -> Revision:
    images = (("api", ContainerRole.MAIN, f"{API}:{tag}"),)
    return Revision(
        "prod",
        "shop",
        WorkloadKind.DEPLOYMENT,
        "api",
        number,
        days_ago(days),
        template_hash,
        images,
    )


REVISIONS = [revision(1, "0", 9, "r-"), revision(2, "1", 5, "r0"), revision(3, "2", 1, "r1")]


@pytest.mark.parametrize("reference", [f"{API}:1", f"{API}@{digest('a')}"])
def test_the_first_read_of_a_failed_rollout_knows_what_runs_and_since_when(reference: str) -> None:
    found = moved(0, old(reference), failing(), status=STUCK)
    before, open_, unfinished = rollouts_from_revisions(REVISIONS, [found])
    assert (before.image, before.ended_at) == (f"{API}:0", days_ago(5))
    assert (open_.image, open_.started_at, open_.ended_at) == (f"{API}:1", days_ago(5), None)
    assert open_.ready_at == minute(0)
    assert (unfinished.image, unfinished.started_at) == (f"{API}:2", days_ago(1))
    assert (unfinished.unfinished, unfinished.source) == (True, RolloutSource.REVISION)


def test_the_first_read_of_a_paused_deployment_has_no_rollout_of_its_template() -> None:
    found = moved(0, old(), status=HELD)
    history = rollouts_from_revisions(REVISIONS[:2], [found])
    assert [(one.image, one.unfinished) for one in history] == [
        (f"{API}:0", False),
        (f"{API}:1", False),
    ]


def test_without_revisions_the_first_read_has_the_image_of_the_ready_pods() -> None:
    intervals, unfinished = record_both(moved(0, old(), failing(), status=STUCK))
    assert told(intervals) == [("1", 0, None)]
    assert told(unfinished) == [("2", 0, None)]
