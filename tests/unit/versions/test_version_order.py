"""Older, newer, the same or not comparable, by the text of two versions."""

from itertools import combinations, product

import pytest
import semver
from hypothesis import given, settings
from hypothesis import strategies as st
from reldash.domain.versions.parse import parse_version
from reldash.domain.versions.schemes import Scheme

from reldash.domain.versions.order import Order

SEMVER = Order("semver", Scheme.SEMVER)
DATE = Order("date", Scheme.DATE)
COUNTER = Order("counter", Scheme.COUNTER)
BY_TEXT = (SEMVER, DATE, COUNTER)


def assert_ascending(order: Order, texts: list[str]) -> None:
    for older, newer in combinations(texts, 2):
        assert order.compare(older, newer) == -1, (older, newer)
        assert order.compare(newer, older) == 1, (newer, older)


@pytest.mark.parametrize(
    "ascending",
    [
        ["1.4.2", "1.4.9", "1.4.10", "1.10.0", "2.0.0", "10.0.0"],
        ["1.4", "1.4.1", "1.4.1.1", "1.4.1.2", "1.4.1.10", "1.4.2"],
        ["1.5.0-rc.1", "1.5.0-rc.2", "1.5.0-rc.10", "1.5.0"],
        ["1.5.0rc1", "1.5.0-rc2", "1.5.0.RC10", "v1.5.0"],
        ["1.5.0-alpha", "1.5.0-alpha.1", "1.5.0-alpha.beta", "1.5.0-beta", "1.5.0-beta.2"],
        ["1.5.0-beta.11", "1.5.0-dev", "1.5.0-m1", "1.5.0-pre", "1.5.0-rc.1", "1.5.0-SNAPSHOT"],
        ["1.5.0-SNAPSHOT", "1.5.0", "1.5.1-SNAPSHOT"],
        ["1.4.2-rc.1", "1.4.2", "1.4.2-hotfix", "1.4.2-hotfix.1", "1.4.2-hotfix.2", "1.4.3-rc.1"],
        ["1.4.2", "1.4.2-post1", "1.4.2.post2", "1.4.2.post10", "1.4.3.dev1"],
        ["1.4.2", "1.4.2-p1", "1.4.2-patch.2", "1.4.2p10"],
        ["1.4.2", "1.4.2-sp1", "1.4.2.SP2"],
        ["1.4.2", "1.4.2-r1", "1.4.2-r9", "1.4.2-r10"],
        ["1.4.2", "1.4.2-3-gabc1234", "1.4.2-14-gdef5678", "1.4.3"],
        ["1.4.2-rc.1", "1.4.2-rc.1-14-gabc1234", "1.4.2-rc.2", "1.4.2"],
        ["1.4.2", "1.4.2-9", "1.4.2-build.10", "1.4.2-b11"],
        ["1.4.2", "1.4.2-build.1234567", "1.4.2-build.1234568"],
        ["1.4.2", "1.4.2-20261122", "1.4.2-20261123", "1.4.3"],
        ["1.4.2", "1.4.2-hotfix.1-rc.1", "1.4.2-hotfix.1", "1.4.2-hotfix.1-3-gabc1234"],
        ["1.4.1-b524415", "1.4.2-a111111", "1.4.3-0000000"],
        ["1.5.0-rc.1-abc1234", "1.5.0-rc.2-0000000", "1.5.0-def5678"],
        ["1.5.0-rc.1-alpine", "1.5.0-alpine-rc.2", "1.5.0-alpine", "1.5.0-alpine-hotfix.1"],
        ["7.2.3-debian-12-r9", "7.2.4-debian-12-r0", "7.2.4-debian-12-r1"],
        ["1.5.0-rc.1-arm64", "1.5.0-arm64"],
        ["1.5.0-rc.9+build.1", "1.5.0+build.1", "1.5.1"],
        ["api-1.4.2", "api-v1.4.10"],
        ["1.4.2-login", "1.5.0", "1.5.1-preview.1", "1.5.2-JIRA-7-abc1234"],
        ["main-1.4.2", "1.4.3", "release-1.4.4"],
        ["1.99999999999999999998.0", "1.99999999999999999999.0"],
    ],
)
def test_semver_like_versions_ascend(ascending: list[str]) -> None:
    assert_ascending(SEMVER, ascending)


