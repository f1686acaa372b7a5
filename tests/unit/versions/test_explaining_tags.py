"""How a tag was read, in words."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.domain.fleet.rules import VersionRule
from reldash.domain.versions.tag_explanation import explain_reading
from reldash.domain.versions.tag_reading import read_tag
from reldash.domain.versions.tag_rules import read_by_rule

BRANCH = "no version: a branch, a channel, a piece of work, or not understood"
COMMIT = "a commit: equal or not, never older or newer"


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("1.4.2", "a version number; base 1.4.2"),
        ("v1.4.0", "a version number; base 1.4"),
        ("142", "a version number; counter 142"),
        ("2026.11.23", "a date; date 2026.11.23"),
        ("api-1.4.2", "a version number; base 1.4.2; line: api"),
        ("1.5.0-rc.2", "a version number; base 1.5; then: rc (before the release) 2"),
        ("1.5.0-hotfix.1", "a version number; base 1.5; then: hotfix (after the release) 1"),
        ("1.5.0-7", "a version number; base 1.5; then: 7 (orders tags of this shape only)"),
        ("1.5.0-eksbuild.2", "a version number; base 1.5; then: eksbuild 2"),
        (
            "17-3.4",
            "a version number; counter 17; then: 3.4 (orders tags of this shape only);"
            " second number: 3.4",
        ),
        ("1.4.2-slim", "a version number; base 1.4.2; variant, not ordered: slim"),
        ("1.4.2-prod", "a version number; base 1.4.2; made for, not counted: prod"),
        (
            "1.4.2-abc1234-dirty",
            "a version number; base 1.4.2; identifies a build, not ordered: abc1234;"
            " built with uncommitted changes: yes",
        ),
        ("sha-abc1234", f"{COMMIT}; identifies a build, not ordered: abc1234"),
        ("latest", BRANCH),
        ("", BRANCH),
        ("OPS-77-fix-login", f"{BRANCH}; identifies a build, not ordered: ops-77"),
        ("Hoxton.SR12", "a version number; line: hoxton; then: sr (after the release) 12"),
    ],
)
def test_an_explanation_names_the_parts_that_were_found(text: str, explanation: str) -> None:
    assert explain_reading(read_tag(text)) == explanation


def test_a_rule_s_explanation_names_what_decides_and_not_the_expression() -> None:
    rule = VersionRule((), (), re.compile(r"(?P<train>[a-z]+)-(?P<build>\d+)"), ("train", "build"))
    reading = read_by_rule("angel-9", rule)
    assert reading is not None
    assert explain_reading(reading) == "read by a rule of the fleet file; angel, 9"


@settings(deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[0-9a-zA-Z._-]{0,40}", fullmatch=True))
def test_whatever_the_text_an_explanation_is_one_line_without_control_characters(text: str) -> None:
    explanation = explain_reading(read_tag(text))
    assert explanation.isprintable()
    assert explanation
