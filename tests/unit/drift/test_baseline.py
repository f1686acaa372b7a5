"""The baseline of an environment: the one it is promoted from, or a chosen one."""

from dataclasses import replace

import pytest

from reldash.domain.drift.standards import make_standards
from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.rules import Cluster
from reldash.domain.workloads.observations import Progress, RolloutStatus
from tests.unit.builders import (
    REGISTRY,
    cluster,
    fleet_rules,
    minutes_ago,
    observation,
    running,
    stale,
    status,
)
from tests.unit.matrix_builders import cell_in, matrix_of


def test_a_service_skipped_in_one_environment_is_compared_with_the_nearest_earlier() -> None:
    cell = cell_in("prod", [observation("dev", "1.5.0"), observation("prod", "1.4.2")])
    assert (cell.state, cell.baseline, cell.baseline_version) == (State.BEHIND, "dev", "1.5.0")


def test_a_service_that_no_earlier_environment_runs_is_leading() -> None:
    cell = cell_in("prod", [observation("prod")])
    assert (cell.state, cell.baseline) == (State.LEADING, None)
    assert cell.reason == "prod runs 1.4.2; nothing to compare with: stg and dev do not run it"


@pytest.mark.parametrize(
    ("unread", "why"),
    [
        (status("stg", None), "stg has never been read (Refused)"),
        (status("stg", minutes_ago(12)), "stg was last read 12 min ago"),
    ],
)
def test_a_baseline_that_could_not_be_read_is_unknown_and_never_skipped(
    unread: object, why: str
) -> None:
    found = [observation("dev", "1.4.2"), observation("prod", "1.4.2")]
    cell = cell_in("prod", found, statuses=[unread])
    assert (cell.state, cell.baseline, cell.drift) == (State.UNKNOWN, "stg", False)
    assert cell.reason == f"prod runs 1.4.2; how it compares with stg is not known: {why}"


def test_a_stale_baseline_is_used_and_makes_the_cell_stale() -> None:
    found = [stale(observation("stg")), observation("prod")]
    cell = cell_in("prod", found, statuses=[status("stg", minutes_ago(12))])
    assert (cell.state, cell.last_state) == (State.UNKNOWN, State.IN_STEP)
    assert (cell.baseline, cell.baseline_version) == ("stg", "1.4.2")
    assert cell.flag_reasons == {Flag.STALE: "stg was last read 12 min ago"}


def test_against_a_stale_baseline_drift_still_counts() -> None:
    found = [stale(observation("stg", "1.5.0")), observation("prod")]
    cell = cell_in("prod", found, statuses=[status("stg", minutes_ago(12))])
    assert (cell.state, cell.drift, cell.flags) == (State.BEHIND, True, (Flag.STALE,))


TWO_STG = fleet_rules(clusters=["dev", cluster("stg-1", "stg"), cluster("stg-2", "stg"), "prod"])


@pytest.mark.parametrize(
    ("first", "second", "prod", "state"),
    [
        ("1.4.0", "1.5.0", "1.4.0", State.IN_STEP),
        ("1.4.0", "1.5.0", "1.5.0", State.IN_STEP),
        ("1.4.0", "1.5.0", "1.6.0", State.AHEAD),
        ("1.4.0", "1.5.0", "1.3.0", State.BEHIND),
        ("1.4.0", "1.5.0", "1.4.5", State.DIVERGED),
    ],
)
def test_against_a_mixed_baseline_in_step_if_contained_else_only_against_all(
    first: str, second: str, prod: str, state: State
) -> None:
    found = [
        observation("stg-1", first),
        observation("stg-2", second),
        observation("prod", prod),
    ]
    assert cell_in("prod", found, rules=TWO_STG).state is state


def test_between_the_versions_of_a_mixed_baseline_the_reason_says_so() -> None:
    found = [
        observation("stg-1", "1.4.0"),
        observation("stg-2", "1.5.0"),
        observation("prod", "1.4.5"),
    ]
    assert cell_in("prod", found, rules=TWO_STG).reason == (
        "prod runs 1.4.5, stg 1.4.0 and 1.5.0: newer than one and older than another"
    )


