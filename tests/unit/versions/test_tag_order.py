"""Older, newer, one version, or not comparable: what the text of two tags says."""

import re
from itertools import combinations, product
from pathlib import Path
from typing import Final

import pytest
import semver
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.domain.versions.tag_order import compare_tags
from reldash.domain.versions.tag_reading import read_tag

DATA: Final = Path(__file__).parents[2] / "data" / "tags"


def compare(a: str, b: str) -> int | None:
    return compare_tags(read_tag(a), read_tag(b)).result


@pytest.mark.parametrize(
    "ascending",
    [
        ["1.4.2", "1.4.9", "1.4.10", "1.10.0", "2.0.0", "10.0.0"],
        ["1.4", "1.4.1", "1.4.1.1", "1.4.1.2", "1.4.1.10", "1.4.2"],
        ["1.5.0-rc.1", "1.5.0-rc.2", "1.5.0-rc.10", "1.5.0"],
        ["1.5.0rc1", "1.5.0-rc2", "1.5.0.RC10", "v1.5.0"],
        [
            "1.5.0-alpha",
            "1.5.0-alpha.1",
            "1.5.0-alpha.2",
            "1.5.0-beta",
            "1.5.0-beta.2",
            "1.5.0-rc.1",
            "1.5.0",
        ],
        ["17beta1", "17beta2", "17rc1", "17.0", "17.1"],
        ["5.7.0dr8", "5.7.0rc1", "5.7.0"],
        ["3.0.0.Alpha7", "3.0.0.Beta1", "3.0.0.CR1", "3.0.0.CR2", "3.0.0.Final", "3.0.0.SP1"],
        ["3.4.0-M3", "3.4.0-RC1", "3.4.0", "3.4.1-M1"],
        ["9.0.0-preview.6", "9.0.0-preview.7.24407.12", "9.0.0-rc.1", "9.0.0"],
        ["1.5.0-ea.2", "1.5.0-ea.10", "1.5.0-rc.1", "1.5.0"],
        ["1.5.0-dev.9", "1.5.0-dev.10", "1.5.0"],
        ["1.5.0-SNAPSHOT", "1.5.0", "1.5.1-SNAPSHOT"],
        ["1.5.0-nightly.20261122", "1.5.0-nightly.20261123", "1.5.0"],
        ["1.0a1.dev3", "1.0a1", "1.0a2", "1.0b1", "1.0rc1", "1.0", "1.0.post1.dev2", "1.0.post1"],
        ["1.4.2-rc.1", "1.4.2", "1.4.2-hotfix", "1.4.2-hotfix.1", "1.4.2-hotfix.2", "1.4.3-rc.1"],
        ["1.4.2", "1.4.2-post1", "1.4.2.post2", "1.4.2.post10", "1.4.3.dev1"],
        ["1.4.2", "1.4.2-p1", "1.4.2-patch.2", "1.4.2p10"],
        ["1.4.2", "1.4.2-sp1", "1.4.2.SP2"],
        ["1.4.2", "1.4.2-r1", "1.4.2-r9", "1.4.2-r10"],
        ["13.0.1", "13.0.1-security-01", "13.0.1-security-02", "13.0.2"],
        ["1.4.2", "1.4.2-3-gabc1234", "1.4.2-14-gdef5678", "1.4.3"],
        ["1.4.2-rc.1", "1.4.2-rc.1-14-gabc1234", "1.4.2-rc.2", "1.4.2"],
        ["1.4.2-1-gabc1234", "1.4.2-2-gabc1234-dirty"],
        ["1.4.2", "1.4.2-build.9", "1.4.2-build.10", "1.4.2-build.123456"],
        ["1.4.2", "1.4.2-build.1234567", "1.4.2-build.1234568"],
        ["1.4.2-build.1", "1.4.2+build.2"],
        ["1.5.0-rc.9+build.1", "1.5.0+build.1", "1.5.1"],
        ["1.5.0-preview.1", "1.5.0-preview.2", "1.5.0"],
        ["1.4.2-9", "1.4.2-10", "1.4.2-142"],
        ["1.4.2-20261122", "1.4.2-20261123", "1.4.3"],
        ["1.4.2", "1.4.2-hotfix.1-rc.1", "1.4.2-hotfix.1", "1.4.2-hotfix.1-3-gabc1234"],
        ["1.4.1-b524415", "1.4.2-a111111", "1.4.3-0000000"],
        ["1.5.0-rc.1-abc1234", "1.5.0-rc.2-0000000", "1.5.0-def5678"],
        ["1.5.0-rc.1-alpine", "1.5.0-alpine-rc.2", "1.5.0-alpine", "1.5.0-alpine-hotfix.1"],
        ["7.2.3-debian-12-r9", "7.2.4-debian-12-r0", "7.2.4-debian-12-r1"],
        ["1.5.0-rc.1-arm64", "1.5.0-arm64"],
        ["api-1.4.2", "api-v1.4.10"],
        ["1.4.2-login", "1.5.0", "1.5.1-preview.1", "1.5.2-JIRA-7-abc1234"],
        ["1.4.3", "release-1.4.4"],
        ["1.99999999999999999998.0", "1.99999999999999999999.0"],
        ["Hoxton.M1", "Hoxton.RC1", "Hoxton.RELEASE", "Hoxton.SR1", "Hoxton.SR12"],
        ["v1.30.6-k3s1", "v1.30.6-rc1-k3s2", "v1.30.6-rc2-k3s2", "v1.30.6-k3s2"],
        ["v1.30.6-rc1-rke2r1", "v1.30.6-rke2r1", "v1.30.6-rc1-rke2r2", "v1.30.6-rke2r2"],
        ["1.5.0-rc.1-ci.14", "1.5.0-rc.2-ci.3"],
        ["17.0.0-rc42.ee.0", "17.0.0-rc43.ee.0", "17.0.0-ee.0", "17.0.1-ee.0"],
        ["4.4.0.RELEASE", "4.4.1.BUILD-SNAPSHOT", "4.4.1.RELEASE"],
        ["142", "142-hotfix", "142-hotfix.1", "143"],
        ["21_35-jdk", "21_36-jdk", "21.0.1_12-jdk", "21.0.2_1-jdk", "21.0.2_13-jdk"],
        ["8u432-b05-jre", "8u432-b06-jre", "8u442-b01-jre"],
        ["v3.5.15-eks-1-31-7", "v3.5.15-eks-1-31-10"],
        ["1.0.dev456+gabc1234.d20241105", "1.0.dev457+gdef5678.d20241104"],
        # Counters.
        ["9", "10", "98"],
        ["100", "142", "1420"],
        ["build-9", "build-10", "build-142"],
        ["b9", "b142"],
        ["main-9-fffffff", "main-10-abc1234", "main-142-1234567"],
        ["8-alpine", "17-slim"],
        ["8-alpine", "17-alpine", "18"],
        ["142-ubuntu-22.04", "143-ubuntu-24.04"],
        # Unequal bases decide, whatever variant or decoration follows.
        ["1.27.2", "1.27.3-alpine", "1.27.4-slim"],
        ["16.3-alpine3.20", "16.4-alpine3.19"],
        ["1.4.2-jdk17", "1.4.3-jdk21"],
        ["1.4.2-arm64", "1.4.3-amd64"],
        ["1.4.2-hotfix.1-slim", "1.4.3"],
        ["1.4.2-windowsservercore-ltsc2019", "1.4.3-windowsservercore-ltsc2022"],
        ["2.17.1-pg16", "2.17.2-pg15"],
        ["prod-1.2.1", "stg-1.2.2", "1.2.3-dev", "1.2.4"],
        # Alike but for their numbers.
        ["v1.11.3-eksbuild.2", "v1.11.3-eksbuild.10"],
        ["v1.0.20200827-ls30", "v1.0.20200827-ls31"],
        ["2022-CU15-ubuntu-22.04", "2022-CU16-ubuntu-22.04"],
        ["1.5.0-develop.9", "1.5.0-develop.10"],
        ["9.4-1214.1726694542", "9.4-1227.1729773476"],
    ],
)
def test_versions_ascend(ascending: list[str]) -> None:
    for older, newer in combinations(ascending, 2):
        assert compare(older, newer) == -1, (older, newer)
        assert compare(newer, older) == 1, (newer, older)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        *(("1.4.2", "v1.4.2"), ("1.4.2", "release-1.4.2"), ("1.4", "1.4.0"), ("1.4.2", "1.4.2.0")),
        *(("1.4.2", "1.04.02"), ("1.4.2", "1.4.2.Final"), ("1.4.2", "1.4.2.GA"), ("v22", "22")),
        *(("1.4.2-rc.1", "1.4.2rc1"), ("1.4.2-rc.1", "1.4.2.CR1"), ("1.4.2-sp1", "1.4.2.SP01")),
        *(("1.4.2-rc.1-alpine", "1.4.2-alpine-rc1"), ("1.4.2-abc1234", "1.4.2-0-gabc1234")),
        *(("1.4.2-x86_64", "1.4.2-amd64"), ("1.4.2+build.1", "1.4.2-build.1")),
        *(("1.4.2-dev", "1.4.2-stg"), ("dev-1.4.2", "1.4.2-prod"), ("dev-1.4.2", "stg-1.4.2")),
        *(("abc1234", "sha-abc1234"), ("abc1234", "ABC1234"), ("abc1234", "main-abc1234")),
        *(("abc1234", "abc1234def5678"), ("1.4.2-abc1234", "1.4.2-abc1234def")),
        *(("latest", "latest"), ("OPS-77", "OPS-77"), ("", "")),
    ],
)
def test_one_version_written_in_two_ways_is_the_same(a: str, b: str) -> None:
    assert (compare(a, b), compare(b, a)) == (0, 0)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # Commits, work trees, free words and pieces of work on equal bases.
        *(("0.20.1-b524415", "0.20.1-c634526"), ("0.20.1-b524415", "0.20.1")),
        *(("0.20.1-1234567", "0.20.1-7654321"), ("1.4.2-14-gabc1234", "1.4.2-14-gdef5678")),
        *(("1.4.2-dirty", "1.4.2"), ("abc1234-dirty", "abc1234"), ("1.4.2-login", "1.4.2")),
        *(("1.5.0-rc-1234567", "1.5.0-rc-7654321"), ("main-142-abc1234", "main-142-def5678")),
        *(("1.4.2-hotfix-login", "1.4.2-hotfix-payment"), ("1.4.2-alpha.beta", "1.4.2-alpha.1")),
        ("1.4.2-alpha.beta", "1.4.2-alpha"),
        *(("5.4.0-snapshot-aaaaaaa1", "5.4.0-snapshot-bbbbbbb1"), ("1.4.2-pr.12", "1.4.2-pr.13")),
        *(("1.4.2-JIRA-12", "1.4.2-JIRA-13"), ("JIRA-123-1.4.2", "JIRA-1234-1.4.2")),
        *(("1.0.dev4+gabc1234.d20241105", "1.0.dev4+gabc1234.d20241106"), ("1.4.2-pr.12", "1.4.2")),
        # A bare number after the base: builds before as well as after it.
        *(("1.4.2-7", "1.4.2"), ("v8.1.4-34", "v8.1.4"), ("1.4.2-20261123", "1.4.2")),
        *(("1.4.2-7", "1.4.2-rc.1"), ("1.4.2-7", "1.4.2-build.8"), ("1.4.2-7", "1.4.2-8-main")),
        # Stages that projects order differently.
        *(("1.5.0-dev.1", "1.5.0-rc.1"), ("1.5.0-SNAPSHOT", "1.5.0-rc.1")),
        *(("1.5.0-nightly.1", "1.5.0-snapshot.2"), ("1.5.0-preview.1", "1.5.0-beta.1")),
        *(("1.5.0-m1", "1.5.0-alpha.1"), ("1.5.0-canary.1", "1.5.0-next.1")),
        *(("1.5.0-beta.11", "1.5.0-dev"), ("1.5.0-beta.11", "1.5.0-pre")),
        *(
            ("1.4.2-dev", "1.4.2-rc.1"),
            ("1.4.2-dev.3", "1.4.2-dev"),
            ("1.5.0-rc.1", "1.5.0-develop.9"),
        ),
        *(("1.5.0-rc.1", "1.5.0-test1"), ("1.5.0-beta3", "1.5.0-b3"), ("1.5.0-rc.1", "1.5.0-x.2")),
        # Words that mean a later build only with a number.
        *(("1.4.2-fix-login", "1.4.2"), ("1.4.2-build-abc1234", "1.4.2"), ("1.4.2-p-x", "1.4.2")),
        # Made for a place, against the release itself.
        *(("1.4.2-prod", "1.4.2"), ("stg-1.4.2", "1.4.2")),
        # Equal bases in different variants.
        *(
            ("1.4.2", "1.4.2-alpine"),
            ("1.4.2-slim", "1.4.2-alpine"),
            ("1.4.2-jdk17", "1.4.2-jdk21"),
        ),
        *(("1.5.0-rc.1-alpine", "1.5.0"), ("1.4.2-arm64", "1.4.2-amd64"), ("8-alpine", "8")),
        *(("3.9-amazoncorretto-17", "3.9-amazoncorretto-21"), ("abc1234-alpine", "abc1234")),
        # Two numbers that disagree, or only one of them.
        *(("2.13-3.9.0", "2.12-3.9.1"), ("17-3.4", "16-3.5"), ("17-3.4", "18")),
        # Different lines.
        *(("api-1.4.2", "worker-1.4.3"), ("main-1.4.2", "1.4.2"), ("main-1.4.2", "1.4.3")),
        *(("build-142", "main-143"), ("142", "main-143-abc1234"), ("vAngel.SR4", "vBrixton.M1")),
        *(("77-fix-login", "142-new-cache"), ("77-docs", "142")),
        # Unlike sorts of later build of one base.
        *(("1.4.2-hotfix.1", "1.4.2-post.2"), ("1.4.2-sp1", "1.4.2-14-gabc1234")),
        *(("1.4.2-foo.1", "1.4.2-bar.2"), ("1.4.2-eksbuild.1", "1.4.2")),
        # A bare number may be any version that begins with it.
        *(("22", "22.1.0"), ("17", "17.0"), ("17", "17-rc1"), ("v3", "v3.1")),
        # Kinds.
        *(("1.4.2", "2026.11.23"), ("142", "2026.11.23"), ("1.4.2", "abc1234")),
        *(("1a2b3c", "4d5e6f"), ("123abc", "456def"), ("1.2.3-1.fc40", "1.2.3-1.fc41")),
        *(("abc1234", "def5678"), ("1234567", "7654321"), ("latest", "main"), ("", "1.4.2")),
        *(("PROJ-1250-abc1234", "PROJ-1301-def5678"), ("OPS-77-fix", "OPS-101-cache")),
        *(("main-PROJ-12", "main-PROJ-13"), ("lts-jdk17", "lts-jdk21"), ("1.4-latest", "1.4.2")),
    ],
)
def test_different_versions_without_order_are_not_comparable(a: str, b: str) -> None:
    assert (compare(a, b), compare(b, a)) == (None, None)


