"""Flagger's targets: canaries of their primary copies, and quiet at rest."""

import pytest

from reldash.domain.grouping.canary_targets import fold_canary_targets
from reldash.domain.workloads.observations import Candidate, Observation, WorkloadKind
from tests.unit.builders import observation, running

COPY = observation(workload="api-primary", container="api")
NEW = "registry.example.com/shop/api:1.5.0"


def target(pods: int, wanted: int, **fields: object) -> Observation:
    """The Deployment that Flagger scales up while it analyses 1.5.0."""
    values = {"workload": "api", "container": "api", "wanted": wanted} | fields
    runs = (running(NEW, pods),) if pods else ()
    return observation(image=NEW, running=runs, **values)  # type: ignore[arg-type]


def fold(*observations: Observation) -> list[Observation]:
    placed = [("prod", each) for each in observations]
    return [each for _, each in fold_canary_targets(placed, ("-primary",))]


def test_while_a_version_is_analysed_the_target_is_the_canary_of_its_copy() -> None:
    [copy] = fold(target(2, 2), COPY)
    assert (copy.workload, copy.image) == (COPY.workload, COPY.image)
    assert copy.candidate == Candidate(NEW, "canary", None, 2)


def test_a_target_that_starts_is_a_canary_without_pods() -> None:
    [copy] = fold(target(0, 1), COPY)
    assert copy.candidate == Candidate(NEW, "canary", None, 0)


def test_a_target_at_rest_is_not_shown_and_changes_nothing() -> None:
    assert fold(COPY, target(0, 0)) == [COPY]


def test_the_pods_that_are_left_after_an_analysis_are_still_shown() -> None:
    [copy] = fold(COPY, target(1, 0))
    assert copy.candidate == Candidate(NEW, "canary", None, 1)


@pytest.mark.parametrize(
    "elsewhere",
    [{"namespace": "other"}, {"kind": WorkloadKind.STATEFUL_SET}, {"workload": "apis"}],
    ids=["namespace", "kind", "name"],
)
def test_only_the_deployment_that_was_copied_is_a_target(elsewhere: dict[str, object]) -> None:
    other = target(2, 2, **elsewhere)
    assert fold(COPY, other) == [COPY, other]


def test_a_copy_without_its_target_stands_by_itself() -> None:
    assert fold(COPY) == [COPY]


def test_a_container_that_the_target_has_not_shows_no_canary() -> None:
    proxy = observation(workload="api-primary", container="proxy")
    assert fold(proxy, target(2, 2)) == [proxy]


def test_a_workload_named_like_the_suffix_is_no_copy() -> None:
    alone = observation(workload="-primary")
    assert fold(alone) == [alone]