@pytest.mark.parametrize(("prod", "state"), [("1.4.0", State.IN_STEP), ("1.6.0", State.UNKNOWN)])
def test_against_a_baseline_read_in_part_only_being_contained_is_known(
    prod: str, state: State
) -> None:
    found = [observation("stg-1", "1.4.0"), observation("prod", prod)]
    unread = [status("stg-2", None)]
    assert cell_in("prod", found, rules=TWO_STG, statuses=unread).state is state


def test_both_versions_of_a_rolling_baseline_are_in_step() -> None:
    rolling = observation(
        "stg",
        "1.5.0",
        status=RolloutStatus(Progress.PROGRESSING),
        running=(
            running(f"{REGISTRY}/api:1.4.2", 2, current=False),
            running(f"{REGISTRY}/api:1.5.0", 1),
        ),
    )
    cell = cell_in("prod", [rolling, observation("prod", "1.4.2")])
    assert (cell.state, cell.baseline_version) == (State.IN_STEP, "1.5.0")


def test_all_environments_can_be_compared_with_a_chosen_one() -> None:
    found = [
        observation("dev", "1.6.0"),
        observation("stg", "1.5.0"),
        observation("prod", "1.5.0"),
    ]
    assert cell_in("prod", found, baseline="dev").state is State.BEHIND
    assert cell_in("dev", found, baseline="prod").state is State.AHEAD
    chosen = cell_in("prod", found, baseline="prod")
    assert chosen.state is State.LEADING
    assert "prod is the baseline chosen" in chosen.reason


def test_a_chosen_environment_that_lacks_the_service_is_nothing_to_compare_with() -> None:
    found = [observation("dev"), observation("prod")]
    cell = cell_in("prod", found, baseline="stg")
    assert cell.state is State.LEADING
    assert "stg does not run it" in cell.reason


@pytest.mark.parametrize(
    ("column", "state"),
    [("dev", State.BEHIND), ("stg", State.IN_STEP), ("prod", State.BEHIND)],
)
def test_all_environments_can_be_compared_with_the_newest_version(
    column: str, state: State
) -> None:
    found = [
        observation("dev", "1.4.0"),
        observation("stg", "1.6.0"),
        observation("prod", "1.5.0"),
    ]
    cell = cell_in(column, found, baseline="newest")
    assert (cell.state, cell.baseline, cell.baseline_version) == (state, "stg", "1.6.0")


def test_builds_that_cannot_be_ordered_are_all_the_newest() -> None:
    found = [observation("dev", "abc1234"), observation("stg", "def5678")]
    cells = [cell_in(column, found, baseline="newest") for column in ("dev", "stg")]
    assert [cell.state for cell in cells] == [State.IN_STEP, State.IN_STEP]


def test_a_service_that_runs_nowhere_has_no_newest_build() -> None:
    idle = observation("prod", wanted=0, ready=0, running=())
    assert cell_in("prod", [idle], baseline="newest").state is State.LEADING


@pytest.mark.parametrize(
    ("dashboard", "baseline", "message"),
    [
        ("platfrom", "", "'platfrom': expected one of platform"),
        ("platform", "qa", "'qa' for platform: expected one of newest, dev, stg, prod"),
    ],
)
def test_an_unknown_dashboard_or_baseline_is_refused_by_name(
    dashboard: str, baseline: str, message: str
) -> None:
    with pytest.raises(ChoiceError) as raised:
        make_standards(fleet_rules(), dashboard, {}, now=minutes_ago(0), baseline=baseline)
    assert raised.value.message == message


def test_a_cluster_of_another_dashboard_is_no_baseline() -> None:
    rules = fleet_rules()
    other = Cluster("other", ("solutions",), {"stg": ("*",)})
    rules = replace(rules, clusters=(*rules.clusters, other))
    found = [observation("other", "9.9.9"), observation("dev"), observation("prod")]
    cell = matrix_of(found, rules=rules).cell("api", "prod")
    assert (cell.state, cell.baseline) == (State.IN_STEP, "dev")
