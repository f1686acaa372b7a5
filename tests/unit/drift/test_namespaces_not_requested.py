"""A cluster of which only some namespaces are read says nothing of the others."""

from dataclasses import replace

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cells import Axis
from reldash.domain.workloads.observations import Observation, WorkloadKind
from reldash.domain.workloads.reads import Unread, not_requested
from tests.unit.builders import cluster, days_ago, fleet_rules, observation, sighting, status
from tests.unit.matrix_builders import cell_in, matrix_of

NARROWED = status("stg", unread=(not_requested(["pay", "web"]),))


def test_a_service_not_found_in_the_namespaces_read_is_unknown() -> None:
    cell = cell_in("stg", [observation("dev")], statuses=[NARROWED])
    assert (cell.state, cell.drift) == (State.UNKNOWN, False)
    assert cell.reason == (
        "not known whether stg runs it: stg is only read in the namespaces pay and web"
    )


def test_nothing_is_absent_though_it_once_ran_there() -> None:
    gone = sighting(observation("stg"), started_at=days_ago(30), ended_at=days_ago(10))
    cell = cell_in("stg", [observation("dev")], sightings=[gone], statuses=[NARROWED])
    assert (cell.state, cell.drift) == (State.UNKNOWN, False)


def test_a_baseline_that_may_run_in_another_namespace_is_never_skipped() -> None:
    found = [observation("dev"), observation("prod")]
    assert cell_in("prod", found, statuses=[NARROWED]).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("patterns", "state"),
    [
        (("pay", "web"), State.ABSENT),
        (("pay",), State.ABSENT),
        (("pay", "kube-system"), State.ABSENT),
        (("pay", "shop"), State.UNKNOWN),
        (("p*",), State.UNKNOWN),
        (("pa?",), State.UNKNOWN),
        (("[pw]*",), State.UNKNOWN),
    ],
)
def test_an_environment_whose_namespaces_are_all_read_can_be_without_it(
    patterns: tuple[str, ...], state: State
) -> None:
    rules = fleet_rules(clusters=["dev", cluster("stg", {"stg": patterns}), "prod"])
    cell = cell_in("stg", [observation("dev")], rules=rules, statuses=[NARROWED])
    assert cell.state is state


def test_by_namespace_one_that_is_read_can_be_without_it() -> None:
    found = [
        observation("dev", namespace="pay"),
        observation("stg", service="web", namespace="pay"),
        observation("stg", service="web", namespace="shop"),
    ]
    shown = matrix_of(found, statuses=[NARROWED], axis=Axis.NAMESPACE)
    assert shown.cell("api", "stg/pay").state is State.ABSENT
    assert shown.cell("api", "stg/shop").state is State.UNKNOWN


def test_what_an_earlier_read_found_in_a_namespace_no_longer_read_is_stale_at_once() -> None:
    cell = cell_in("stg", [observation("dev"), observation("stg", "1.4.1")], statuses=[NARROWED])
    assert cell.version == "1.4.1"
    assert Flag.STALE in cell.flags
    assert cell.flag_reasons[Flag.STALE] == "shop of stg is no longer read (last read 30 s ago)"


def test_what_is_read_stays_current() -> None:
    found = [observation("dev"), observation("stg", namespace="web")]
    cell = cell_in("stg", found, statuses=[NARROWED])
    assert (cell.state, cell.flags) == (State.IN_STEP, ())


def test_an_excluded_namespace_stays_hidden() -> None:
    found: list[Observation] = [observation("dev"), observation("stg", namespace="kube-system")]
    shown = matrix_of(found, statuses=[NARROWED])
    assert shown.cell("api", "stg").places == ()


def test_a_build_is_not_called_bypassed_while_an_earlier_environment_is_not_read() -> None:
    prod = observation("prod", "1.5.0")
    seen = [
        sighting(observation("dev"), started_at=days_ago(90)),
        sighting(observation("stg"), started_at=days_ago(90)),
        sighting(observation("prod"), started_at=days_ago(80), ended_at=days_ago(1)),
        sighting(prod, started_at=days_ago(1)),
    ]
    found = [observation("dev"), observation("stg"), prod]
    assert Flag.BYPASSED in cell_in("prod", found, sightings=seen).flags
    narrowed = cell_in("prod", found, sightings=seen, statuses=[NARROWED])
    assert Flag.BYPASSED not in narrowed.flags


@pytest.mark.parametrize(
    ("part", "kind", "namespace", "has"),
    [
        (not_requested(["pay"]), WorkloadKind.ROLLOUT, "shop", True),
        (not_requested(["pay"]), "Pod", "pay", False),
        (not_requested([]), "Pod", "pay", True),
        (Unread("Deployment", None, "", ""), "Deployment", "pay", True),
        (Unread("Deployment", "pay", "", ""), "Deployment", "web", False),
        (Unread("Deployment", None, "", ""), "Pod", "pay", False),
    ],
)
def test_an_unread_part_has_its_kind_and_namespaces(
    part: Unread, kind: str, namespace: str, *, has: bool
) -> None:
    assert part.has(kind, namespace) is has


def test_the_namespaces_read_are_kept_in_one_order() -> None:
    assert not_requested(["web", "pay", "web"]) == not_requested(("pay", "web"))
    assert replace(not_requested(["pay"]), kind="Pod").is_by_choice is False
