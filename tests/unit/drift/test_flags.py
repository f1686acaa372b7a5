"""Flags that one place gives by itself, each rule with a table of cases."""

from datetime import timedelta
from typing import Any

import pytest

from reldash.domain.builds.build import build_of
from reldash.domain.builds.moved_tags import find_moved_tag
from reldash.domain.builds.running import running_builds
from reldash.domain.drift import flags as place_flags
from reldash.domain.drift.registry_info import NO_INFO, registry_info_of
from reldash.domain.drift.states import Flag
from reldash.domain.fleet.rules import CollectRules, Environment
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.workloads.observations import Progress, RolloutStatus, WorkloadKind
from tests.unit.builders import REGISTRY, digest, image_id, minutes_ago, observation, running

RULES = CollectRules(rolling_max=timedelta(minutes=30), degraded_after=timedelta(minutes=5))
PROGRESSING = RolloutStatus(Progress.PROGRESSING, "2 of 4 updated")
STUCK = RolloutStatus(Progress.STUCK, "ProgressDeadlineExceeded")
HELD = RolloutStatus(Progress.HELD, "partition 2")
IMAGE = f"{REGISTRY}/api:1.4.2"


@pytest.mark.parametrize(
    ("fields", "rolling", "stuck"),
    [
        ({}, False, False),
        ({"status": PROGRESSING}, True, False),
        ({"status": PROGRESSING, "rolling_since": minutes_ago(20)}, True, False),
        ({"status": PROGRESSING, "rolling_since": minutes_ago(40)}, False, True),
        ({"status": STUCK}, False, True),
        ({"status": HELD, "rolling_since": minutes_ago(40)}, False, False),
        ({"kind": WorkloadKind.ROLLOUT, "status": RolloutStatus(Progress.STUCK)}, False, True),
    ],
)
def test_a_rollout_is_rolling_until_its_deadline_or_rolling_max_and_then_stuck(
    fields: dict[str, Any], rolling: bool, stuck: bool
) -> None:
    observed = observation(**fields)
    assert bool(place_flags.rolling(observed, RULES)) is rolling
    assert bool(place_flags.stuck(observed, RULES)) is stuck


def test_a_rollout_does_not_become_stuck_by_not_being_read() -> None:
    observed = observation(
        status=PROGRESSING, observed_at=minutes_ago(60), rolling_since=minutes_ago(70)
    )
    assert place_flags.rolling(observed, RULES) == "2 of 4 updated"


def test_a_rollout_held_by_a_partition_or_pause_is_partial() -> None:
    assert place_flags.partial(observation(status=HELD)) == "partition 2"
    assert place_flags.partial(observation(status=PROGRESSING)) == ""


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"ready": 1, "degraded_since": minutes_ago(3)}, ""),
        ({"ready": 1, "degraded_since": minutes_ago(12)}, "1 of 2 replicas ready for 11 min"),
        ({"waiting": ("ImagePullBackOff",)}, "a container waits in ImagePullBackOff"),
        ({"waiting": ("CrashLoopBackOff",)}, "a container waits in CrashLoopBackOff"),
        ({"waiting": ("ErrImagePull",)}, "a container waits in ErrImagePull"),
        (
            {"waiting": ("CreateContainerConfigError",)},
            "a container waits in CreateContainerConfigError",
        ),
        ({"waiting": ("ContainerCreating", "PodInitializing")}, ""),
        (
            {"wanted": None, "kind": WorkloadKind.CRON_JOB, "degraded_since": minutes_ago(12)},
            "its pods have not come up for 11 min",
        ),
        ({"wanted": 0, "waiting": ("CrashLoopBackOff",)}, ""),
    ],
)
def test_degraded_means_missing_replicas_for_too_long_or_containers_failing_to_start(
    fields: dict[str, Any], reason: str
) -> None:
    waiting = fields.pop("waiting", ())
    observed = observation(running=(running(IMAGE, waiting=waiting),), **fields)
    assert place_flags.degraded(observed, RULES) == reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"wanted": 0}, "scaled to zero"),
        ({"wanted": 0, "kind": WorkloadKind.CRON_JOB}, "suspended"),
        ({"wanted": None, "kind": WorkloadKind.CRON_JOB}, ""),
    ],
)
def test_idle_is_scaled_to_zero_or_suspended(fields: dict[str, Any], reason: str) -> None:
    assert place_flags.idle(observation(**fields)) == reason


