"""Flags among places: places of one environment that disagree, and tags with several builds."""

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.workloads.observations import Observation, Progress, RolloutStatus
from tests.unit.builders import REGISTRY, cluster, digest, fleet_rules, observation, running
from tests.unit.matrix_builders import cell_in

RULES = fleet_rules(
    clusters=["dev", "stg", *(cluster(f"prod-{n}", "prod") for n in (1, 2, 3))],
)


def prod(*places: Observation, stg: str = "1.5.0") -> list[Observation]:
    return [observation("stg", stg), *places]


def test_regions_that_run_different_versions_are_mixed_and_the_worst_gives_the_state() -> None:
    places = [
        observation("prod-1", "1.5.0"),
        observation("prod-2", "1.4.2"),
        observation("prod-3", "1.5.0"),
    ]
    cell = cell_in("prod", prod(*places), rules=RULES)
    assert (cell.version, cell.state, cell.flags) == ("1.4.2", State.BEHIND, (Flag.MIXED,))
    assert cell.versions == (("1.4.2", 1), ("1.5.0", 2))
    assert cell.where == {"1.4.2": "prod-2", "1.5.0": "prod-1 and prod-3"}
    assert cell.drift
    assert cell.reason.startswith(
        "1 of 3 deployments in prod runs 1.4.2, stg 1.5.0: 1 minor version"
    )
    assert (
        cell.flag_reasons[Flag.MIXED]
        == "prod runs 1.4.2 in 1 deployment and 1.5.0 in 2 deployments"
    )


def test_mixed_within_the_baseline_is_drift_though_each_is_in_step() -> None:
    rules = fleet_rules(
        clusters=[
            "dev",
            *(cluster(f"{e}-{n}", e) for e in ("stg", "prod") for n in (1, 2)),
        ]
    )
    found = [
        observation(f"{environment}-{n}", version)
        for environment in ("stg", "prod")
        for n, version in ((1, "1.4.2"), (2, "1.5.0"))
    ]
    cell = cell_in("prod", found, rules=rules)
    assert (cell.state, cell.flags, cell.drift) == (State.IN_STEP, (Flag.MIXED,), True)
    assert cell.reason == (
        "prod runs 1.4.2 in 1 deployment, as stg does; 1.5.0 in 1 deployment, as stg does"
    )


def test_one_build_under_two_tags_is_not_mixed() -> None:
    places = [
        observation("prod-1", "1.5.0", build="x"),
        observation("prod-2", "stable-7", build="x"),
    ]
    cell = cell_in("prod", prod(*places), rules=RULES)
    assert Flag.MIXED not in cell.flags


def test_the_order_in_which_places_come_from_the_database_changes_nothing() -> None:
    found = prod(observation("prod-1", "1.5.0"), observation("prod-2", "1.4.2"))
    cell = cell_in("prod", found, rules=RULES)
    assert cell == cell_in("prod", found[::-1], rules=RULES)
    assert [place.cluster for place in cell.places] == ["prod-1", "prod-2"]


def test_the_reason_names_each_version_if_all_are_in_step() -> None:
    found = [
        observation("stg", "1.5.0", build="x"),
        observation("prod-1", "1.5.0", build="x"),
        observation("prod-2", "stable-7", build="x"),
        observation("prod-3", "1.5.0", build="x"),
    ]
    cell = cell_in("prod", found, rules=RULES)
    assert cell.state is State.IN_STEP
    assert cell.reason == (
        "prod runs 1.5.0 in 2 deployments, as stg does; stable-7 in 1 deployment, the same build"
        f" as 1.5.0 in stg (digest {digest('x')[7:19]})"
    )


def test_one_tag_that_runs_as_two_builds_is_mixed_and_tag_moved() -> None:
    places = [
        observation("prod-1", "1.5.0", build="x"),
        observation("prod-2", "1.5.0", build="y"),
    ]
    cell = cell_in("prod", prod(*places), rules=RULES)
    assert {Flag.MIXED, Flag.TAG_MOVED} <= set(cell.flags)
    assert cell.flag_reasons[Flag.MIXED] == "prod runs 1.5.0 in 2 different builds"


@pytest.mark.parametrize("other", ["1.4.2", "1.5.0"])
def test_a_region_in_a_rolling_update_agrees_with_both_versions(other: str) -> None:
    rolling = observation(
        "prod-1",
        "1.5.0",
        status=RolloutStatus(Progress.PROGRESSING),
        running=(
            running(f"{REGISTRY}/api:1.4.2", 2, current=False),
            running(f"{REGISTRY}/api:1.5.0", 1),
        ),
    )
    cell = cell_in("prod", prod(rolling, observation("prod-2", other)), rules=RULES)
    assert cell.flags == (Flag.ROLLING,)


def test_a_place_scaled_to_zero_does_not_decide_mixed() -> None:
    idle = observation("prod-2", "1.4.2", wanted=0, ready=0, running=())
    cell = cell_in("prod", prod(observation("prod-1", "1.5.0"), idle), rules=RULES)
    assert (cell.state, cell.flags, cell.drift) == (State.IN_STEP, (Flag.IDLE,), False)
    assert cell.versions == (("1.5.0", 1),)
    assert len(cell.places) == 2


def test_a_flag_names_the_first_place_and_counts_the_others() -> None:
    stuck = RolloutStatus(Progress.STUCK, "deadline exceeded")
    places = [observation(f"prod-{n}", "1.5.0", status=stuck) for n in (1, 2, 3)]
    cell = cell_in("prod", prod(*places), rules=RULES)
    assert cell.flag_reasons[Flag.STUCK] == (
        "prod-1 shop/api: deadline exceeded (and in 2 other deployments)"
    )


def test_copies_from_each_regions_registry_are_one_version_of_all_places() -> None:
    places = [
        observation(f"prod-{n}", image=f"registry-{n}.example.com/shop/api:1.5.0") for n in (1, 2)
    ]
    cell = cell_in("prod", prod(*places), rules=RULES)
    assert (cell.flags, cell.reason) == ((), "prod runs 1.5.0, as stg does")


def test_the_share_of_a_held_place_is_counted_in_pods() -> None:
    held = observation(
        "prod-1",
        "1.5.0",
        status=RolloutStatus(Progress.HELD),
        running=(
            running(f"{REGISTRY}/api:1.4.2", 2, current=False),
            running(f"{REGISTRY}/api:1.5.0", 1),
        ),
    )
    cell = cell_in("prod", prod(held), rules=RULES)
    assert cell.reason.startswith(
        "2 of 3 pods in prod run 1.4.2, stg 1.5.0: 1 minor version behind"
    )
