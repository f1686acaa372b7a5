"""Unread is never absent and never green: cells never read, or too long ago, are unknown."""

from dataclasses import replace
from typing import Any

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.rules import ServiceRules
from reldash.domain.matrix.cells import Axis
from reldash.domain.workloads.observations import Observation, WorkloadKind
from reldash.domain.workloads.reads import BadObject, ClusterStatus, Unread
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


def unread(kind: str, namespace: str | None = None) -> Unread:
    return Unread(kind, namespace, "Forbidden", "may not list")


def test_a_service_that_was_not_found_is_absent_and_no_drift() -> None:
    cell = cell_in("stg", [observation("dev")])
    assert (cell.state, cell.drift, cell.version, cell.places) == (State.ABSENT, False, "", ())
    assert cell.reason == "looked for in stg and not found; it never ran there"
    assert cell.observed_at == READ_AT


def test_a_service_that_once_ran_there_is_absent_and_drift() -> None:
    gone = sighting(observation("stg"), started_at=days_ago(30), ended_at=days_ago(10))
    cell = cell_in("stg", [observation("dev")], sightings=[gone])
    assert (cell.state, cell.drift) == (State.ABSENT, True)
    assert cell.reason == "looked for in stg and not found; it ran there until 2026-11-10"


def test_a_sighting_of_another_image_under_the_same_names_does_not_count() -> None:
    gone = sighting(
        observation("stg"), image="registry.example.com/other/redis:7", ended_at=days_ago(10)
    )
    assert not cell_in("stg", [observation("dev")], sightings=[gone]).drift


def test_sightings_in_excluded_namespaces_and_unknown_clusters_do_not_count() -> None:
    gone = [
        sighting(observation("stg", namespace="kube-system"), ended_at=days_ago(1)),
        sighting(observation("elsewhere"), ended_at=days_ago(1)),
    ]
    assert not cell_in("stg", [observation("dev")], sightings=gone).drift


def test_an_expected_service_that_is_absent_is_drift() -> None:
    rules = fleet_rules(services=ServiceRules(expected=("api",)))
    cell = cell_in("stg", [observation("dev")], rules=rules)
    assert (cell.state, cell.drift) == (State.ABSENT, True)
    assert cell.reason == "looked for in stg and not found, and expected there"


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (status("stg", None), "stg has never been read (Refused)"),
        (ClusterStatus("stg"), "stg has never been read"),
        (status("stg", minutes_ago(12)), "stg was last read 12 min ago"),
        (
            status("stg", unread=(unread("Deployment"),)),
            "Deployments of stg could not be read",
        ),
        (
            status("stg", unread=(unread("Deployment", "shop"),)),
            "Deployments of stg in shop could not be read",
        ),
    ],
)
def test_a_service_in_an_unread_cluster_is_unknown(known: ClusterStatus, why: str) -> None:
    cell = cell_in("stg", [observation("dev")], statuses=[known])
    assert (cell.state, cell.drift) == (State.UNKNOWN, False)
    assert cell.reason == f"not known whether stg runs it: {why}"


@pytest.mark.parametrize(
    "known",
    [
        status("stg", minutes_ago(4), error_title="Timed out", failures=2),
        status("stg", unread=(unread("Rollout"),)),
        status("stg", unread=(unread("ReplicaSet"),)),
        status("stg", unread=(unread("Pod"),)),
    ],
)
def test_a_failed_attempt_and_unread_kinds_of_other_services_leave_it_absent(
    known: ClusterStatus,
) -> None:
    assert cell_in("stg", [observation("dev")], statuses=[known]).state is State.ABSENT


def test_an_unread_namespace_of_another_environment_leaves_it_absent() -> None:
    rules = fleet_rules(
        ["dev", "lit", "shared"],
        clusters=["dev", cluster("both", {"lit": ("lit-*",), "shared": ("shared",)})],
    )
    known = status("both", unread=(unread("Deployment", "shared"),))
    cells = matrix_of([observation("dev")], rules=rules, statuses=[known])
    assert cells.cell("api", "lit").state is State.ABSENT
    assert cells.cell("api", "shared").state is State.UNKNOWN


