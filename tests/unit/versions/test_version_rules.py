"""Rules of the fleet file, and what a service knows of its own tags."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.domain.fleet.rules import VersionRule
from reldash.domain.versions.tag_order import compare_tags
from reldash.domain.versions.tag_parts import Kind, Reading
from reldash.domain.versions.tag_rules import (
    NO_RULES,
    TagRules,
    place_names,
    read_by_rule,
    rules_for,
)
from tests.unit.builders import cluster, fleet_rules


def rule(pattern: str, *order: str) -> VersionRule:
    return VersionRule((), (), re.compile(pattern), order)


def compare(rules: TagRules, a: str, b: str) -> int | None:
    return compare_tags(rules.read(a), rules.read(b)).result


def ruled(text: str, version_rule: VersionRule) -> Reading:
    reading = read_by_rule(text, version_rule)
    assert reading is not None
    return reading


DAY_FIRST = rule(r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d{4})", "year", "month", "day")
RENOVATE = rule(
    r"v?(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)"
    r"(?:-(?P<prerelease>rc\.?\d*))?(?:-(?P<compatibility>alpine|slim))?",
    *("major", "minor", "patch"),
)
TRAIN = rule(r"(?P<train>[a-z]+)-(?P<build>\d+)", "train", "build")


@pytest.mark.parametrize(
    ("version_rule", "ascending"),
    [
        (DAY_FIRST, ["31122025", "01012026", "23112026", "01122026"]),
        (RENOVATE, ["1.4.2", "v1.4.9", "1.4.10", "2.0.0"]),
        (RENOVATE, ["1.5.0-rc.1", "1.5.0-rc.2", "1.5.0-rc.10", "1.5.0", "1.5.1-rc.1"]),
        (RENOVATE, ["1.4.2-alpine", "1.4.10-alpine"]),
        (TRAIN, ["angel-9", "angel-10", "brixton-1"]),
        (rule(r"(?P<count>\d+)-(?P<word>[a-z]*)", "count", "word"), ["9-", "9-a", "10-", "10-b"]),
    ],
)
def test_named_groups_decide_in_their_order(
    version_rule: VersionRule, ascending: list[str]
) -> None:
    rules = TagRules((version_rule,))
    for older, newer in pairwise(ascending):
        assert (compare(rules, older, newer), compare(rules, newer, older)) == (-1, 1)


def places_of(*regions: str) -> TagRules:
    """How tags are read in a fleet with clusters in these regions."""
    clusters = [replace(cluster("prod"), name=region, region=region) for region in regions]
    fleet = fleet_rules(clusters=clusters)
    return rules_for(fleet, "api", places=place_names(fleet))


@pytest.mark.parametrize("tag", ["1.4.2-eu-west-1", "eu-west-1-1.4.2", "1.4.2-eu", "us-1.4.2"])
def test_regions_of_the_fleets_clusters_are_places_in_tags(tag: str) -> None:
    rules = places_of("eu-west-1", "us-east-2")
    assert rules.read(tag).decorations
    assert compare(rules, tag, "1.4.10") == -1


@pytest.mark.parametrize("tag", ["1.4.2-ap-south-1", "1.4.2-ap"])
def test_regions_without_a_cluster_are_no_places(tag: str) -> None:
    assert places_of("eu-west-1", "").read(tag).decorations == ()


def test_texts_that_differ_in_no_group_of_the_order_are_one_version() -> None:
    assert compare(TagRules((RENOVATE,)), "v1.4.2", "1.04.2") == 0


@pytest.mark.parametrize(
    ("a", "b"), [("1.4.2-alpine", "1.4.3-slim"), ("1.4.2", "1.4.3-alpine"), ("1.4.2", "1.4.2-slim")]
)
def test_tags_whose_compatibility_differs_are_not_comparable(a: str, b: str) -> None:
    rules = TagRules((RENOVATE,))
    assert (compare(rules, a, b), compare(rules, b, a)) == (None, None)


def test_the_group_prerelease_makes_a_pre_release() -> None:
    assert ruled("1.5.0-rc.1", RENOVATE).is_prerelease
    assert not ruled("1.5.0", RENOVATE).is_prerelease


@pytest.mark.parametrize("text", ["latest", "1.4", "1.4.2-bookworm", "", "x1.4.2", "1.4.2 3"])
def test_a_rule_reads_only_what_matches_as_a_whole(text: str) -> None:
    assert read_by_rule(text, RENOVATE) is None


def test_white_space_around_a_tag_does_not_matter_to_a_rule() -> None:
    assert ruled(" 1.4.2 ", RENOVATE).values == ruled("1.4.2", RENOVATE).values


def test_the_first_rule_that_matches_counts() -> None:
    rules = TagRules((rule(r"(?P<a>\d)-(?P<b>\d)", "b"), rule(r"(?P<a>\d)-(?P<b>\d)", "a")))
    assert compare(rules, "9-1", "1-2") == -1


def test_tags_read_by_different_rules_are_not_comparable() -> None:
    rules = TagRules((DAY_FIRST, TRAIN))
    assert compare(rules, "23112026", "angel-9") is None


def test_what_no_rule_matches_is_read_as_any_tag() -> None:
    rules = TagRules((DAY_FIRST,))
    assert rules.read("1.4.2") == NO_RULES.read("1.4.2")
    assert rules.read("23112026").kind is Kind.RULED
    assert compare_tags(rules.read("23112026"), rules.read("1.4.2")) == (
        *(None, "a number and a tag read by a rule are not comparable", False),
    )


def test_names_and_places_of_a_service_reach_the_reading() -> None:
    rules = TagRules(own=frozenset({"card-vault"}), decorations=frozenset({"emea"}))
    reading = rules.read("card-vault-1.4.2-emea")
    assert (reading.line, reading.base, reading.decorations) == ("", (1, 4, 2), ("emea",))


@pytest.mark.parametrize("text", ["9" * 5_000, "1.4." + "9" * 5_000])
def test_a_number_of_thousands_of_digits_does_not_raise(text: str) -> None:
    assert TagRules((rule(r"(?P<all>[\d.]+)", "all"),)).read(text).kind is Kind.NONE


def test_digits_that_are_not_ascii_count_as_text() -> None:
    assert ruled("\u0661\u0664", rule(r"(?P<all>\d+)", "all")).values == ((-1, "\u0661\u0664"),)


ANYTHING = TagRules((rule(r"(?s)(?P<a>[^-]*)-?(?P<prerelease>.*)", "a"),))


@settings(deadline=None)
@given(
    st.lists(st.text(max_size=300) | st.from_regex(r"[0-9a-z.-]{0,20}", fullmatch=True), max_size=4)
)
def test_no_text_raises_and_rules_order_without_cycles(texts: list[str]) -> None:
    for a in texts:
        for b in texts:
            there, back = compare(ANYTHING, a, b), compare(ANYTHING, b, a)
            assert back == (None if there is None else -there)
            for c in texts:
                if there == -1 and compare(ANYTHING, b, c) == -1:
                    assert compare(ANYTHING, a, c) == -1
