"""The order of two versions of one service, and what is made of it for more than two."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.domain.fleet.rules import VersionRule
from reldash.domain.versions.order import Standing, TimeOf, VersionOrder
from reldash.domain.versions.tag_rules import TagRules

START = datetime(2026, 11, 1, tzinfo=UTC)


def days(times: Mapping[str, int]) -> TimeOf:
    """Times by version text, in days from the start."""
    return {text: START + timedelta(day) for text, day in times.items()}.get


@pytest.mark.parametrize(
    ("a", "b", "result", "method"),
    [
        *(("1.4.2", "1.4.3", -1, "semver"), ("1.4.3-alpine", "1.4.2", 1, "semver")),
        *(("1.4.2-rc.1", "1.4.2", -1, "semver"), ("1.4.2", "v1.4.2", 0, "semver")),
        *(("2026.11.23", "20261124.1", -1, "date"), ("2026-W9", "2026-W10", -1, "date")),
        *(("main-142-abc1234", "main-143-def5678", -1, "counter"), ("142", "143", -1, "counter")),
        *(
            ("1.4.2-eksbuild.1", "1.4.2-eksbuild.2", -1, "shape"),
            ("1.4.2-7", "1.4.2-8", -1, "shape"),
        ),
        *(("1.4.2", "2026.11.23", None, ""), ("1.4.2", "abc1234", None, "")),
        *(
            ("142", "build-143", None, ""),
            ("abc1234", "def5678", None, ""),
            ("17", "17.1", None, ""),
        ),
    ],
)
def test_the_text_decides_where_it_can(a: str, b: str, result: int | None, method: str) -> None:
    standing = VersionOrder().compare(a, b)
    assert (standing.result, standing.method) == (result, method)
    assert standing.reason


def test_push_time_comes_after_the_text_and_before_the_first_rollout() -> None:
    order = VersionOrder(
        pushed_at=days({"abc1234": 2, "def5678": 1, "1.4.2": 5, "1.4.3": 4}),
        first_rollout_at=days({"abc1234": 1, "def5678": 2}),
    )
    assert order.compare("1.4.2", "1.4.3")[:2] == (-1, "semver")
    assert order.compare("def5678", "abc1234") == Standing(
        -1,
        "push time",
        "push time 2026-11-02 00:00:00+00:00 is before 2026-11-03 00:00:00+00:00",
    )


def test_the_first_rollout_decides_where_a_push_time_is_missing() -> None:
    order = VersionOrder(
        pushed_at=days({"abc1234": 2}), first_rollout_at=days({"abc1234": 1, "def5678": 2})
    )
    assert order.compare("def5678", "abc1234")[:2] == (1, "first rollout")


@pytest.mark.parametrize("times", [{}, {"abc1234": 1}, {"abc1234": 1, "def5678": 1}])
def test_without_two_different_times_nothing_is_comparable(times: dict[str, int]) -> None:
    order = VersionOrder(pushed_at=days(times), first_rollout_at=days(times))
    assert order.compare("abc1234", "def5678")[:2] == (None, "")


def test_times_are_not_asked_for_where_the_text_decides() -> None:
    asked: list[str] = []
    assert VersionOrder(pushed_at=asked.append).compare("1.4.2", "1.4.3").result == -1
    assert asked == []


def test_one_unreadable_tag_costs_only_its_own_comparisons() -> None:
    order = VersionOrder()
    assert order.compare("1.4.2", "1.4.3")[:2] == (-1, "semver")
    assert order.compare("1.4.2", "latest")[:2] == (None, "")
    assert order.releases_between("1.4.2", "1.4.3", ["latest", "1.4.2", "1.4.3"]) == 1


def test_the_method_is_chosen_for_each_pair() -> None:
    order = VersionOrder(pushed_at=days({"1.4.2": 3, "1.4.3": 1, "abc1234": 2}))
    assert order.compare("1.4.2", "1.4.3")[:2] == (-1, "semver")
    assert order.compare("1.4.2", "abc1234")[:2] == (1, "push time")
    assert order.compare("1.4.3", "abc1234")[:2] == (-1, "push time")


def test_versions_that_only_a_commit_tells_apart_are_ordered_by_time() -> None:
    order = VersionOrder(first_rollout_at=days({"0.20.1-b524415": 1, "0.20.1-a111111": 2}))
    assert order.compare("0.20.1-b524415", "0.20.1-a111111")[:2] == (-1, "first rollout")
    assert order.compare("0.20.1-b524415", "0.20.2")[:2] == (-1, "semver")


def test_a_bare_number_after_the_base_is_ordered_by_time() -> None:
    order = VersionOrder(pushed_at=days({"8.1.4-34": 1, "8.1.4": 2}))
    assert order.compare("8.1.4-34", "8.1.4")[:2] == (-1, "push time")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        *(("1.4.2", "1.4.2-alpine"), ("1.4.2-slim", "1.4.2-alpine"), ("142-slim", "142-alpine")),
        *(("2026.11.23-slim", "2026.11.23"), ("abc1234-alpine", "abc1234-slim")),
        ("1.4.2-rc.1-slim", "1.4.2"),
    ],
)
def test_no_time_orders_one_version_in_two_variants(a: str, b: str) -> None:
    assert VersionOrder(pushed_at=days({a: 1, b: 2})).compare(a, b)[:2] == (None, "")


@pytest.mark.parametrize(
    ("a", "b"),
    [("abc1234-alpine", "def5678-slim"), ("latest", "lts-alpine"), ("2026.11", "1.4-slim")],
)
def test_time_orders_different_versions_whatever_their_variants(a: str, b: str) -> None:
    assert VersionOrder(pushed_at=days({a: 1, b: 2})).compare(a, b)[:2] == (-1, "push time")


def test_rules_of_the_fleet_file_come_first() -> None:
    rule = VersionRule((), (), re.compile(r"(?P<build>\d+)-(?P<major>\d+)"), ("major", "build"))
    order = VersionOrder(TagRules((rule,)))
    assert order.compare("9-1", "1-2")[:2] == (-1, "rule")
    assert order.compare("1.4.2", "1.4.3")[:2] == (-1, "semver")
    assert order.compare("9-1", "1.4.3")[:2] == (None, "")


@pytest.mark.parametrize(
    ("method", "result"),
    [("semver", -1), ("text", -1), ("push time", 1), ("first rollout", None)],
)
def test_an_order_may_be_limited_to_one_method(method: str, result: int | None) -> None:
    order = VersionOrder(pushed_at=days({"1.4.2": 2, "1.4.3": 1}))
    assert order.only(method).compare("1.4.2", "1.4.3").result == result


@pytest.mark.parametrize("method", ["text", "push time", "first rollout"])
def test_one_version_stays_one_version_by_each_method(method: str) -> None:
    order = VersionOrder(pushed_at=days({"1.4.2": 2, "v1.4.2": 1}))
    assert order.only(method).compare("1.4.2", "v1.4.2").result == 0


@pytest.mark.parametrize("method", ["push time", "first rollout"])
def test_an_order_by_time_alone_keeps_variants_apart(method: str) -> None:
    times = days({"1.4.2": 1, "1.4.2-alpine": 2})
    order = VersionOrder(pushed_at=times, first_rollout_at=times).only(method)
    assert order.compare("1.4.2", "1.4.2-alpine").result is None


def test_an_order_limited_to_a_method_reads_tags_by_the_same_rules() -> None:
    rule = VersionRule((), (), re.compile(r"(?P<build>\d+)-(?P<major>\d+)"), ("major", "build"))
    assert VersionOrder(TagRules((rule,))).only("rule").compare("9-1", "1-2").result == -1


def test_each_method_comes_the_most_telling_first() -> None:
    order = VersionOrder(
        pushed_at=days({"1.4.2": 2, "1.4.3": 1, "abc1234": 3}),
        first_rollout_at=days({"1.4.2": 2, "1.4.3": 3, "def5678": 1}),
    )
    by_text, by_push, by_rollout = order.each_method()
    assert by_text.compare("1.4.2", "1.4.3").method == "semver"
    assert by_text.compare("1.4.2", "abc1234").method == ""
    assert by_push.compare("1.4.2", "1.4.3")[:2] == (1, "push time")
    assert by_push.compare("1.4.2", "def5678").method == ""
    assert by_rollout.compare("1.4.2", "1.4.3")[:2] == (-1, "first rollout")


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        *(("1.4.2-stg", "1.4.2-prod", True), ("dev-1.4.2", "1.4.2-prod", True)),
        *(("1.4.2-prod", "prod-1.4.2", False), ("1.4.2-prod", "1.4.2", False)),
        *(("1.4.2", "1.4.2", False), ("latest", "1.4.2-prod", False)),
    ],
)
def test_tags_differ_in_place_if_each_names_another_one(a: str, b: str, differ: bool) -> None:
    assert VersionOrder().differ_in_place(a, b) is differ
    assert VersionOrder().differ_in_place(b, a) is differ


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        (["1.4.2", "1.5.0", "1.4.3"], ["1.5.0"]),
        (["1.5.0", "1.5.0-rc.1", "v1.5.0"], ["1.5.0", "v1.5.0"]),
        (["1.5.0", "1.5.0"], ["1.5.0"]),
        (["1.4.2", "latest", "1.5.0"], ["latest", "1.5.0"]),
        (["1.5.0-slim", "1.5.0", "1.4.2"], ["1.5.0-slim", "1.5.0"]),
        ([], []),
    ],
)
def test_the_newest_are_those_that_nothing_is_newer_than(
    versions: list[str], newest: list[str]
) -> None:
    assert VersionOrder().newest(versions) == newest


def test_of_the_newest_by_text_the_newest_by_push_time_counts_then_by_first_rollout() -> None:
    order = VersionOrder(
        pushed_at=days({"abc1234": 1, "def5678": 2, "1.4.2": 9}),
        first_rollout_at=days({"1.5.0": 3, "def5678": 4}),
    )
    # 1.4.2 is out by text, though it was pushed last; abc1234 by push time; 1.5.0 by rollout.
    assert order.newest(["1.4.2", "1.5.0", "abc1234", "def5678"]) == ["def5678"]


# By text 1.4.2 < 1.4.3; by push time 1.4.3 < abc1234 < 1.4.2.
TEXT_AGAINST_PUSH = VersionOrder(pushed_at=days({"1.4.3": 1, "abc1234": 2, "1.4.2": 3}))
# By text 1.4.2 < 1.4.3; by push time 1.4.3 < abc1234; by first rollout abc1234 < 1.4.2.
THREE_METHODS = VersionOrder(
    pushed_at=days({"1.4.3": 1, "abc1234": 2}), first_rollout_at=days({"abc1234": 1, "1.4.2": 2})
)
# By push time abc1234 < bbb1234; by first rollout bbb1234 < ccc1234 < abc1234.
PUSH_AGAINST_ROLLOUT = VersionOrder(
    pushed_at=days({"abc1234": 1, "bbb1234": 2}),
    first_rollout_at=days({"bbb1234": 1, "ccc1234": 2, "abc1234": 3}),
)


@pytest.mark.parametrize(
    ("order", "cycle"),
    [
        (TEXT_AGAINST_PUSH, ("1.4.2", "1.4.3", "abc1234")),
        (THREE_METHODS, ("1.4.2", "1.4.3", "abc1234")),
        (PUSH_AGAINST_ROLLOUT, ("abc1234", "bbb1234", "ccc1234")),
    ],
)
def test_methods_may_contradict_each_other_over_three_versions(
    order: VersionOrder, cycle: tuple[str, str, str]
) -> None:
    a, b, c = cycle
    assert [order.compare(*pair).result for pair in ((a, b), (b, c), (c, a))] == [-1, -1, -1]


@pytest.mark.parametrize(
    ("order", "versions", "newest"),
    [
        (TEXT_AGAINST_PUSH, ("1.4.2", "1.4.3", "abc1234"), {"abc1234"}),
        (THREE_METHODS, ("1.4.2", "1.4.3", "abc1234"), {"abc1234"}),
        (PUSH_AGAINST_ROLLOUT, ("abc1234", "bbb1234", "ccc1234"), {"ccc1234"}),
    ],
)
def test_the_newest_of_a_contradiction_is_defined_and_does_not_depend_on_arrival(
    order: VersionOrder, versions: tuple[str, ...], newest: set[str]
) -> None:
    assert all(set(order.newest(some)) == newest for some in permutations(versions))


@pytest.mark.parametrize(
    ("older", "newer", "between"),
    [
        ("1.4.2", "1.4.3", 1),
        ("1.4.3", "abc1234", 1),
        ("abc1234", "1.4.2", 1),
        ("1.4.3", "1.4.2", None),
    ],
)
def test_the_distance_in_a_contradiction_uses_the_pair_s_own_method(
    older: str, newer: str, between: int | None
) -> None:
    seen = ["1.4.2", "1.4.3", "abc1234"]
    assert TEXT_AGAINST_PUSH.releases_between(older, newer, seen) == between


SEEN = ["1.4.0", "1.4.1", "v1.4.1", "1.4.2-rc.1", "1.4.2", "1.4.2-alpine", "abc1234", "1.5.0", "x"]


@pytest.mark.parametrize(
    ("older", "newer", "difference", "between"),
    [
        # 1.4.2-rc.1, 1.4.2
        ("1.4.1", "1.4.2", (0, 0, 1), 2),
        ("1.4.0", "1.4.2", (0, 0, 2), 3),
        ("1.4.2-rc.1", "1.4.2", (0, 0, 0), 1),
        ("1.4.2", "1.5.0", (0, 1, 0), 1),
        # 1.4.0, 1.4.1, 1.4.2-rc.1, 1.4.2, 1.4.2-alpine, 1.5.0, 3.0.0: the base decides
        ("1.3", "3.0.0", (2, 0, 0), 7),
        ("1.4.2", "1.4.2.3", (0, 0, 0), 1),
        ("1.4.9", "1.12", (0, 8, 0), 2),
        ("1.4.2", "v1.4.2", (0, 0, 0), 0),
        ("1.4.2", "1.5.0-alpine", (0, 1, 0), 1),
        ("1.5.0", "1.4.2", (0, -1, 0), None),
        ("1.4.2", "abc1234", (0, 0, 0), None),
        ("142", "145", (0, 0, 0), 1),
    ],
)
def test_distance_is_the_first_number_that_differs_and_the_versions_between(
    older: str, newer: str, difference: tuple[int, int, int], between: int | None
) -> None:
    order = VersionOrder()
    assert order.first_difference(older, newer) == difference
    assert order.releases_between(older, newer, SEEN) == between


def test_dates_have_no_first_difference_but_versions_between() -> None:
    order = VersionOrder()
    seen = ["2025.11.22", "2026.11.22", "2026-11-22", "2026.11.23", "2026.11.24"]
    assert order.releases_between("2025.11.22", "2026.11.23", seen) == 2
    assert order.first_difference("2025.11.22", "2026.11.23") == (0, 0, 0)


def test_distance_by_time_counts_what_has_a_time() -> None:
    order = VersionOrder(first_rollout_at=days({"1.4.2": 0, "abc1234": 1, "def5678": 2}))
    assert order.releases_between("1.4.2", "def5678", ["abc1234", "fff1234", "1.4.2"]) == 2
    assert order.first_difference("1.4.2", "def5678") == (0, 0, 0)


@pytest.mark.parametrize(
    ("final", "candidate"),
    [
        *(("1.5.0", "1.5.0-rc.2"), ("v1.5.0", "1.5.0-rc.2"), ("1.5", "1.5.0rc2")),
        *(("1.5.0", "1.5.0-SNAPSHOT"), ("1.5.0", "1.5.0-preview.1"), ("1.5.0", "1.5.0-ea.2")),
        *(("1.5.0", "1.5.0-rc.2-14-gabc1234"), ("1.5.0-def5678", "1.5.0-rc.2-abc1234")),
        *(("1.5.0-alpine", "1.5.0-rc.2-alpine"), ("1.5.0-hotfix.1", "1.5.0-hotfix.1-rc.1")),
        *(("2026.11.0", "2026.11.0b3"), ("3.0.0.Final", "3.0.0.CR2"), ("2026.11.2", "2026.11.2b1")),
        *(("v1.30.6-k3s2", "v1.30.6-rc1-k3s2"), ("1.5.0-prod", "1.5.0-rc.2"), ("18", "18rc1")),
        ("bundle-2.0.0", "bundle-2.0.0-pre.1-build-cf84af2-20230926142936-T345689-semver"),
    ],
)
def test_a_release_is_the_final_one_of_its_candidates(final: str, candidate: str) -> None:
    assert VersionOrder().is_final_of(final, candidate)
    assert not VersionOrder().is_final_of(candidate, final)


@pytest.mark.parametrize(
    ("final", "candidate"),
    [
        *(("1.5.0", "1.5.0"), ("1.5.1", "1.5.0-rc.2"), ("1.5.0-rc.3", "1.5.0-rc.2")),
        *(("1.5.0-hotfix.1", "1.5.0-rc.2"), ("1.5.0", "1.5.0-hotfix.1-rc.1")),
        *(("1.5.0-slim", "1.5.0-rc.2-alpine"), ("1.5.0", "1.5.0-rc.2-alpine")),
        *(("1.5.0", "1.5.0-develop.9"), ("api-1.5.0", "1.5.0-rc.2"), ("1.5.0", "1.5.0-dev")),
        *(("abc1234", "abc1234"), ("latest", "main"), ("2026.11.2", "2026.11.0b3")),
    ],
)
def test_another_version_is_not(final: str, candidate: str) -> None:
    assert not VersionOrder().is_final_of(final, candidate)


LIVE = [
    *("1.4.2", "v1.4.2", "1.4.3", "1.4.3-rc.1", "1.4.2-hotfix.1", "1.4.2-7", "1.4.3-alpine"),
    *("1.4.2-abc1234", "1.4.2-def5678", "1.4.2-prod", "2026.11.23", "2026-11-23", "20261123.1"),
    *("142", "143", "17", "17.1", "main-142-abc1234", "abc1234", "sha-abc1234", "def5678"),
    *("20261123", "latest", "OPS-77-fix", ""),
]
TIMES = st.fixed_dictionaries({}, optional=dict.fromkeys(LIVE, st.integers(0, 4))).map(days)
ORDER = st.builds(VersionOrder, pushed_at=TIMES, first_rollout_at=TIMES)


@settings(deadline=None, max_examples=60)
@given(ORDER)
def test_every_pair_stands_one_way_and_the_other_way_round(order: VersionOrder) -> None:
    for a, b in product(LIVE, repeat=2):
        there, back = order.compare(a, b), order.compare(b, a)
        assert back.result == (None if there.result is None else -there.result)
        assert back.method == there.method


@settings(deadline=None, max_examples=60)
@given(ORDER, st.lists(st.sampled_from(LIVE), min_size=1, max_size=8, unique=True))
def test_whatever_the_times_something_is_newest_whatever_the_order_of_arrival(
    order: VersionOrder, live: list[str]
) -> None:
    newest = order.newest(live)
    assert newest
    assert set(order.newest(reversed(live))) == set(newest)
    assert not any(order.compare_text(a, b).result == -1 for a in newest for b in live)


@settings(deadline=None, max_examples=60)
@given(ORDER, st.sampled_from(LIVE), st.sampled_from(LIVE))
def test_whatever_the_times_the_distance_is_at_least_one_where_something_is_older(
    order: VersionOrder, older: str, newer: str
) -> None:
    between = order.releases_between(older, newer, LIVE)
    result = order.compare(older, newer).result
    if result == -1:
        assert between is not None
        assert between >= 1
    else:
        assert between == (0 if result == 0 else None)
