"""The versions of a cell: the deviating one first, and where each runs."""

from reldash.domain.drift.states import State
from reldash.domain.fleet.cluster_names import short_names
from reldash.domain.matrix.cells import Cell
from reldash.domain.workloads.observations import Observation, Progress, RolloutStatus
from tests.unit.builders import (
    REGISTRY,
    cluster,
    days_ago,
    fleet_rules,
    observation,
    running,
    sighting,
)
from tests.unit.matrix_builders import cell_in

APP = {"app": "api"}
EU, US = "platform-prod-eu", "platform-prod-us"
RULES = fleet_rules(
    clusters=[
        cluster("platform-dev", "dev"),
        cluster("platform-stg", "stg"),
        cluster(EU, "prod"),
        cluster(US, "prod"),
    ]
)
STG = observation("platform-stg", "5.2.0")


def prod(*places: Observation) -> Cell:
    return cell_in("prod", [STG, *places], rules=RULES)


def test_the_deviating_version_comes_first_with_its_cluster() -> None:
    cell = prod(
        observation(EU, "5.2.0"),
        observation(EU, "5.2.0", workload="api-2", labels=APP),
        observation(US, "5.1.3"),
    )
    assert (cell.version, cell.state) == ("5.1.3", State.BEHIND)
    assert cell.versions == (("5.1.3", 1), ("5.2.0", 2))
    assert cell.where == {"5.1.3": "prod-us", "5.2.0": "prod-eu"}


def test_lag_and_start_are_those_of_the_deviating_version() -> None:
    eu, us = observation(EU, "5.2.0"), observation(US, "5.1.3")
    seen = [sighting(eu, started_at=days_ago(1)), sighting(us, started_at=days_ago(48))]
    seen.append(sighting(STG, started_at=days_ago(18)))
    cell = cell_in("prod", [STG, eu, us], rules=RULES, sightings=seen)
    assert cell.since == days_ago(48)
    assert cell.lag is not None
    assert (cell.lag.minor, cell.lag.dwell) == (1, days_ago(0) - days_ago(18))


def test_in_one_cluster_versions_are_told_apart_by_namespace() -> None:
    cell = prod(
        observation(EU, "5.2.0", namespace="shop-a"),
        observation(EU, "5.1.3", namespace="shop-b"),
    )
    assert cell.where == {"5.1.3": "shop-b", "5.2.0": "shop-a"}


def test_else_by_the_number_of_deployments() -> None:
    cell = prod(
        observation(EU, "5.2.0"),
        observation(EU, "5.2.0", workload="api-2", labels=APP),
        observation(EU, "5.1.3", workload="api-3", labels=APP),
    )
    assert cell.where == {"5.1.3": "1 of 3 deployments", "5.2.0": "2 of 3 deployments"}


def halfway(progress: Progress) -> Observation:
    return observation(
        EU,
        "5.2.0",
        wanted=3,
        ready=3,
        status=RolloutStatus(progress),
        running=(
            running(f"{REGISTRY}/api:5.2.0", 2),
            running(f"{REGISTRY}/api:5.1.3", 1, current=False, revision="r0"),
        ),
    )


def test_a_held_rollout_shows_the_deviating_pods_first_whatever_their_share() -> None:
    cell = prod(halfway(Progress.HELD))
    assert (cell.version, cell.state) == ("5.1.3", State.BEHIND)
    assert cell.where == {"5.1.3": "1 of 3 pods", "5.2.0": "2 of 3 pods"}


def test_a_rolling_update_shows_what_it_moves_to_and_what_leaves() -> None:
    cell = prod(halfway(Progress.PROGRESSING))
    assert (cell.version, cell.state) == ("5.2.0", State.IN_STEP)
    assert cell.versions == (("5.2.0", 1), ("5.1.3", 1))
    assert cell.where == {"5.2.0": "2 of 3 pods", "5.1.3": "1 of 3 pods"}


def test_the_start_of_a_minority_of_pods_is_that_of_its_own_rollout() -> None:
    place = halfway(Progress.HELD)
    seen = [
        sighting(place, started_at=days_ago(1)),
        sighting(
            place,
            image=f"{REGISTRY}/api:5.1.3",
            started_at=days_ago(48),
            ended_at=days_ago(1),
        ),
    ]
    cell = cell_in("prod", [STG, place], rules=RULES, sightings=seen)
    assert cell.since == days_ago(48)


def test_one_version_needs_no_place() -> None:
    cell = prod(observation(EU, "5.2.0"), observation(US, "5.2.0"))
    assert (cell.versions, cell.where) == ((("5.2.0", 2),), {})


def test_clusters_lose_the_words_that_all_have_in_common() -> None:
    assert short_names([EU, US, "platform-stg"]) == {
        EU: "prod-eu",
        US: "prod-us",
        "platform-stg": "stg",
    }
    assert short_names(["prod-eu", "prod-us"]) == {"prod-eu": "eu", "prod-us": "us"}
    assert short_names(["prod-eu"]) == {"prod-eu": "prod-eu"}
    assert short_names(["a", "a-b"]) == {"a": "a", "a-b": "a-b"}