@pytest.mark.parametrize(
    "ascending",
    [
        ["2025.12.31", "2026-01-01", "2026.1.2", "20260103.1", "2026.11.3", "2026.11.23"],
        ["2026.11.23", "2026.11.23-1", "20261123.4", "2026-11-23.10", "2026.11.24"],
        ["20261123-090000", "20261123-142530-abc1234", "20261124-080000"],
        ["2026.11", "2026.11.1", "2026.11.2", "2026.12.0b3", "2026.12.0"],
        ["2026.11.23-rc.1", "2026.11.23", "2026.11.23-hotfix.1", "2026.11.24"],
        ["nightly-20261122", "nightly-20261123"],
        ["abc1234-20261122", "main-1234567-20261123", "142-2026-11-24"],
        ["main-202611231425", "main-20261123142501", "main-202611231426"],
    ],
)
def test_dates_ascend_however_they_are_written(ascending: list[str]) -> None:
    assert_ascending(DATE, ascending)


@pytest.mark.parametrize(
    "ascending",
    [
        ["9", "10", "142"],
        ["build-9", "build-10", "build-142"],
        ["b9", "b142"],
        ["main-9-fffffff", "main-10-abc1234", "main-142-1234567"],
        ["main-abc1234-1637700000", "main-1234567-1637700001"],
        ["8-alpine", "17-alpine"],
    ],
)
def test_counters_of_one_shape_ascend(ascending: list[str]) -> None:
    assert_ascending(COUNTER, ascending)


@pytest.mark.parametrize(
    ("order", "a", "b"),
    [
        (SEMVER, "1.4.2", "v1.4.2"),
        (SEMVER, "1.4.2", "release-1.4.2"),
        (SEMVER, "1.4", "1.4.0"),
        (SEMVER, "1.4.2", "1.4.2.0"),
        (SEMVER, "1.4.2", "1.04.02"),
        (SEMVER, "1.4.2", "1.4.2.Final"),
        (SEMVER, "1.4.2-rc.1", "1.4.2rc1"),
        (SEMVER, "1.4.2-rc.1-alpine", "1.4.2-alpine-rc1"),
        (SEMVER, "1.4.2-abc1234", "1.4.2-0-gabc1234"),
        (SEMVER, "1.4.2-x86_64", "1.4.2-amd64"),
        (DATE, "2026.11.23", "2026-11-23"),
        (DATE, "2026.1.3", "2026-01-03"),
        (COUNTER, "v22", "22"),
        (Order(), "abc1234", "sha-abc1234"),
        (Order(), "abc1234", "ABC1234"),
        (Order(), "latest", "latest"),
        (Order(), "1.4.2", "v1.4.2"),
    ],
)
def test_one_version_written_in_two_ways_is_the_same(order: Order, a: str, b: str) -> None:
    assert order.compare(a, b) == 0
    assert order.compare(b, a) == 0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # Commits and build metadata on level versions.
        ("0.20.1-b524415", "0.20.1-c634526"),
        ("0.20.1-b524415", "0.20.1"),
        ("0.20.1-1234567", "0.20.1-7654321"),
        ("1.4.2+build.1", "1.4.2+build.2"),
        ("1.4.2+build.1", "1.4.2"),
        ("1.4.2-14-gabc1234", "1.4.2-14-gdef5678"),
        ("1.4.2-dirty", "1.4.2"),
        ("1.4.2-login", "1.4.2"),
        ("1.5.0-rc-1234567", "1.5.0-rc-7654321"),
        ("1.5.0-preview.1", "1.5.0-preview.2"),
        ("main-142-abc1234", "main-142-def5678"),
        ("20261123-abc1234", "20261123-def5678"),
        ("1.4.2-hotfix-login", "1.4.2-hotfix-payment"),
        ("main-1.4.2", "1.4.2"),
        # Variants.
        ("1.4.2", "1.4.3-alpine"),
        ("1.4.2-slim", "1.4.3-alpine"),
        ("1.4.2-jdk17", "1.4.3-jdk21"),
        ("1.4.2-alpine3.19", "1.4.3-alpine3.20"),
        ("1.4.2-arm64", "1.4.3-amd64"),
        ("1.5.0-rc.1-alpine", "1.5.0"),
        ("1.4.2-hotfix.1-slim", "1.4.3"),
        ("1.4.2-windowsservercore-ltsc2019", "1.4.3-windowsservercore-ltsc2022"),
        ("api-1.4.2", "worker-1.4.3"),
        ("8-alpine", "17"),
        # Unlike sorts of later build of one base.
        ("1.4.2-hotfix.1", "1.4.2-post.2"),
        ("1.4.2-sp1", "1.4.2-14-gabc1234"),
        # Shapes of counter.
        ("build-142", "main-143"),
        ("142", "main-143-abc1234"),
        # Schemes.
        ("1.4.2", "2026.11.23"),
        ("24.04", "2026.11"),
        ("142", "2026.11.23"),
        ("142", "1.4.2"),
        ("22", "22.1.0"),
        ("1.4.2", "abc1234"),
        ("abc1234", "def5678"),
        ("20261122", "20261123"),
        ("1234567", "7654321"),
        ("latest", "main"),
        ("", "1.4.2"),
    ],
)
@pytest.mark.parametrize("order", BY_TEXT, ids=lambda order: order.method)
def test_different_versions_without_order_are_not_comparable(order: Order, a: str, b: str) -> None:
    assert order.compare(a, b) is None
    assert order.compare(b, a) is None


