"""The rule that `check` offers for tags without an order."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.fleet.rules import VersionRule
from reldash.domain.versions.order import VersionOrder
from reldash.domain.versions.rule_suggestion import suggest_pattern, unordered_pair
from reldash.domain.versions.tag_rules import NO_RULES, TagRules, deciding_groups

TRAINS = ["angel-9", "barrow-10", "brexit-11"]


def order_by(pattern: str) -> VersionOrder:
    compiled = re.compile(pattern)
    return VersionOrder(TagRules((VersionRule((), (), compiled, deciding_groups(compiled)),)))


@pytest.mark.parametrize(
    ("tags", "pattern"),
    [
        (TRAINS, "[A-Za-z]+-(?P<build>[0-9]+)"),
        (
            ["main-abc1234-42", "dev-0fc12de-43"],
            "[A-Za-z]+-g?[0-9a-f]{7,40}-(?P<build>[0-9]+)",
        ),
        (
            ["release-1.2.3", "hotfix-1.2.4"],
            r"[A-Za-z]+-(?P<major>[0-9]+)\.(?P<minor>[0-9]+)\.(?P<patch>[0-9]+)",
        ),
        ([*TRAINS, "latest", "1.4.2"], "[A-Za-z]+-(?P<build>[0-9]+)"),
    ],
)
def test_tags_that_are_alike_but_for_words_commits_and_numbers_get_a_rule(
    tags: list[str], pattern: str
) -> None:
    assert suggest_pattern(tags, NO_RULES) == pattern


@pytest.mark.parametrize(
    "tags",
    [
        ["sha-abc1234d", "sha-def12345"],
        ["2.13-3.9.0", "2.12-3.9.1"],
        ["1.4.2-7", "1.4.2"],
        ["main-42", "dev-42"],
        ["latest", "stable"],
        ["1.4.2"],
        [],
    ],
    ids=["commits", "two versions", "two shapes", "no number differs", "moving", "one", "none"],
)
def test_no_rule_is_offered_where_none_could_be_right(tags: list[str]) -> None:
    assert suggest_pattern(tags, NO_RULES) is None


def test_two_tags_without_an_order_are_named() -> None:
    assert unordered_pair(TRAINS, NO_RULES) == ("angel-9", "barrow-10")
    assert unordered_pair(["1.4.2", "1.5.0", "latest"], NO_RULES) is None


def test_a_service_with_a_rule_that_orders_its_tags_is_not_named() -> None:
    rules = order_by("[a-z]+-(?P<build>[0-9]+)").rules
    assert unordered_pair(TRAINS, rules) is None
    assert suggest_pattern(TRAINS, rules) is None


WORD = st.sampled_from(["angel", "main", "rc", "x", "b12c", "abc1234d", "v", "2.13"])
TAG = st.builds(
    "{}{}{}{}{}".format,
    WORD,
    st.sampled_from(["-", ".", "_", "", "-x-"]),
    st.integers(0, 500),
    st.sampled_from(["", ".", "-"]),
    st.integers(0, 30),
)


@given(st.lists(TAG, max_size=6))
def test_every_suggestion_orders_all_tags_that_it_matches_by_their_numbers(tags: list[str]) -> None:
    pattern = suggest_pattern(tags, NO_RULES)
    if pattern is None:
        return
    order = order_by(pattern)
    matched = sorted({tag for tag in tags if re.fullmatch(pattern, tag)})
    assert unordered_pair(matched, order.rules) is None
    for a, b in combinations(matched, 2):
        numbers = [re.fullmatch(pattern, tag).groups() for tag in (a, b)]  # type: ignore[union-attr]
        if len({tuple(map(int, each)) for each in numbers}) == 2:
            assert order.compare_text(a, b).result in {-1, 1}
