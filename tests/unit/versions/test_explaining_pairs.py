"""The line in a cell's details: how its tag was read, and why it stands where it does."""

import re

import pytest

from reldash.domain.fleet.rules import VersionRule
from reldash.domain.versions.order import VersionOrder
from reldash.domain.versions.tag_explanation import explain_beside
from reldash.domain.versions.tag_rules import TagRules


@pytest.mark.parametrize(
    ("tag", "other", "line"),
    [
        (
            "1.4.2-rc.1",
            "1.4.2",
            "base 1.4.2, rc 1; before 1.4.2 because rc comes before the base (tag order)",
        ),
        (
            "1.4.3",
            "1.4.2-hotfix.2",
            "base 1.4.3; after 1.4.2-hotfix.2 because base 1.4.3 comes after 1.4.2 (tag order)",
        ),
        ("v1.4.2", "1.4.2", "base 1.4.2; the same version as 1.4.2"),
        (
            "1.4.2-alpine3.20",
            "1.4.2",
            "base 1.4.2, variant alpine3.20 (not ordered); its text is not comparable with 1.4.2:"
            " variants differ: alpine3.20 and none",
        ),
        ("1.4.2", "", "base 1.4.2"),
        ("1.4.2-prod", "1.4.2-prod", "base 1.4.2, made for prod (not counted)"),
        ("latest", "1.4.2", "no version in its text"),
        (
            "1.30.2-eksbuild.2",
            "1.30.2-eksbuild.10",
            "base 1.30.2, eksbuild 2; before 1.30.2-eksbuild.10 because 2 comes before 10"
            " (tag order)",
        ),
    ],
)
def test_a_line_says_how_a_tag_was_read_and_why_it_is_before_or_after(
    tag: str, other: str, line: str
) -> None:
    assert explain_beside(VersionOrder(), tag, other) == f"{tag}: {line}"


def test_where_a_time_decides_the_line_says_so() -> None:
    line = explain_beside(VersionOrder(), "abc1234", "def5678", "push time")
    assert line.endswith(
        "its text is not comparable with def5678: commits have no order, so the push time decides"
    )


def test_a_rule_of_the_fleet_file_is_named() -> None:
    pattern = re.compile("(?P<train>[a-z]+)-(?P<build>[0-9]+)")
    order = VersionOrder(TagRules((VersionRule((), (), pattern, ("train", "build")),)))
    assert explain_beside(order, "angel-9", "angel-10") == (
        "angel-9: angel, 9 by a rule of the fleet file; before angel-10 by a rule of the fleet file"
    )
