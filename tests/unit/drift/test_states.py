"""The state of a cell: its builds compared with its baseline."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reldash.domain.builds.build import Build
from reldash.domain.builds.equality import Relation
from reldash.domain.drift.baseline import Baseline
from reldash.domain.drift.states import Flag, State
from reldash.domain.drift.verdict import (
    Verdict,
    absence,
    counted_state,
    is_drift,
    most_concerning,
    state_against,
)
from reldash.domain.fleet.rules import Budget, Environment, LagLevel
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.workloads.observations import (
    Candidate,
    Observation,
    Progress,
    RolloutStatus,
    WorkloadKind,
)
from tests.unit.builders import (
    REGISTRY,
    days_ago,
    digest,
    fleet_rules,
    observation,
    running,
    sighting,
)
from tests.unit.matrix_builders import cell_in

SAME, FINAL, REBUILT = Relation.SAME, Relation.FINAL, Relation.REBUILT
NEWER, OLDER, DIFFERENT = Relation.NEWER, Relation.OLDER, Relation.DIFFERENT


@pytest.mark.parametrize(
    ("relations", "complete", "state"),
    [
        ([SAME], True, State.IN_STEP),
        ([FINAL], True, State.IN_STEP),
        ([REBUILT], True, State.IN_STEP),
        ([NEWER], True, State.AHEAD),
        ([OLDER], True, State.BEHIND),
        ([DIFFERENT], True, State.DIVERGED),
        ([OLDER, SAME], True, State.IN_STEP),
        ([NEWER, NEWER], True, State.AHEAD),
        ([OLDER, OLDER], True, State.BEHIND),
        ([NEWER, OLDER], True, State.DIVERGED),
        ([NEWER, DIFFERENT], True, State.DIVERGED),
        ([SAME], False, State.IN_STEP),
        ([NEWER], False, State.UNKNOWN),
        ([OLDER], False, State.UNKNOWN),
        ([DIFFERENT], False, State.UNKNOWN),
    ],
)
def test_a_build_is_in_step_if_contained_and_ahead_or_behind_only_against_all(
    relations: list[Relation], complete: bool, state: State
) -> None:
    assert state_against(relations, complete=complete) is state


def test_of_several_builds_the_most_serious_verdict_gives_the_state() -> None:
    verdicts = [
        Verdict(state, Build("1"), Baseline())
        for state in (State.IN_STEP, State.BEHIND, State.AHEAD, State.WAITING)
    ]
    assert most_concerning(verdicts).state is State.AHEAD


@pytest.mark.parametrize(
    ("last", "drifts", "counted"),
    [
        (State.IN_STEP, False, State.UNKNOWN),
        (State.IN_STEP, True, State.UNKNOWN),  # by a flag: calm by its state is not claimed
        (State.WAITING, False, State.UNKNOWN),
        (State.LEADING, False, State.UNKNOWN),
        (State.BEHIND, False, State.UNKNOWN),  # scaled to zero
        (State.BEHIND, True, State.BEHIND),
        (State.DIVERGED, True, State.DIVERGED),
        (State.AHEAD, True, State.AHEAD),
    ],
)
def test_what_is_not_fully_known_counts_as_unknown_unless_it_drifts(
    last: State, drifts: bool, counted: State
) -> None:
    assert counted_state(last, drifts=drifts, is_known=False) is counted
    assert counted_state(last, drifts=drifts, is_known=True) is last


@pytest.mark.parametrize(
    ("gaps", "once_ran", "expected", "result"),
    [
        ([], False, False, (State.ABSENT, False)),
        ([], True, False, (State.ABSENT, True)),
        ([], False, True, (State.ABSENT, True)),
        (["prod has never been read"], True, True, (State.UNKNOWN, False)),
    ],
)
def test_absence_is_drift_only_if_the_service_once_ran_there_or_is_expected(
    gaps: list[str], once_ran: bool, expected: bool, result: tuple[State, bool]
) -> None:
    assert absence(gaps, once_ran=once_ran, expected=expected) == result


@pytest.mark.parametrize(
    ("state", "flags", "mixed", "drift"),
    [
        (State.AHEAD, [], False, True),
        (State.BEHIND, [], False, True),
        (State.DIVERGED, [], False, True),
        (State.WAITING, [], False, False),
        (State.IN_STEP, [], False, False),
        (State.UNKNOWN, [Flag.STALE], False, False),
        (State.IN_STEP, [], True, True),
        (State.IN_STEP, [Flag.MIXED], False, False),
        *(
            (State.IN_STEP, [flag], False, True)
            for flag in (Flag.TAG_MOVED, Flag.REBUILT, Flag.BYPASSED, Flag.SPEC_DIFFERS)
        ),
        *(
            (State.IN_STEP, [flag], False, False)
            for flag in (
                Flag.ROLLING,
                Flag.STUCK,
                Flag.DEGRADED,
                Flag.PARTIAL,
                Flag.IDLE,
                Flag.UNPINNED,
                Flag.UNCHECKED,
            )
        ),
    ],
)
def test_drift_is_a_difference_and_neither_waiting_nor_health_nor_hygiene(
    state: State, flags: list[Flag], mixed: bool, drift: bool
) -> None:
    assert is_drift(state, flags, mixed=mixed) is drift


def pair(stg: Observation, prod: Observation) -> list[Observation]:
    return [replace(stg, cluster="stg"), replace(prod, cluster="prod")]


@pytest.mark.parametrize(
    ("stg", "prod", "state", "reason"),
    [
        pytest.param(
            observation(), observation(), State.IN_STEP, "prod runs 1.4.2, as stg does", id="equal"
        ),
        pytest.param(
            observation(version="rc-77", build="x"),
            observation(image="prod.example.com/api:1.5.0", build="x"),
            State.IN_STEP,
            f"prod runs 1.5.0, the same build as rc-77 in stg (digest {digest('x')[7:19]})",
            id="retagged promotion to another registry",
        ),
        pytest.param(
            observation(version="1.5.0-rc.2"),
            observation(version="1.5.0"),
            State.IN_STEP,
            "prod runs 1.5.0, the final release of the candidate 1.5.0-rc.2 in stg",
            id="a candidate and its final",
        ),
        pytest.param(
            observation(build="x"),
            observation(build="y"),
            State.IN_STEP,
            "prod runs 1.4.2, as stg does, in another build",
            id="rebuilt",
        ),
        pytest.param(
            observation(version="1.5.0"),
            observation(version="1.4.2"),
            State.BEHIND,
            "prod runs 1.4.2, stg 1.5.0: 1 minor version behind, by semver order",
            id="behind",
        ),
        pytest.param(
            observation(version="1.4.2"),
            observation(version="1.4.2-hotfix.1"),
            State.AHEAD,
            "prod runs 1.4.2-hotfix.1, stg 1.4.2: 1 release ahead, by semver order",
            id="hotfix",
        ),
        pytest.param(
            observation(version="1.9.0"),
            observation(version="1.10.0"),
            State.AHEAD,
            "prod runs 1.10.0, stg 1.9.0: 1 minor version ahead, by semver order",
            id="never string order",
        ),
        pytest.param(
            observation(version="0.20.1-b524415"),
            observation(version="0.20.1-c634526"),
            State.DIVERGED,
            "prod runs 0.20.1-c634526, stg 0.20.1-b524415: different builds; "
            "no rule says which is newer",
            id="hex suffixes",
        ),
        pytest.param(
            observation(version="1.5.0-alpine"),
            observation(version="1.4.2"),
            State.BEHIND,
            "prod runs 1.4.2, stg 1.5.0-alpine: 1 minor version behind, by semver order",
            id="different variants of unequal numbers",
        ),
        pytest.param(
            observation(version="1.5.0-alpine"),
            observation(version="1.5.0"),
            State.DIVERGED,
            "prod runs 1.5.0, stg 1.5.0-alpine: different builds; no rule says which is newer",
            id="two variants of one number",
        ),
        pytest.param(
            observation(version="12345678"),
            observation(version="87654321"),
            State.DIVERGED,
            "prod runs 87654321, stg 12345678: different builds; no rule says which is newer",
            id="commits of decimal digits",
        ),
        pytest.param(
            observation(version="main-143-abc1234"),
            observation(version="main-142-def5678"),
            State.BEHIND,
            "prod runs main-142-def5678, stg main-143-abc1234: 1 release behind, by their numbers",
            id="counters",
        ),
        pytest.param(
            observation(version="latest", build="x"),
            observation(version="latest", build="y"),
            State.DIVERGED,
            f"prod runs {digest('y')[7:19]}, stg {digest('x')[7:19]}: different builds; "
            "no rule says which is newer",
            id="latest and another latest",
        ),
    ],
)
def test_prod_is_compared_with_stg_by_equality_first_and_then_by_the_pairs_order(
    stg: Observation, prod: Observation, state: State, reason: str
) -> None:
    cell = cell_in("prod", pair(stg, prod))
    assert (cell.state, cell.reason) == (state, reason)


def test_the_first_environment_is_leading() -> None:
    cell = cell_in("dev", [observation("dev"), observation("stg")])
    assert cell.state is State.LEADING
    assert cell.reason == "dev runs 1.4.2; nothing to compare with: dev comes first"


def test_an_environment_that_stands_apart_is_leading() -> None:
    rules = fleet_rules(["dev", Environment("shared", None, default_baseline=False), "prod"])
    cell = cell_in("shared", [observation("dev"), observation("shared", "0.1")], rules=rules)
    assert cell.state is State.LEADING
    assert "shared stands apart" in cell.reason


def test_the_same_version_in_other_builds_is_rebuilt_and_drift() -> None:
    cell = cell_in("prod", pair(observation(build="x"), observation(build="y")))
    assert cell.flags == (Flag.REBUILT,)
    assert cell.drift
    assert digest("x")[7:19] in cell.flag_reasons[Flag.REBUILT]


def test_push_time_orders_versions_that_their_text_does_not() -> None:
    older, newer = observation("stg", "abc1234"), observation("prod", "def5678")
    facts = RegistryFacts(
        pushes={digest("api:abc1234"): days_ago(3), digest("api:def5678"): days_ago(1)}
    )
    cell = cell_in("prod", [older, newer], facts=facts)
    assert (cell.state, cell.method) == (State.AHEAD, "push time")
    assert cell.reason.endswith("ahead, by push time")


def test_the_first_rollout_in_the_first_environment_orders_versions_last() -> None:
    dev = observation("dev", "def5678")
    found = [dev, observation("stg", "def5678"), observation("prod", "abc1234")]
    seen = [
        sighting(dev, started_at=days_ago(1)),
        sighting(
            dev, image=f"{REGISTRY}/api:abc1234", started_at=days_ago(3), ended_at=days_ago(1)
        ),
    ]
    cell = cell_in("prod", found, sightings=seen)
    assert (cell.state, cell.method) == (State.BEHIND, "first rollout")


BUDGET = Budget(dwell=timedelta(days=14), lag=LagLevel.MINOR)


@pytest.mark.parametrize(
    ("version", "days", "state"),
    [
        ("1.5.0", 12, State.WAITING),
        ("1.5.0", 15, State.BEHIND),
        ("2.0.0", 1, State.BEHIND),
        ("1.4.3", 1, State.WAITING),
    ],
)
def test_behind_within_the_budget_is_waiting_and_quiet(
    version: str, days: int, state: State
) -> None:
    rules = fleet_rules(["dev", "stg", Environment("prod", budget=BUDGET)])
    stg = observation("stg", version)
    seen = [sighting(stg, started_at=days_ago(days))]
    cell = cell_in("prod", [stg, observation("prod", "1.4.2")], sightings=seen, rules=rules)
    assert cell.state is state
    assert cell.drift is (state is State.BEHIND)
    assert cell.reason.endswith(
        "within its budget" if state is State.WAITING else "beyond its budget"
    )


def test_a_reason_names_versions_environments_dwell_and_method() -> None:
    stg = observation("stg", "1.5.0")
    seen = [sighting(stg, started_at=days_ago(12))]
    cell = cell_in("prod", [stg, observation("prod", "1.4.2")], sightings=seen)
    assert cell.reason == (
        "prod runs 1.4.2, stg 1.5.0: 1 minor version behind for 12 d, by semver order"
    )
    assert (cell.baseline, cell.baseline_version, cell.method) == ("stg", "1.5.0", "semver")


def test_a_paused_canary_is_in_step_by_its_stable_version_and_shows_the_other() -> None:
    new = f"{REGISTRY}/api:1.5.0"
    canary = observation(
        "prod",
        kind=WorkloadKind.ROLLOUT,
        status=RolloutStatus(Progress.HELD, "CanaryPauseStep"),
        candidate=Candidate(new, "canary", 10, pods=1),
        running=(running(f"{REGISTRY}/api:1.4.2", 9, current=False), running(new, 1)),
    )
    cell = cell_in("prod", [observation("stg"), canary])
    assert (cell.state, cell.version, cell.drift) == (State.IN_STEP, "1.4.2", False)
    assert cell.candidate == "canary 10 % 1.5.0"
    assert cell.flags == (Flag.PARTIAL,)


def test_a_candidate_of_the_image_that_runs_is_not_shown() -> None:
    image = f"{REGISTRY}/api:1.4.2"
    canary = observation(
        "prod",
        kind=WorkloadKind.ROLLOUT,
        status=RolloutStatus(Progress.HELD, "CanaryPauseStep"),
        candidate=Candidate(image, "canary", 10, pods=1),
        running=(running(image, 9, current=False), running(image, 1)),
    )
    cell = cell_in("prod", [observation("stg"), canary])
    assert (cell.version, cell.candidate, cell.flags) == ("1.4.2", "", (Flag.PARTIAL,))


def test_an_aborted_argo_rollout_is_stuck() -> None:
    aborted = observation(
        "prod",
        kind=WorkloadKind.ROLLOUT,
        status=RolloutStatus(Progress.STUCK, "RolloutAborted: metric failed"),
    )
    cell = cell_in("prod", [observation("stg"), aborted])
    assert (cell.state, cell.flags) == (State.IN_STEP, (Flag.STUCK,))
    assert cell.flag_reasons[Flag.STUCK] == "prod shop/api: RolloutAborted: metric failed"


def halfway(progress: Progress) -> Observation:
    """A StatefulSet in prod with two pods of 1.4.2 left and one of 1.5.0."""
    return observation(
        "prod",
        "1.5.0",
        kind=WorkloadKind.STATEFUL_SET,
        wanted=3,
        ready=3,
        status=RolloutStatus(progress, "partition 2"),
        running=(
            running(f"{REGISTRY}/api:1.4.2", 2, current=False),
            running(f"{REGISTRY}/api:1.5.0", 1),
        ),
    )


def test_a_partitioned_stateful_set_is_partial_and_its_drift_counts() -> None:
    cell = cell_in("prod", [observation("stg", "1.5.0"), halfway(Progress.HELD)])
    assert (cell.state, cell.drift, cell.flags) == (State.BEHIND, True, (Flag.PARTIAL,))
    assert cell.versions == (("1.4.2", 1), ("1.5.0", 1))


def test_two_versions_of_a_rolling_update_are_no_drift() -> None:
    cell = cell_in("prod", [observation("stg", "1.5.0"), halfway(Progress.PROGRESSING)])
    assert (cell.state, cell.drift, cell.flags) == (State.IN_STEP, False, (Flag.ROLLING,))
    assert cell.versions == (("1.5.0", 1), ("1.4.2", 1))
    assert cell.where == {"1.5.0": "1 of 3 pods", "1.4.2": "2 of 3 pods"}


def test_beyond_rolling_max_both_versions_count() -> None:
    rolling = replace(halfway(Progress.PROGRESSING), rolling_since=days_ago(1))
    cell = cell_in("prod", [observation("stg", "1.5.0"), rolling])
    assert (cell.state, cell.drift, cell.flags) == (State.BEHIND, True, (Flag.STUCK,))


def test_a_rollout_stuck_on_an_image_that_cannot_be_pulled_keeps_its_version() -> None:
    stuck = observation(
        "prod",
        "9.9.9",
        status=RolloutStatus(Progress.PROGRESSING),
        running=(
            running(f"{REGISTRY}/api:1.4.2", 2, current=False),
            running(
                f"{REGISTRY}/api:9.9.9", 1, image_id="", ready=0, waiting=("ImagePullBackOff",)
            ),
        ),
    )
    cell = cell_in("prod", [observation("stg"), stuck])
    assert (cell.state, cell.version) == (State.IN_STEP, "1.4.2")
    assert cell.flags == (Flag.DEGRADED, Flag.ROLLING)


def test_a_cron_job_is_compared_like_any_other() -> None:
    job = observation(
        "prod", kind=WorkloadKind.CRON_JOB, wanted=None, ready=0, running=(), version="1.4.1"
    )
    cell = cell_in("prod", [observation("stg"), job])
    assert (cell.state, cell.flags) == (State.BEHIND, ())


def test_scaled_to_zero_is_idle_shows_its_state_and_is_no_drift() -> None:
    idle = observation("prod", "1.4.2", wanted=0, ready=0, running=())
    cell = cell_in("prod", [observation("stg", "1.5.0"), idle])
    assert (cell.version, cell.state, cell.drift) == ("1.4.2", State.BEHIND, False)
    assert cell.flags == (Flag.IDLE,)


def test_scaled_to_zero_is_no_baseline() -> None:
    found = [
        observation("dev", "1.5.0"),
        observation("stg", "1.4.0", wanted=0, ready=0, running=()),
        observation("prod", "1.5.0"),
    ]
    cell = cell_in("prod", found)
    assert (cell.state, cell.baseline) == (State.IN_STEP, "dev")