@pytest.mark.parametrize(
    ("a", "b"), [("dev-1.4.2", "1.4.2"), ("1.4.2-dev", "1.4.2"), ("1.5.0-preview", "1.5.0")]
)
def test_what_is_made_for_dev_or_a_preview_is_older_than_the_release(a: str, b: str) -> None:
    assert (compare(a, b), compare(b, a)) == (-1, 1)


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("1.4.2", "1.4.10", "base 1.4.2 < 1.4.10"),
        ("1.5.0", "1.5.0-rc.1", "the base > rc"),
        ("2026.11.24", "2026.11.23", "date 2026.11.24 > 2026.11.23"),
        ("1.4.2-7", "1.4.2-8", "alike but for 7 < 8"),
        ("api-1.4.2", "1.4.2", "different lines: api and none"),
        ("1.4.2-slim", "1.4.2", "variants differ: slim and none"),
        ("17", "17.1", "a bare number may be any version that begins with it"),
        ("latest", "1.4.2", "no version in the text"),
        ("2026.11.23", "142", "a date and a number are not comparable"),
        ("1.4.2-7", "1.4.2", "a bare number has no meaning without one in the other"),
        ("1.4.2-prod", "1.4.2", "made for prod; the text does not say of which build"),
    ],
)
def test_the_reason_says_what_decided(a: str, b: str, reason: str) -> None:
    assert compare_tags(read_tag(a), read_tag(b)).reason == reason