def test_an_unread_namespace_that_is_excluded_leaves_it_absent() -> None:
    known = status("stg", unread=(unread("Deployment", "kube-system"),))
    assert cell_in("stg", [observation("dev")], statuses=[known]).state is State.ABSENT


BROKEN = BadObject("Deployment", "shop", "api", "it has no containers")


@pytest.mark.parametrize("name", ["api", "?"])
def test_an_object_of_its_name_that_could_not_be_parsed_makes_it_unknown(name: str) -> None:
    known = status("stg", bad=(replace(BROKEN, name=name),))
    cell = cell_in("stg", [observation("dev")], statuses=[known])
    assert (cell.state, cell.drift) == (State.UNKNOWN, False)
    assert cell.reason == (
        f"not known whether stg runs it: Deployment shop/{name} of stg could not be understood"
    )


@pytest.mark.parametrize(
    "bad",
    [
        replace(BROKEN, name="other"),
        replace(BROKEN, kind="StatefulSet"),
        replace(BROKEN, kind="ReplicaSet", name="?"),
    ],
)
def test_another_object_that_could_not_be_parsed_leaves_it_absent(bad: BadObject) -> None:
    cell = cell_in("stg", [observation("dev")], statuses=[status("stg", bad=(bad,))])
    assert cell.state is State.ABSENT


def test_an_object_that_could_not_be_parsed_in_a_baseline_is_never_skipped() -> None:
    known = status("stg", bad=(BROKEN,))
    cell = cell_in("prod", [observation("dev"), observation("prod")], statuses=[known])
    assert (cell.state, cell.baseline) == (State.UNKNOWN, "stg")


def test_unread_kinds_count_if_the_service_has_one_of_them_anywhere() -> None:
    found = [observation("dev"), observation("prod", kind=WorkloadKind.ROLLOUT)]
    known = status("stg", unread=(unread("Rollout"),))
    assert cell_in("stg", found, statuses=[known]).state is State.UNKNOWN


def test_a_read_in_the_future_is_stale_since_a_clock_was_set_back() -> None:
    ahead = minutes_ago(-60)
    known = status("stg", ahead)
    empty = cell_in("stg", [observation("dev")], statuses=[known])
    assert empty.state is State.UNKNOWN
    assert empty.reason.endswith("stg was last read 1 h from now: clocks differ")
    held = cell_in(
        "stg", [observation("dev"), observation("stg", observed_at=ahead)], statuses=[known]
    )
    assert (held.state, held.flags) == (State.UNKNOWN, (Flag.STALE,))


def test_clocks_may_differ_a_little() -> None:
    ahead = minutes_ago(-4)
    found = [observation("dev"), observation("stg", observed_at=ahead)]
    assert cell_in("stg", found, statuses=[status("stg", ahead)]).state is State.IN_STEP


def test_an_environment_without_a_cluster_is_unknown() -> None:
    cell = cell_in("stg", [observation("dev")], rules=fleet_rules(clusters=["dev"]))
    assert cell.state is State.UNKNOWN
    assert "no cluster of stg is configured" in cell.reason


def old(minutes: float) -> dict[str, Any]:
    """Prod in step with stg, last read some minutes ago, and failing since."""
    return {
        "observations": [observation("stg"), stale(observation("prod"), minutes)],
        "statuses": [status("prod", minutes_ago(minutes), error_title="Timed out", failures=3)],
    }


def test_the_state_is_kept_until_stale_after() -> None:
    cell = cell_in("prod", **old(4))
    assert (cell.state, cell.flags) == (State.IN_STEP, ())
    assert cell.observed_at == minutes_ago(4)