@pytest.mark.parametrize(
    ("a", "b"), [("1.4.2", "1.4.3"), ("142", "143"), ("2026.11.22", "2026.11.23")]
)
def test_without_a_method_different_versions_are_not_comparable(a: str, b: str) -> None:
    assert Order().compare(a, b) is None


NUMBER = st.integers(0, 3).map(str)
BASE = st.one_of(
    st.lists(NUMBER, min_size=2, max_size=4).map(".".join),
    st.sampled_from(["2026.1.1", "2026-01-02", "20260101.2", "2026.1.0", "20260102-abc1234"]),
    st.builds("{}{}".format, st.sampled_from(["", "b", "build-", "main-"]), NUMBER),
    st.sampled_from(["abc1234", "1234567", "20260101", "main", "latest", ""]),
)
SUFFIX = st.sampled_from(
    [
        *("", "", "-rc.1", "-rc.2", "rc1", "-alpha", "-alpha.1", "-alpha.beta", "-SNAPSHOT"),
        *("-hotfix", "-hotfix.1", "-hotfix.2", "-post1", "-p1", "-sp1", "-r1", "-r2", ".Final"),
        *("-1-gabc1234", "-2-gdef5678", "-0-gabc1234", "-1", "-abc1234", "-def5678", "-1234567"),
        *("-alpine", "-slim", "-jdk21", "-arm64", "+build.1", "+build.2", "-login", "-dirty"),
    ]
)
TEXT = st.builds("{}{}{}{}".format, st.sampled_from(["", "", "v"]), BASE, SUFFIX, SUFFIX)


def assert_is_an_order(order: Order, texts: list[str]) -> None:
    """Antisymmetric and transitive; what is the same compares alike with all others."""
    standing = {(a, b): order.compare(a, b) for a, b in product(texts, repeat=2)}
    for a, b in standing:
        there, back = standing[a, b], standing[b, a]
        assert back == (None if there is None else -there), (a, b)
        if there == 0:
            assert all(standing[a, c] == standing[b, c] for c in texts), (a, b)
        if there == -1:
            assert all(standing[a, c] == -1 for c in texts if standing[b, c] == -1), (a, b)
    assert all(standing[a, a] == 0 for a in texts)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXT, min_size=2, max_size=8), st.sampled_from([*BY_TEXT, Order()]))
def test_any_set_of_versions_is_ordered_without_cycles(texts: list[str], order: Order) -> None:
    assert_is_an_order(order, texts)


@settings(deadline=None)
@given(st.lists(st.text(max_size=300), max_size=5), st.sampled_from(BY_TEXT))
def test_odd_texts_are_ordered_without_cycles(texts: list[str], order: Order) -> None:
    assert_is_an_order(order, texts)


PRERELEASE = st.builds(
    "-{}{}".format,
    st.sampled_from(["alpha", "beta", "dev", "m", "pre", "rc", "snapshot"]),
    st.lists(
        st.integers(0, 20).map(str) | st.sampled_from(["alpha", "beta", "rc", "20261123"])
    ).map(lambda parts: "".join(f".{part}" for part in parts)),
)
PROPER = st.builds(
    "{}.{}.{}{}{}".format,
    *(st.integers(0, 12), st.integers(0, 12), st.integers(0, 3)),
    st.just("") | PRERELEASE,
    st.sampled_from(["", "", "+build.1", "+b524415"]),
)


@settings(max_examples=500, deadline=None)
@given(PROPER, PROPER)
def test_the_semver_package_agrees(a: str, b: str) -> None:
    expected = semver.Version.parse(a).compare(b)
    ours = SEMVER.compare(a, b)
    # What differs only in build metadata is level for semver and not comparable for us.
    assert ours == expected or (expected == 0 and ours is None and a != b)


def test_the_numbers_of_a_version_are_never_compared_as_text() -> None:
    texts = [f"1.{minor}.0" for minor in range(120)]
    newest_last = sorted(texts, key=lambda text: parse_version(text).key)
    assert newest_last == texts
    assert_ascending(SEMVER, texts[::7])
