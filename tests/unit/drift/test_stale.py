"""Stale cells: they keep what was last known, and count as unknown unless they drift."""

from datetime import timedelta

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.rules import Budget, Environment
from reldash.domain.matrix.cells import Axis, Cell
from reldash.domain.workloads.observations import Progress, RolloutStatus
from reldash.domain.workloads.reads import Unread
from tests.unit.builders import (
    READ_AT,
    cluster,
    days_ago,
    fleet_rules,
    minutes_ago,
    observation,
    sighting,
    stale,
    status,
)
from tests.unit.matrix_builders import cell_in, matrix_of

TWO_PROD = fleet_rules(
    clusters=["dev", "stg", cluster("prod-1", "prod"), cluster("prod-2", "prod")]
)


def waiting_cell(stg_minutes: float, prod_minutes: float, budget_days: int = 30) -> Cell:
    """Prod, which waits for a version that came to stg ten days ago, read some minutes ago."""
    stg = stale(observation("stg", "1.5.0"), stg_minutes)
    prod = stale(observation("prod"), prod_minutes)
    budget = Budget(dwell=timedelta(days=budget_days))
    return cell_in(
        "prod",
        [stg, prod],
        sightings=[sighting(stg, started_at=days_ago(10))],
        statuses=[
            status("stg", minutes_ago(stg_minutes)),
            status("prod", minutes_ago(prod_minutes)),
        ],
        rules=fleet_rules(["dev", "stg", Environment("prod", budget=budget)]),
    )


@pytest.mark.parametrize(
    ("stg", "prod", "until"),
    [(1, 1, None), (1, 720, 720), (600, 1, 600), (600, 720, 720), (720, 600, 720)],
)
def test_a_wait_ends_when_the_older_side_was_last_read(
    stg: int, prod: int, until: int | None
) -> None:
    lag = waiting_cell(stg, prod).lag
    assert lag is not None
    assert lag.dwell == timedelta(days=10) - timedelta(minutes=until or 0)
    assert lag.until == (minutes_ago(until) if until else None)


def test_a_side_not_read_since_the_wait_began_has_no_dwell() -> None:
    lag = waiting_cell(1, 11 * 1440).lag
    assert lag is not None
    assert lag.dwell is None


def test_a_wait_does_not_outgrow_its_budget_while_data_are_old() -> None:
    assert waiting_cell(1, 1, budget_days=9).state is State.BEHIND
    kept = waiting_cell(1, 2 * 1440, budget_days=9)
    assert (kept.last_state, kept.state) == (State.WAITING, State.UNKNOWN)


def test_a_rollout_does_not_become_stuck_while_it_is_not_read() -> None:
    rolling = observation(
        "prod",
        "1.5.0",
        status=RolloutStatus(Progress.PROGRESSING),
        rolling_since=minutes_ago(65),
        observed_at=minutes_ago(60),
    )
    cell = cell_in("prod", [rolling], statuses=[status("prod", minutes_ago(60))])
    assert cell.flags == (Flag.STALE, Flag.ROLLING)


def test_what_was_stuck_at_the_last_read_is_still_shown_as_stuck() -> None:
    stuck = observation("prod", status=RolloutStatus(Progress.STUCK))
    cell = cell_in("prod", [stale(stuck)], statuses=[status("prod", minutes_ago(12))])
    assert cell.flags == (Flag.STUCK, Flag.STALE)


def test_what_was_not_found_too_long_ago_is_unknown_and_was_absent() -> None:
    cell = cell_in("prod", [observation("dev")], statuses=[status("prod", minutes_ago(12))])
    assert (cell.state, cell.last_state, cell.drift) == (State.UNKNOWN, State.ABSENT, False)
    assert cell.flag_reasons == {Flag.STALE: "prod was last read 12 min ago"}


def test_what_was_never_looked_for_has_no_last_state() -> None:
    cell = cell_in("prod", [observation("dev")], statuses=[status("prod", None)])
    assert (cell.state, cell.last_state, cell.flags) == (State.UNKNOWN, State.UNKNOWN, ())


def test_an_environment_without_one_of_its_clusters_is_not_plainly_in_step() -> None:
    found = [observation("stg"), observation("prod-1")]
    cell = cell_in("prod", found, rules=TWO_PROD, statuses=[status("prod-2", None)])
    assert (cell.state, cell.last_state) == (State.UNKNOWN, State.IN_STEP)
    assert [(gap.cluster, gap.name, gap.is_whole) for gap in cell.gaps] == [
        ("prod-2", "prod-2", True)
    ]
    assert cell.reason == (
        "last known: prod runs 1.4.2, as stg does; prod-2 has never been read (Refused)"
    )


def test_a_kind_that_could_not_be_read_in_another_cluster_leaves_the_cell_open() -> None:
    found = [observation("stg"), observation("prod-1")]
    refused = Unread("Deployment", None, "Refused", "403")
    cell = cell_in("prod", found, rules=TWO_PROD, statuses=[status("prod-2", unread=(refused,))])
    assert (cell.state, cell.flags) == (State.UNKNOWN, ())
    assert cell.reason.endswith("Deployments of prod-2 could not be read")


def test_by_cluster_only_the_stale_one_is_stale() -> None:
    found = [observation("stg"), observation("prod-1"), stale(observation("prod-2"))]
    known = [status("prod-2", minutes_ago(12))]
    shown = matrix_of(found, rules=TWO_PROD, statuses=known, axis=Axis.CLUSTER)
    assert shown.cell("api", "prod-1").is_known
    assert shown.cell("api", "prod-2").state is State.UNKNOWN


def test_the_newest_version_of_a_stale_place_is_a_stale_baseline() -> None:
    found = [stale(observation("dev", "1.5.0")), observation("prod")]
    known = [status("dev", minutes_ago(12))]
    cell = cell_in("prod", found, statuses=known, baseline="newest")
    assert (cell.state, cell.flags) == (State.BEHIND, (Flag.STALE,))


def test_current_data_are_known() -> None:
    cell = cell_in("prod", [observation("stg"), observation("prod")])
    assert (cell.is_known, cell.is_stale, cell.gaps) == (True, False, ())
    assert cell.observed_at == READ_AT
