"""The scheme and parts of each form of version text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reldash.domain.versions.parse import parse_version
from reldash.domain.versions.schemes import Scheme

from reldash.domain.versions.moving_tags import is_moving

SEMVER, DATE, COUNTER, COMMIT, OTHER = Scheme


@pytest.mark.parametrize(
    ("text", "scheme", "release"),
    [
        ("1.4.2", SEMVER, (1, 4, 2)),
        ("v1.4.2", SEMVER, (1, 4, 2)),
        ("V1.4.2", SEMVER, (1, 4, 2)),
        ("1.4", SEMVER, (1, 4)),
        ("1.4.2.7", SEMVER, (1, 4, 2, 7)),
        ("01.04.002", SEMVER, (1, 4, 2)),
        ("release-1.4.2", SEMVER, (1, 4, 2)),
        ("api-v1.4.2", SEMVER, (1, 4, 2)),
        ("1.4.2-20261123", SEMVER, (1, 4, 2)),
        ("1.4.2-2026-11-23", SEMVER, (1, 4, 2)),
        ("24.04", SEMVER, (24, 4)),
        ("2026.11.23", DATE, (2026, 11, 23)),
        ("2026-11-23", DATE, (2026, 11, 23)),
        ("2026_11_23", DATE, (2026, 11, 23)),
        ("v2026.11.23", DATE, (2026, 11, 23)),
        ("2026.1.3", DATE, (2026, 1, 3)),
        ("2026.11.23-2", DATE, (2026, 11, 23, 2)),
        ("20261123.4", DATE, (2026, 11, 23, 4)),
        ("20261123-142530", DATE, (2026, 11, 23, 142530)),
        ("2026-11-23T14-25-30Z", DATE, (2026, 11, 23, 14, 25, 30)),
        ("20261123142530-abc1234", DATE, (2026, 11, 23, 142530)),
        ("abc1234-202611231425", DATE, (2026, 11, 23, 142500)),
        ("v20261123", DATE, (2026, 11, 23)),
        ("nightly-20261123", DATE, (2026, 11, 23)),
        ("20261123-abc1234", DATE, (2026, 11, 23)),
        ("20261123-1234567", DATE, (2026, 11, 23)),
        # Calendar versions that are no days stay with those that are.
        ("2026.11.0", DATE, (2026, 11, 0)),
        ("2026.11", DATE, (2026, 11)),
        ("2026.2.30", DATE, (2026, 2, 30)),
        ("142", COUNTER, (142,)),
        ("22", COUNTER, (22,)),
        ("v22", COUNTER, (22,)),
        ("123456", COUNTER, (123456,)),
        ("build-142", COUNTER, (142,)),
        ("b142", COUNTER, (142,)),
        ("build-12345678", COUNTER, (12345678,)),
        ("main-142-abc1234", COUNTER, (142,)),
        ("main-142-1234567", COUNTER, (142,)),
        ("main.142", COUNTER, (142,)),
        ("142-abc1234", COUNTER, (142,)),
        ("main-abc1234-1637700000", COUNTER, (1637700000,)),
        ("main-1234567-1637700000", COUNTER, (1637700000,)),
        ("abc1234", COMMIT, ()),
        ("ABC1234", COMMIT, ()),
        ("05c9d727c14a3170d19a84f37b6cd59be3d5a0a9", COMMIT, ()),
        # Bare hex digits are a commit even when all are decimal, and even when they read as a day.
        ("1234567", COMMIT, ()),
        ("20261123", COMMIT, ()),
        ("20261123142530", COMMIT, ()),
        ("sha-abc1234", COMMIT, ()),
        ("main-abc1234", COMMIT, ()),
        ("main-1234567", COMMIT, ()),
        ("pr-12-abc1234", COMMIT, ()),
        ("abc1234-alpine", COMMIT, ()),
        ("99999999-alpine", COMMIT, ()),
        ("ab12cd", OTHER, ()),  # six hex digits are too few for a commit
        ("f" * 41, OTHER, ()),
        ("latest", OTHER, ()),
        ("main", OTHER, ()),
        ("bookworm-slim", OTHER, ()),
        ("alpine3.20", OTHER, ()),
        ("1.x", OTHER, ()),
        ("pr-123", OTHER, ()),
        ("feature-login-2", OTHER, ()),
        ("build-12-3", OTHER, ()),
        ("", OTHER, ()),
        ("   ", OTHER, ()),
        ("...", OTHER, ()),
        ("1.4.2" + "-x" * 150, OTHER, ()),
        ("версия-1.4.2", OTHER, ()),
        ("\u0661.\u0664.\u0662", OTHER, ()),  # digits, but not ASCII
    ],
)
def test_a_text_is_of_one_scheme(text: str, scheme: Scheme, release: tuple[int, ...]) -> None:
    version = parse_version(text)
    assert (version.text, version.scheme, version.release) == (text, scheme, release)


@pytest.mark.parametrize("word", ["alpha", "beta", "rc", "pre", "dev", "snapshot", "m"])
@pytest.mark.parametrize("form", ["1.4.2-{}.1", "1.4.2-{}1", "1.4.2.{}-1", "1.4.2{}1", "1.4.2-{}"])
def test_seven_words_make_a_pre_release(word: str, form: str) -> None:
    assert parse_version(form.format(word)).is_prerelease
    assert parse_version(form.format(word.upper())).is_prerelease


@pytest.mark.parametrize(
    "text",
    [
        "1.4.2",
        "1.4.2-hotfix.1",
        "1.4.2-post1",
        "1.4.2-p1",
        "1.4.2-sp2",
        "1.4.2-r3",
        "1.4.2-14-gabc1234",
        "1.4.2-14",
        "1.4.2-preview.1",
        "1.4.2-canary.1",
        "1.4.2-nightly",
        "1.4.2-b3",
        "1.4.2-premium",
        "1.4.2-devel",
        "1.4.2-alpine",
        "1.4.2-b524415",
        "1.4.2+rc.1",
    ],
)
def test_nothing_else_makes_a_pre_release(text: str) -> None:
    assert not parse_version(text).is_prerelease


@pytest.mark.parametrize("text", ["1.4.2a1", "1.4.2b3", "1.4.2c1", "2026.11.0b3"])
def test_short_forms_of_python_are_pre_releases_where_they_touch_a_number(text: str) -> None:
    assert parse_version(text).is_prerelease


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("1.4.2", ""),
        ("1.4.2-alpine", "alpine"),
        ("1.4.2-alpine3.20", "alpine3.20"),
        ("1.4.2-slim-bookworm", "slim-bookworm"),
        ("1.4.2-bullseye", "bullseye"),
        ("1.4.2-arm64", "arm64"),
        ("1.4.2-arm64v8", "arm64v8"),
        ("1.4.2-x86_64", "amd64"),
        ("1.4.2-jdk21", "jdk21"),
        ("1.4.2-jdk-21", "jdk-21"),
        ("1.4.2-debian-12-r9", "debian-12"),
        ("1.4.2-windowsservercore-ltsc2022", "windowsservercore-ltsc2022"),
        ("1.4.2-nanoserver-1809", "nanoserver-1809"),
        ("1.4.2-rc.1-alpine", "alpine"),
        ("1.4.2-alpine-rc.1", "alpine"),
        ("1.4.2-hotfix.1-slim", "slim"),
        ("1.4.2-slim-hotfix.1", "slim"),
        ("1.4.2-hotfix-alpine", "alpine"),
        ("1.4.2-14-gabc1234-alpine", "alpine"),
        ("1.4.2-alpine-14-gabc1234", "alpine"),
        ("1.4.2-enterprise", "enterprise"),
        ("1.4.2-foo-alpine", "alpine"),
        ("api-1.4.2", "api"),
        ("2026.11.23-alpine", "alpine"),
        ("22-bookworm-slim", "bookworm-slim"),
        ("8-debian-12", "debian-12"),
        ("main-142-abc1234-arm64", "arm64"),
        ("abc1234-alpine", "alpine"),
        # Branches, builds and free names are no variants.
        ("abc1234-20261123", ""),
        ("142-2026-11-23", ""),
        ("1.4.2-login", ""),
        ("1.4.2-preview.1", ""),
        ("1.4.2-eks-5", ""),
        ("main-1.4.2", ""),
        ("1.4.2-hotfix-login", ""),
        ("1.4.2-hotfix-JIRA-123", ""),
        ("1.4.2-dirty", ""),
        ("5.6.15.Final", ""),
        ("2.7.18.RELEASE", ""),
    ],
)
def test_a_variant_is_separated_from_the_version(text: str, variant: str) -> None:
    assert parse_version(text).variant == variant


@pytest.mark.parametrize(
    ("text", "moving"),
    [
        (None, True),
        ("", True),
        ("latest", True),
        ("latest-jdk21", True),
        ("main", True),
        ("develop", True),
        ("feature-login", True),
        ("feature-login-2", True),
        ("pr-123", True),
        ("stable-alpine", True),
        ("lts-alpine3.20", True),
        ("jdk21", True),
        ("bookworm", True),
        ("22", True),
        ("v3", True),
        ("3-alpine", True),
        ("22-bookworm-slim", True),
        ("1.x", True),
        ("1.4.x-alpine", True),
        ("1.5.0-SNAPSHOT", True),
        ("1.5.0-dev", True),
        ("1.5.0-SNAPSHOT-abc1234", False),
        ("1.5.0-dev.3", False),
        ("1.5.0-rc", False),
        ("100", False),
        ("142", False),
        ("b22", False),
        ("22-abc1234", False),
        ("1.4", False),
        ("1.4.2", False),
        ("1.4.2-alpine", False),
        ("2026.11.23", False),
        ("20261123", False),
        ("abc1234", False),
        ("main-abc1234", False),
        ("main-142-abc1234", False),
        ("pr-12-abc1234", False),
        ("build-12-3", False),
    ],
)
def test_a_tag_meant_to_be_pushed_again_is_moving(text: str | None, moving: bool) -> None:
    assert is_moving(text) is moving


@settings(deadline=None)
@given(st.text(max_size=300) | st.from_regex(r"[a-z0-9A-Z._+-]{0,300}", fullmatch=True))
def test_no_text_raises(text: str) -> None:
    assert parse_version(text).text == text
    assert is_moving(text) in (True, False)


def test_a_number_of_thousands_of_digits_does_not_raise() -> None:
    assert parse_version("1." + "9" * 10_000).scheme is OTHER