def test_after_stale_after_the_cell_counts_as_unknown_and_shows_its_last_state() -> None:
    cell = cell_in("prod", **old(12))
    assert (cell.state, cell.flags, cell.version) == (State.UNKNOWN, (Flag.STALE,), "1.4.2")
    assert (cell.last_state, cell.drift, cell.is_known) == (State.IN_STEP, False, False)
    assert cell.reason == (
        "last known: prod runs 1.4.2, as stg does; prod was last read 12 min ago"
    )
    assert cell.flag_reasons[Flag.STALE] == "prod was last read 12 min ago"
    assert cell.places[0].flags == (Flag.STALE,)


def test_a_stale_place_that_drifts_makes_the_whole_cell_stale_and_drift() -> None:
    found = [observation("stg"), observation("prod-1"), stale(observation("prod-2", "1.4.1"))]
    known = [status("prod-2", minutes_ago(12))]
    cell = cell_in("prod", found, rules=TWO_PROD, statuses=known)
    assert (cell.state, cell.flags) == (State.BEHIND, (Flag.MIXED, Flag.STALE))
    assert (cell.drift, cell.is_known) == (True, False)
    assert cell.versions == (("1.4.1", 1), ("1.4.2", 1))


def test_a_stale_cluster_that_did_not_have_it_may_have_it_now() -> None:
    found = [observation("stg"), observation("prod-1")]
    known = [status("prod-2", minutes_ago(12))]
    cell = cell_in("prod", found, rules=TWO_PROD, statuses=known)
    assert (cell.state, cell.last_state) == (State.UNKNOWN, State.IN_STEP)
    assert cell.flag_reasons == {Flag.STALE: "prod-2 was last read 12 min ago"}
    assert cell.reason.endswith("prod runs 1.4.2, as stg does; prod-2 was last read 12 min ago")


@pytest.mark.parametrize(("version", "state"), [("1.4.2", State.UNKNOWN), ("1.4.1", State.BEHIND)])
def test_with_a_cluster_never_read_in_step_becomes_unknown_and_drift_stays(
    version: str, state: State
) -> None:
    found = [observation("stg"), observation("prod-1", version)]
    known = [status("prod-2", None)]
    cell = cell_in("prod", found, rules=TWO_PROD, statuses=known)
    assert (cell.state, cell.is_known) == (state, False)
    assert "prod-2 has never been read" in cell.reason


def test_by_cluster_the_column_of_a_read_cluster_is_judged_alone() -> None:
    found = [observation("stg"), observation("prod-1")]
    whole = matrix_of(found, rules=TWO_PROD, statuses=[status("prod-2", None)], axis=Axis.CLUSTER)
    assert whole.cell("api", "prod-1").state is State.IN_STEP
    assert whole.cell("api", "prod-2").state is State.UNKNOWN


def test_without_pods_the_cell_is_unchecked_and_shows_the_requested_version() -> None:
    cell = cell_in("prod", [observation("stg"), observation("prod", running=None)])
    assert (cell.state, cell.version, cell.flags) == (State.IN_STEP, "1.4.2", (Flag.UNCHECKED,))
    assert "tag_moved" in cell.flag_reasons[Flag.UNCHECKED]


def test_columns_name_their_clusters_that_are_stale_or_failed() -> None:
    found: list[Observation] = [observation("prod-1")]
    known = [status("prod-2", minutes_ago(12), error_title="Timed out")]
    column = matrix_of(found, rules=TWO_PROD, statuses=known).columns[2]
    assert (column.key, column.stale, column.failed) == ("prod", ("prod-2",), ("prod-2",))
    assert column.read_at == minutes_ago(12)


def test_a_column_with_a_cluster_never_read_has_no_read_time() -> None:
    column = matrix_of([observation("prod-1")], rules=TWO_PROD, statuses=[status("prod-2", None)])
    assert column.columns[2].read_at is None