@pytest.mark.parametrize(
    ("image", "pinned", "flagged"),
    [
        ("api:latest", True, True),
        ("api", True, True),
        ("node:22", True, True),
        ("api:main", True, True),
        ("api:1.4.2", True, False),
        (f"api:latest@{digest('x')}", True, False),
        ("api:latest", False, False),
        ("Not An Image", True, False),
    ],
)
def test_a_moving_tag_is_unpinned_where_images_must_be_pinned(
    image: str, pinned: bool, flagged: bool
) -> None:
    environment = Environment("prod", pinned=pinned)
    assert bool(place_flags.unpinned(observation(image=image), environment)) is flagged


@pytest.mark.parametrize(
    ("reads", "progress", "flagged"),
    [
        (0, Progress.COMPLETE, False),
        (1, Progress.COMPLETE, False),
        (2, Progress.COMPLETE, True),
        (9, Progress.COMPLETE, True),
        (2, Progress.PROGRESSING, False),
        (2, Progress.STUCK, False),
        (2, Progress.HELD, True),
    ],
)
def test_the_spec_differs_after_two_reads_with_no_rollout_under_way(
    reads: int, progress: Progress, flagged: bool
) -> None:
    observed = observation(
        "prod",
        "1.5.0",
        differs_reads=reads,
        status=RolloutStatus(progress),
        running=(running(IMAGE),),
    )
    reason = place_flags.spec_differs(observed)
    assert reason == (f"it asks for {REGISTRY}/api:1.5.0 and runs {IMAGE}" if flagged else "")


def test_unread_pods_are_unchecked_and_the_flags_not_evaluated_are_named() -> None:
    reason = place_flags.unchecked(observation(running=None))
    assert all(flag in reason for flag in ("tag_moved", "rebuilt", "spec_differs", "degraded"))
    assert place_flags.unchecked(observation(running=())) == ""
    assert place_flags.unchecked(observation(running=None, wanted=0)) == ""


@pytest.mark.parametrize(
    ("pods", "moved"),
    [
        ([(IMAGE, image_id(IMAGE, "x")), (IMAGE, image_id(IMAGE, "x"))], False),
        ([(IMAGE, image_id(IMAGE, "x")), (IMAGE, image_id(IMAGE, "y"))], True),
        ([(IMAGE, image_id(IMAGE, "x")), (IMAGE, "")], False),
        ([(IMAGE, image_id(IMAGE, "x")), (IMAGE, digest("configuration"))], False),
        ([(IMAGE, image_id(IMAGE, "x")), (f"{REGISTRY}/api:1.5.0", image_id(IMAGE, "y"))], False),
        ([(IMAGE, image_id(IMAGE, "x")), (f"b.example.com/{IMAGE}", image_id(IMAGE, "y"))], False),
        (
            [
                (f"{IMAGE}@{digest('x')}", image_id(IMAGE, "x")),
                (f"{IMAGE}@{digest('y')}", image_id(IMAGE, "y")),
            ],
            False,
        ),
    ],
)
def test_a_tag_moved_if_it_runs_as_several_builds(pods: list[tuple[str, str]], moved: bool) -> None:
    assert bool(find_moved_tag([build_of(*pod) for pod in pods])) is moved


def test_a_tag_moved_if_the_registry_has_another_build() -> None:
    build = build_of(IMAGE, image_id(IMAGE, "x"))
    name = f"{REGISTRY}/api"
    held = {(name, digest("x")): True}
    assert find_moved_tag([build], RegistryFacts(tags={(name, "1.4.2"): digest("y")}, held=held))
    assert not find_moved_tag(
        [build], RegistryFacts(tags={(name, "1.4.2"): digest("x")}, held=held)
    )


def test_pods_of_one_place_with_two_builds_of_a_tag_give_tag_moved() -> None:
    observed = observation(running=(running(IMAGE, build="x"), running(IMAGE, 1, build="y")))
    runs = running_builds(observed, rolling=False)
    registry_info = registry_info_of(runs, NO_FACTS)
    found = place_flags.place_flags(observed, runs, Environment("prod"), RULES, registry_info)
    assert found == {
        Flag.TAG_MOVED: f"{IMAGE} runs as {digest('x')[7:19]} and as {digest('y')[7:19]}"
    }


def test_a_healthy_place_has_no_flags() -> None:
    observed = observation()
    runs = running_builds(observed, rolling=False)
    environment = Environment("prod", pinned=True)
    assert place_flags.place_flags(observed, runs, environment, RULES, NO_INFO) == {}