@pytest.mark.parametrize(
    ("a", "b", "by_shape"),
    [
        *(("1.4.2-eksbuild.1", "1.4.2-eksbuild.2", True), ("1.4.2-7", "1.4.2-8", True)),
        *(
            ("1.4.2", "1.4.3", False),
            ("1.4.2-rc.1", "1.4.2-rc.2", False),
            ("1.4.2-p1", "1.4.2-p2", False),
        ),
        ("1.4.2-eksbuild.1", "1.4.3-eksbuild.1", False),
    ],
)
def test_shape_decides_only_behind_words_and_numbers_without_a_known_meaning(
    a: str, b: str, by_shape: bool
) -> None:
    assert compare_tags(read_tag(a), read_tag(b)).by_shape is by_shape


REAL: Final = (DATA / "real.txt").read_text(encoding="utf-8").split()
FIELDS: Final = re.compile(r"[-._]?[a-zA-Z0-9]+")
SUFFIX: Final = st.sampled_from(
    [
        *("-rc1", "-rc.2", "rc1", "-beta", "-alpha", "-alpha.1", "-preview.2", "-m1", "b2"),
        *(
            "-SNAPSHOT",
            "-nightly.20241105",
            "-dev",
            "-dev.3",
            "-next",
            "-develop.9",
            "-prod",
            "-qa",
        ),
        *(
            "-1",
            "-2",
            ".3",
            "-0",
            "-17",
            "-2.3",
            "-3.4.1",
            "-20241105",
            "-2024-11-05",
            "-1730898765",
        ),
        *("-k3s1", "-k3s2", "-rke2r1", "-ls30", "-r4", "-p2", "-hotfix", "-hotfix.1", "-post1"),
        *("-build20241105", "-alpine", "-alpine3.20", "-jdk21", "-ce.0", ".Final", "-login", "-x"),
        *("-login.2", "-pr.12", "-OPS-77", "-abc1234", "-gdef5678", "-3-gabc1234", "-dirty", "a"),
        *("-1234567", "_7", "+build.1", "-d20241105", "-T123456", "-latest"),
    ]
)


