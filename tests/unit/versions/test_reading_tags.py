"""What each way of writing a tag is read to."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.domain.versions.tag_order import compare_tags
from reldash.domain.versions.tag_parts import Kind, Reading, Step, StepKind
from reldash.domain.versions.tag_reading import read_tag
from reldash.domain.versions.tag_words import DECORATIONS

NUMBERED, DATED, COMMIT, NONE = Kind.NUMBERED, Kind.DATED, Kind.COMMIT, Kind.NONE


def written(steps: tuple[Step, ...]) -> str:
    """Steps in short: words as they are, numbers with dots, bare numbers in brackets."""
    parts = []
    for kind, word, numbers in steps:
        text = word or ".".join(map(str, numbers))
        parts.append(f"[{text}]" if kind is StepKind.BARE_NUMBER else text)
    return " ".join(parts)


def read_for(own: str, text: str, **arguments: Any) -> Reading:
    return read_tag(text, frozenset(own.split()), **arguments)


@pytest.mark.parametrize(
    ("text", "kind", "base"),
    [
        ("1.4.2", NUMBERED, (1, 4, 2)),
        ("v1.4.2", NUMBERED, (1, 4, 2)),
        ("V1.4.2", NUMBERED, (1, 4, 2)),
        ("v.1.4.2", NUMBERED, (1, 4, 2)),
        ("  1.4.2 ", NUMBERED, (1, 4, 2)),
        ("1.4", NUMBERED, (1, 4)),
        ("1.4.2.7", NUMBERED, (1, 4, 2, 7)),
        ("01.04.002", NUMBERED, (1, 4, 2)),
        ("release-1.4.2", NUMBERED, (1, 4, 2)),
        ("release1.4.2", NUMBERED, (1, 4, 2)),
        ("api-v1.4.2", NUMBERED, (1, 4, 2)),
        ("1.4.2-20261123", NUMBERED, (1, 4, 2)),
        ("1.4.2-2026-11-23", NUMBERED, (1, 4, 2)),
        ("24.04", NUMBERED, (24, 4)),
        ("release_1_4_2", NUMBERED, (1, 4, 2)),
        ("1.4_2", NUMBERED, (1, 4)),
        ("21.0.5_11-jre", NUMBERED, (21, 0, 5)),
        ("21_35-jdk", NUMBERED, (21,)),
        ("0.0.0", NUMBERED, (0,)),
        ("1.4.0.0", NUMBERED, (1, 4)),
        ("17.0", NUMBERED, (17,)),
        ("v1.0.20200827-ls31", NUMBERED, (1, 0, 20200827)),
        ("1.300050.0b941", NUMBERED, (1, 300050)),
        ("142", NUMBERED, (142,)),
        ("22", NUMBERED, (22,)),
        ("v22", NUMBERED, (22,)),
        ("123456", NUMBERED, (123456,)),
        ("build-142", NUMBERED, (142,)),
        ("r123", NUMBERED, (123,)),
        ("main-142-abc1234", NUMBERED, (142,)),
        ("main-142-1234567", NUMBERED, (142,)),
        ("main.142", NUMBERED, (142,)),
        ("142-abc1234", NUMBERED, (142,)),
        ("abc1234-142", NUMBERED, (142,)),
        ("k230-abc1234", NUMBERED, (230,)),
        ("2026.11.23", DATED, (2026, 11, 23)),
        ("v20261123", DATED, (2026, 11, 23)),
        ("20261123", DATED, (2026, 11, 23)),
        ("abc1234", COMMIT, ()),
        ("ABC1234", COMMIT, ()),
        ("05c9d727c14a3170d19a84f37b6cd59be3d5a0a9", COMMIT, ()),
        ("1234567", COMMIT, ()),
        ("sha-abc1234", COMMIT, ()),
        ("main-abc1234", COMMIT, ()),
        ("main-1234567", COMMIT, ()),
        ("abc1234-alpine", COMMIT, ()),
        ("99999999-alpine", COMMIT, ()),
        ("gabcdefa", COMMIT, ()),
        ("1a2b3c", COMMIT, ()),  # git rev-parse --short=6, as the whole tag
        ("sha-ab12cd", COMMIT, ()),
        ("123abc", NUMBERED, (123,)),
        ("1.4.2-1a2b3c", NUMBERED, (1, 4, 2)),
        ("f" * 40, NONE, ()),  # without a digit nor `g` before it a word
        ("a" + "1" * 40, NUMBERED, (int("1" * 40),)),  # too long for a commit
    ],
)
def test_a_tag_has_a_kind_and_a_base(text: str, kind: Kind, base: tuple[int, ...]) -> None:
    reading = read_tag(text)
    assert (reading.text, reading.kind, reading.base) == (text, kind, base)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "...", "-", "x", "latest", "main", "develop", "stable", "lts", "nightly"),
        *("bookworm-slim", "mainline-bookworm", "first-build", "v", "release", "vTestTag"),
        *("1.x", "v1.X", "1.4.x-alpine", "branch_3_1_x"),
        *("2022-latest", "1.4-latest", "latest-jdk21", "LATEST-1.4"),
        # Channels: the number is the variant's.
        *("lts-jdk17", "stable-alpine3.20-perl", "lts-alpine3.20", "edge-arm64v8"),
        # Pieces of work.
        *(
            "pr-123",
            "PR123",
            "pr-123-abc1234",
            "mr-7",
            "pull-12",
            "refs-pull-12-merge",
            "main-pr-7",
        ),
        *("feature-login", "feature-login-2", "feat-1.4.2-docs", "bugfix-12", "fix-login-3"),
        *("renovate-foo-1.x", "dependabot-npm-1.2.3", "untagged-7ee3d676e81d34aaf458"),
        *("PROJ-1234", "PROJ-1250-abc1234", "OPS-77-fix-login", "OPS-101-new-cache"),
        *("main-PROJ-1250", "feature-JIRA-123-foo", "PRE_IPV6", "BEFORE_1_2_MERGE"),
        # Not for us to understand.
        *(
            "1.4.2" + "-x" * 150,
            "версия-1.4.2",
            "\u0661.\u0664.\u0662",
            "1.4.2\x00",
            "\x01",
            "1\n2",
        ),
    ],
)
def test_nothing_is_read_from_what_is_no_version(text: str) -> None:
    reading = read_tag(text)
    assert (reading.kind, reading.base, reading.steps) == (NONE, (), ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        *(
            ("1.4.2", ""),
            ("v1.4.2", ""),
            ("release-v1.4.2", ""),
            ("tag-1.4.2", ""),
            ("rel1.4.2", ""),
        ),
        *(("api-1.4.2", "api"), ("api-v1.4.2", "api"), ("argo-cd-7.1.0", "argo-cd")),
        *(("main-1.4.2", "main"), ("stable-2.14.10", "stable"), ("hotfix-1.4.3", "hotfix")),
        *(("build-142", "build"), ("b142", "b"), ("main-142-abc1234", "main"), ("r123", "r")),
        *(("nightly-20261123", "nightly"), ("abc1234-20261122", ""), ("app.2024.11.05", "app")),
        *(("sha-abc1234", ""), ("main-abc1234", "main"), ("Hoxton.SR12", "hoxton")),
        # Branches of GitLab's issues begin with a number; the words behind it are their line.
        *(
            ("77-fix-login", "fix-login"),
            ("142-main", "main"),
            ("142-hotfix", ""),
            ("142-hotfix-docs", "hotfix-docs"),
            ("main-77-docs", "main-docs"),
        ),
        *(("142-rc1", ""), ("8u432-b06", ""), ("1.4.2-login", ""), ("142-abc1234", "")),
    ],
)
def test_words_before_the_base_name_a_line(text: str, line: str) -> None:
    assert read_tag(text).line == line


@pytest.mark.parametrize(
    ("own", "text", "line", "base"),
    [
        ("card-vault", "card-vault-1.4.2", "", (1, 4, 2)),
        ("card-vault", "cardvault-v1.4.2", "", (1, 4, 2)),
        ("card-vault", "card_vault_1.4.2", "", (1, 4, 2)),
        ("card-vault", "cardvault1.4.2", "", (1, 4, 2)),
        ("card-vault", "card-vaultv1.4.2", "", (1, 4, 2)),
        ("card-vault", "vcard-vault-1.4.2", "", (1, 4, 2)),
        ("card-vault", "card-1.4.2", "card", (1, 4, 2)),
        ("card-vault", "card-vaults-1.4.2", "card-vaults", (1, 4, 2)),
        ("card card-vault", "card-vault-142", "", (142,)),
        ("auth2", "auth2-1.4.2", "", (1, 4, 2)),
        ("auth2", "auth2.142", "", (142,)),
        ("auth2", "auth21.4.2", "auth", (21, 4, 2)),
        ("node-pinger", "node-pinger-20.1.0", "", (20, 1)),
        ("api", "main-api-1.4.2", "main-api", (1, 4, 2)),
        ("", "card-vault-1.4.2", "card-vault", (1, 4, 2)),
    ],
)
def test_the_service_s_own_name_is_no_line(
    own: str, text: str, line: str, base: tuple[int, ...]
) -> None:
    reading = read_for(own, text)
    assert (reading.line, reading.base) == (line, base)


def test_an_own_name_without_a_number_behind_it_stays() -> None:
    assert read_for("api2", "api2").base == (2,)


def test_an_own_name_before_a_commit_says_nothing() -> None:
    reading = read_for("api", "api-abc1234")
    assert (reading.kind, reading.line, reading.commits) == (COMMIT, "", ("abc1234",))


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("1.4.2", ""),
        ("1.5.0-rc.1", "rc 1"),
        *(
            ("1.5.0rc1", "rc 1"),
            ("1.5.0.RC1", "rc 1"),
            ("1.5.0-rc-1", "rc 1"),
            ("1.5.0_rc1", "rc 1"),
        ),
        *(("3.0.0.CR2", "rc 2"), ("2.0-candidate-3", "rc 3"), ("1.5.0-M3", "milestone 3")),
        *(
            ("1.4.2a1", "alpha 1"),
            ("1.4.2b3", "beta 3"),
            ("1.4.2c1", "rc 1"),
            ("2026.11.0b3", "beta 3"),
        ),
        *(("1.4.2-b3", "b 3"), ("1.4.2.b4", "b 4")),
        *(("1.5.0-SNAPSHOT", "snapshot"), ("1.5.0-next.10", "next 10"), ("1.5.0-ea.2", "ea 2")),
        *(("1.5.0-dev.3", "dev 3"), ("1.5.0.dev3", "dev 3"), ("9.0.0-preview.7", "preview 7")),
        ("9.0.100-preview.7.24407.12", "preview 7.24407.12"),
        *(("1.4.2.Final", ""), ("1.4.2.GA", ""), ("6.2.0.RELEASE", "")),
        ("2.13.5.Final-redhat-00001", "redhat 1"),
        *(
            ("1.4.2-hotfix", "hotfix"),
            ("1.4.2-hf.1", "hotfix 1"),
            ("1.4.2-hotfix.1-rc.1", "hotfix 1 rc 1"),
        ),
        *(("1.4.2-p1", "p 1"), ("1.4.2-patch.2", "p 2"), ("1.4.2p10", "p 10"), ("1.4.2-r9", "r 9")),
        *(
            ("13.0.1-security-01", "security 1"),
            ("1.4.2.post2", "post 2"),
            ("1.4.2-build.7", "build 7"),
        ),
        *(("1.4.2-login", "login"), ("1.4.2-premium", "premium"), ("1.4.2-main.12", "main 12")),
        *(("1.4.2-7", "[7]"), ("1.4.2-b524415", ""), ("17.5.2-ce.0", "ce 0"), ("7.4.0-v1", "1")),
        *(("1.4.2-20261123", "[2026.11.23]"), ("1.4.2-build20261123", "build 2026.11.23")),
        *(("1.4.2-14-gabc1234", "commits 14"), ("1.4.2-0-gabc1234", "")),
        ("1.4.2-rc.1-14-gabc1234", "rc 1 commits 14"),
        *(("v1.30.6-k3s2", "k 3 s 2"), ("v1.30.6-rke2r1", "rke 2 r 1")),
        # A candidate of a packager's second build, not the other way round.
        *(("v1.30.6-rc1-k3s2", "k 3 s 2 rc 1"), ("v1.30.6-rc1-rke2r2", "rke 2 r 2 rc 1")),
        *(("1.5.0-rc.1-ci.14", "rc 1 ci 14"), ("17.0.0-rc43.ee.0", "rc 43 ee 0")),
        *(("Hoxton.SR12", "sr 12"), ("vHoxton.M1", "milestone 1"), ("vHoxton.RELEASE", "")),
        # Pieces of work are words of their own: their numbers order nothing.
        *(("1.5.0-pr.12", "pr.12"), ("1.5.0-PullRequest0012.3", "pullrequest0012.3")),
        *(("1.4.2-JIRA-12", "jira-12"), ("1.4.2-JIRA-12-7", "jira-12 [7]")),
        *(("1.4.2-CR-2", "rc 2"), ("3.3.0.CR2-2", "rc 2 [2]"), ("1.4.2-DEV-3", "dev 3")),
    ],
)
def test_what_follows_the_base_is_read_step_by_step(text: str, steps: str) -> None:
    assert written(read_tag(text).steps) == steps


@pytest.mark.parametrize(
    "word",
    [
        *("alpha", "beta", "rc", "cr", "candidate", "pre", "preview", "ea", "m", "milestone"),
        *("dev", "snapshot", "nightly", "weekly", "canary", "next"),
    ],
)
@pytest.mark.parametrize("form", ["1.4.2-{}.1", "1.4.2-{}1", "1.4.2.{}-1", "1.4.2{}1"])
def test_stages_make_a_pre_release_however_they_are_written(word: str, form: str) -> None:
    assert read_tag(form.format(word)).is_prerelease
    assert read_tag(form.format(word.upper())).is_prerelease


@pytest.mark.parametrize(
    "text",
    [
        *("1.4.2", "1.4.2-hotfix.1", "1.4.2-post1", "1.4.2-p1", "1.4.2-sp2", "1.4.2-r3"),
        *("1.4.2-14-gabc1234", "1.4.2-14", "1.4.2-b3", "1.4.2-premium", "1.4.2-devel"),
        *("1.4.2-alpine", "1.4.2-b524415", "1.4.2-dev", "1.4.2-stage", "1.4.2-login", "latest"),
    ],
)
def test_nothing_else_makes_a_pre_release(text: str) -> None:
    assert not read_tag(text).is_prerelease


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        *(("1.4.2", ""), ("1.4.2-alpine", "alpine"), ("1.4.2-alpine3.20", "alpine3.20")),
        *(("1.4.2-slim-bookworm", "slim-bookworm"), ("1.4.2-bullseye", "bullseye")),
        *(("1.4.2-arm64", "arm64"), ("1.4.2-arm64v8", "arm64v8"), ("1.4.2-x86_64", "amd64")),
        *(("1.4.2-jdk21", "jdk21"), ("1.4.2-jdk-21", "jdk-21"), ("2.17.2-pg16", "pg16")),
        *(("7.2.3-debian-12-r9", "debian-12"), ("143-ubuntu-22.04", "ubuntu-22.04")),
        ("1.4.2-windowsservercore-ltsc2022", "windowsservercore-ltsc2022"),
        *(("1.4.2-nanoserver-1809", "nanoserver-1809"), ("8.0.40-oraclelinux9", "oraclelinux9")),
        ("3.9-amazoncorretto-17-debian", "amazoncorretto-17-debian"),
        ("1.17.3-erlang-27.1-debian-bookworm", "erlang-27.1-debian-bookworm"),
        *(("1.4.2-rc.1-alpine", "alpine"), ("1.4.2-alpine-rc.1", "alpine")),
        *(("1.4.2-slim-hotfix.1", "slim"), ("1.4.2-hotfix-alpine", "alpine")),
        *(("22-bookworm-slim", "bookworm-slim"), ("142-2026-11-23", "")),
        *(("1.4.2-hotfix.1-slim", "slim"), ("1.4.2-14-gabc1234-alpine", "alpine")),
        *(
            ("1.4.2-foo-alpine", "alpine"),
            ("2026.11.23-alpine", "alpine"),
            ("8-debian-12", "debian-12"),
        ),
        *(("main-142-abc1234-arm64", "arm64"), ("abc1234-alpine", "alpine")),
        *(("noble-20241015", "noble"), ("ubi9-9.5", "ubi9"), ("pg16.5-ts2.17.2", "pg16.5")),
        *(
            ("slim-2.10.3-python3.12", "slim-python3.12"),
            ("2022-CU16-ubuntu-22.04", "ubuntu-22.04"),
        ),
        # The only number is the version itself.
        *(("jdk-17.0.9", ""), ("alpine3.20", ""), ("python-3.12.7-1", ""), ("node-20.1.0-r3", "")),
        # Branches, builds and free names are no variants.
        *(("1.4.2-login", ""), ("1.4.2-preview.1", ""), ("1.4.2-eks-5", ""), ("1.4.2-premium", "")),
        *(("main-1.4.2", ""), ("1.4.2-hotfix-login", ""), ("1.4.2-dirty", ""), ("api-1.4.2", "")),
        *(("5.6.15.Final", ""), ("1.4.2-linuxserver", ""), ("1.4.2-gopher", "")),
    ],
)
def test_a_variant_is_told_from_the_version(text: str, variant: str) -> None:
    assert read_tag(text).variant == variant


@pytest.mark.parametrize(
    ("text", "base"),
    [("jdk-17.0.9", (17, 0, 9)), ("python-3.12.7-1", (3, 12, 7)), ("jdk21-7", (7,))],
)
def test_a_variant_gives_the_base_where_no_other_number_could(
    text: str, base: tuple[int, ...]
) -> None:
    assert read_tag(text).base == base


@pytest.mark.parametrize(
    ("text", "second"),
    [
        *(("1.4.2", None), ("1.4.2-7", None), ("1.4.2-rc.1.2", None), ("17-3.4", (3, 4))),
        *(("2.13-3.9.0", (3, 9, 0)), ("9.4-1214.1729773476", None), ("1.4.2-2026.11.23", None)),
        ("0.7.1-custom-v0.1.3", None),
    ],
)
def test_a_second_dotted_number_without_a_word_is_kept(
    text: str, second: tuple[int, ...] | None
) -> None:
    assert read_tag(text).second == second


@pytest.mark.parametrize(
    ("text", "decorations", "base"),
    [
        *(("1.4.2", (), (1, 4, 2)), ("1.4.2-prod", ("prod",), (1, 4, 2))),
        *(("prod-1.4.2", ("prod",), (1, 4, 2)), ("1.4.2.live", ("live",), (1, 4, 2))),
        *(("stg-142", ("stg",), (142,)), ("1.4.2-QA", ("qa",), (1, 4, 2))),
        ("dev-1.4.2-production", ("dev", "production"), (1, 4, 2)),
        ("1.4.2-qa-eu", ("eu", "qa"), (1, 4, 2)),
        *(("20261123-uat", ("uat",), (2026, 11, 23)), ("abc1234-prod", ("prod",), ())),
        # Before a number or commit of their own they are words or stages.
        *(("1.4.2-dev.3", (), (1, 4, 2)), ("1.4.2-prod-2", (), (1, 4, 2))),
        *(("1.4.2-dev-abc1234", (), (1, 4, 2)), ("1.4.2-prod2", (), (1, 4, 2))),
        *(("1.4.2-production-line", (), (1, 4, 2)), ("prod", (), ()), ("prod-login", (), ())),
        # Names of several words, with numbers of their own.
        *(
            ("1.4.2-eu-west-1", ("eu-west-1",), (1, 4, 2)),
            ("eu-west-1-142", ("eu-west-1",), (142,)),
        ),
        ("1.4.2-acme_corp", ("acme-corp",), (1, 4, 2)),
        *(("1.4.2-us-west-2", (), (1, 4, 2)), ("1.4.2-neu", (), (1, 4, 2))),
    ],
)
def test_names_of_places_are_taken_off_both_ends(
    text: str, decorations: tuple[str, ...], base: tuple[int, ...]
) -> None:
    places = DECORATIONS | {"eu", "eu-west-1", "acme_corp"}
    reading = read_tag(text, decorations=places)
    assert (reading.decorations, reading.base) == (decorations, base)


def test_a_place_named_by_a_number_takes_nothing_off() -> None:
    reading = read_tag("1.42", decorations=frozenset({"42", "1", "r1"}))
    assert (reading.decorations, reading.base) == ((), (1, 42))


def test_an_environment_named_preview_leaves_a_preview_older_than_its_release() -> None:
    preview = read_tag("1.5.0-preview", decorations=DECORATIONS | {"preview"})
    assert preview.may_be_stage
    assert compare_tags(preview, read_tag("1.5.0")).result == -1
    assert compare_tags(preview, read_tag("1.5.0-rc.1")).result is None


def test_without_names_of_places_nothing_is_taken_off() -> None:
    reading = read_tag("prod-1.4.2-qa", decorations=frozenset())
    assert (reading.decorations, reading.line, written(reading.steps)) == ((), "prod", "qa")


@pytest.mark.parametrize(
    ("text", "may_be_stage"),
    [("1.4.2-dev", True), ("1.4.2.DEV", True), ("dev-1.4.2", False), ("1.4.2-stg", False)],
)
def test_dev_or_preview_at_the_end_may_be_a_stage_as_well(text: str, may_be_stage: bool) -> None:
    assert read_tag(text).may_be_stage is may_be_stage


@pytest.mark.parametrize(
    ("text", "commits"),
    [
        *(("1.4.2", ()), ("1.4.2-abc1234", ("abc1234",)), ("1.4.2-1234567", ("1234567",))),
        *(("1.4.2+abc1234", ("abc1234",)), ("1.4.2.abc1234", ("abc1234",)), ("1.4.2.1234567", ())),
        *(("1.4.2-14-gabc1234", ("abc1234",)), ("sha-abc1234", ("abc1234",))),
        *(("20261123-abc1234", ("abc1234",)), ("20261123-1234567", ("1234567",))),
        *(("1.5.0-alpha.5d3e4c2f", ("5d3e4c2f",)), ("1.4.2-abc12", ())),
        *(("PROJ-12-1.4.2", ("proj-12",)), ("1.4.2-T345689", ("t345689",))),
        *(("1303.v0e2d8b_9e5a_c1", ("0e2d8b9e5ac1",)), ("9.4.56.v20240826", ())),
        ("1.4.2.dev3+g1a2b3c4.d20241105", ("d20241105", "1a2b3c4")),
        ("v0.0.0-20241105123456-abcdef123456", ("abcdef123456",)),
        ("1.4.2-abc1234-def5678", ("abc1234", "def5678")),
    ],
)
def test_commits_are_kept_apart_from_numbers(text: str, commits: tuple[str, ...]) -> None:
    assert read_tag(text).commits == commits


@pytest.mark.parametrize(
    ("text", "is_dirty"),
    [
        *(("1.4.2", False), ("1.4.2-dirty", True), ("abc1234-dirty", True), ("1.4.2-DIRTY", True)),
        *(("1.4.2-2-gabc1234-dirty", True), ("1.4.2.dev3+g1a2b3c4.d20241105", True)),
    ],
)
def test_uncommitted_changes_are_seen(text: str, is_dirty: bool) -> None:
    assert read_tag(text).is_dirty is is_dirty


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [
        *(("22", True), ("v3", True), ("99", True), ("22-alpine", True), ("22-abc1234", True)),
        *(("100", False), ("22.0", False), ("22-rc1", False), ("22-7", False), ("1.4", False)),
        *(("20261123", False), ("abc1234", False), ("latest", False)),
    ],
)
def test_one_number_below_100_may_be_any_version_that_begins_with_it(
    text: str, is_bare: bool
) -> None:
    assert read_tag(text).is_bare is is_bare


@pytest.mark.parametrize(
    ("text", "is_counter"),
    [("142", True), ("main-142", True), ("22-rc1", True), ("1.4", False), ("20261123", False)],
)
def test_one_number_without_dots_is_a_counter(text: str, is_counter: bool) -> None:
    assert read_tag(text).is_counter is is_counter


@pytest.mark.parametrize(
    "texts",
    [
        ("1.4.2", "v1.4.2", "release-1.4.2.0", "1.4.2.Final", "1.4.2-prod", "qa-1.4.2", "1.04.2"),
        ("1.4.2-rc.1-alpine", "1.4.2-alpine-rc1"),
        ("abc1234", "sha-abc1234", "ABC1234"),
        ("2026.11.23", "2026-11-23", "20261123"),
        ("2026.11.0", "2026.11"),
    ],
)
def test_one_version_written_in_several_ways_has_one_identity(texts: tuple[str, ...]) -> None:
    assert len({read_tag(text).identity for text in texts}) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        *(("1.4.2", "1.4.2-alpine"), ("1.4.2", "1.4.2-dirty"), ("1.4.2-abc1234", "1.4.2")),
        *(("17", "17.0"), ("latest", "main"), ("api-1.4.2", "1.4.2"), ("abc1234", "abc1234-slim")),
    ],
)
def test_different_versions_have_different_identities(a: str, b: str) -> None:
    assert read_tag(a).identity != read_tag(b).identity


PIECE = st.sampled_from(
    [
        *("1", "0", "17", "142", "2026", "20261123", "1731234567", "9" * 60, "abc1234", "gdef5678"),
        *("v", "rc", "dev", "prod", "k", "r", "PR", "OPS-77", "T12345", "jdk21", "alpine3.20", "x"),
        *(
            "latest",
            "main",
            "d20241105",
            "v0e2d_8b",
            "week",
            "w45",
            "Z",
            "T10",
            "\x01",
            "\x05",
            "é",
        ),
        *(".", "-", "_", "+", "/", "--", "..", "eu-west-1", "api"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=300)
    | st.from_regex(r"[a-z0-9A-Z._+-]{0,300}", fullmatch=True)
    | st.lists(PIECE, max_size=12).map("".join),
    st.sampled_from([frozenset(), frozenset({"api", "k", "-", ""}), frozenset({"x+(", "v1"})]),
)
def test_no_text_raises(text: str, names: frozenset[str]) -> None:
    reading = read_tag(text, names, DECORATIONS | names)
    assert reading.text == text
    assert hash(reading.identity) == hash(read_tag(text, names, DECORATIONS | names).identity)


@pytest.mark.parametrize("text", ["1." + "9" * 10_000, "9" * 5_000, "1.4.2-" + "9" * 5_000])
def test_a_number_of_thousands_of_digits_is_no_version(text: str) -> None:
    assert read_tag(text).kind is NONE


def test_a_number_of_two_hundred_digits_is_read() -> None:
    assert read_tag("1." + "9" * 200).base == (1, 10**200 - 1)
