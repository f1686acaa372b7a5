"""Changes are exactly those of the script that its reads could see."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest

from reldash.domain.history.changes import Change, changes
from tests.integration.history.conftest import DashboardHistory
from tests.integration.history.expected_changes import ExpectedChange, expected_changes
from tests.integration.history.oracle import Oracle, Span
from tests.integration.history.release_plan import kind_of
from tests.integration.history.script import Action, Place
from tests.integration.history.script_reads import STALE_AFTER


@pytest.fixture(scope="module")
def found(histories: Sequence[DashboardHistory]) -> list[Change]:
    return [
        change
        for each in histories
        for change in changes(each.named, each.coverage, stale_after=STALE_AFTER)
    ]


@pytest.fixture(scope="module")
def expected(oracle: Oracle) -> list[ExpectedChange]:
    return list(expected_changes(oracle))


def as_expected_change(change: Change) -> ExpectedChange:
    """The change in the script's terms; a digest after the version is ignored."""
    kind = kind_of(change.workload)
    place = Place(
        change.workload, change.environment, change.cluster, change.namespace,
        change.customer or "", kind,
    )  # fmt: skip
    before, after = change.before.partition(" ")[0], change.after.partition(" ")[0]
    return ExpectedChange(change.at, place, change.kind.value, before, after, change.gap)


def test_every_change_has_its_time_kind_versions_and_gap(
    found: list[Change], expected: list[ExpectedChange]
) -> None:
    actual = Counter(map(as_expected_change, found))
    assert actual - Counter(expected) == Counter()
    assert Counter(expected) - actual == Counter()


@pytest.mark.parametrize(
    "kind", ["changed", "rollback", "rebuilt", "new", "removed", "returned", "unfinished"]
)
def test_the_number_of_changes_of_a_kind_matches_the_script(
    found: list[Change], expected: list[ExpectedChange], kind: str
) -> None:
    wanted = sum(change.kind == kind for change in expected)
    assert wanted > 0
    assert sum(change.kind.value == kind for change in found) == wanted


def test_a_rollback_between_reads_of_both_sides_is_one_change(
    found: list[Change], oracle: Oracle
) -> None:
    """Expected from the script's rollback actions, not only from what reads saw."""
    actual = {(as_expected_change(c).place, c.at) for c in found if c.kind.value == "rollback"}
    expected_rollbacks = {
        (action.place, span.started_at)
        for action in oracle.script.actions
        if action.what == "rollback"
        for before, span in pairwise(oracle.spans[action.place])
        if _falls_between(action, before, span)
        and any(
            earlier.build == span.build and earlier.started_at < before.started_at
            for earlier in oracle.spans[action.place]
        )
    }
    assert len(expected_rollbacks) > 30
    assert expected_rollbacks <= actual


def _falls_between(action: Action, before: Span, after: Span) -> bool:
    """Whether the action falls between the reads that saw these two spans."""
    return (
        before.ended_at == after.started_at
        and after.before is not None
        and after.before < action.at <= after.started_at
    )


def test_configuration_and_scaling_are_no_changes(found: list[Change], oracle: Oracle) -> None:
    assert oracle.script.count("config") + oracle.script.count("scale") > 1000
    assert len(found) < sum(map(len, oracle.spans.values()))


def test_only_changes_in_a_gap_are_approximate(found: list[Change]) -> None:
    assert {change.approximate for change in found if change.gap is None} == {False}
    assert {change.approximate for change in found if change.gap is not None} == {True}


def test_changes_are_listed_newest_first(histories: Sequence[DashboardHistory]) -> None:
    for each in histories:
        times = [c.at for c in changes(each.named, each.coverage, stale_after=STALE_AFTER)]
        assert times == sorted(times, reverse=True)