def with_numbers_moved(text: str, *, by: int, count: int) -> str:
    """A text whose first numbers, `count` of them or all with 0, are larger by `by`."""

    def move(number: re.Match[str]) -> str:
        return str(max(0, int(number[0]) + by))

    return re.sub(r"[0-9]{1,5}(?![0-9])", move, text, count=count)


@st.composite
def mixed(draw: st.DrawFn, base: str) -> str:
    """A real tag with fields added or taken away, and numbers moved by one."""
    text = base
    for change in draw(st.lists(st.sampled_from(["add", "drop", "move", "insert"]), max_size=3)):
        fields = FIELDS.findall(text)
        at = draw(st.integers(0, max(len(fields) - 1, 0)))
        if change == "add":
            text += draw(SUFFIX)
        elif change == "drop" and len(fields) > 1:
            text = "".join(fields[:at] + fields[at + 1 :])
        elif change == "insert":
            text = "".join([*fields[:at], draw(SUFFIX), *fields[at:]])
        else:
            text = with_numbers_moved(text, by=draw(st.integers(-1, 1)), count=at)
    return text


GROUP: Final = st.one_of(
    st.sampled_from(REAL).flatmap(lambda base: st.lists(mixed(base), min_size=3, max_size=9)),
    st.lists(st.sampled_from(REAL).flatmap(mixed), min_size=3, max_size=9),
)


def assert_is_an_order(texts: list[str]) -> None:
    """Antisymmetric and transitive; what is the same compares alike with all others.

    Two kinds of tag stand for several: those made for a place, and short forms of a commit. These
    are the same as texts that are not the same among each other.
    """
    standing = {(a, b): compare(a, b) for a, b in product(texts, repeat=2)}
    for (a, b), there in standing.items():
        back = standing[b, a]
        assert back == (None if there is None else -there), (a, b)
        if there == -1:
            for c in texts:
                assert standing[b, c] != -1 or standing[a, c] == -1, (a, b, c)
        if there == 0 and read_tag(a).identity == read_tag(b).identity:
            if read_tag(a).decorations or read_tag(b).decorations:
                continue
            assert all(standing[a, c] == standing[b, c] for c in texts), (a, b)
    assert all(standing[text, text] == 0 for text in texts)


@settings(max_examples=200, deadline=None)
@given(GROUP)
def test_any_group_of_real_and_mixed_tags_is_ordered_without_cycles(texts: list[str]) -> None:
    assert_is_an_order(texts)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=300), max_size=5))
def test_odd_texts_are_ordered_without_cycles(texts: list[str]) -> None:
    assert_is_an_order(texts)


def test_all_real_tags_are_ordered_without_cycles() -> None:
    older = {a: {b for b in REAL if compare(a, b) == -1} for a in REAL}
    assert all(older[b] <= older[a] for a in REAL for b in older[a])


PRERELEASE: Final = st.builds(
    "-{}{}".format,
    st.sampled_from(["alpha", "beta", "rc"]),
    st.lists(st.integers(0, 20).map(str), max_size=2).map(
        lambda parts: "".join(f".{part}" for part in parts)
    ),
)
PROPER: Final = st.builds(
    "{}.{}.{}{}{}".format,
    *(st.integers(0, 12), st.integers(0, 12), st.integers(0, 3)),
    st.just("") | PRERELEASE,
    st.sampled_from(["", "", "+abc1234", "+b524415"]),
)


@settings(max_examples=300, deadline=None)
@given(PROPER, PROPER)
def test_the_semver_package_agrees(a: str, b: str) -> None:
    expected = semver.Version.parse(a).compare(b)
    ours = compare(a, b)
    # What differs only in build metadata is equal for semver and not comparable for us.
    assert ours == expected or (expected == 0 and ours is None and a != b)


def test_the_numbers_of_a_version_are_never_compared_as_text() -> None:
    texts = [f"1.{minor}.0" for minor in range(120)]
    assert all(compare(a, b) == -1 for a, b in combinations(texts[::7], 2))
