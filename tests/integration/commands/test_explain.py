"""`explain` prints how tags are read, and how one stands to another."""

import io
import sys
from pathlib import Path

import pytest

from tests.integration.commands.conftest import Run

FLEET = """\
environments: [dev, emea]
dashboards: {p: {environments: [dev, emea]}}
clusters:
  - {name: a, dashboard: p, environment: dev, in_cluster: true}
versions:
  - {services: trains, pattern: '(?P<train>[a-z]+)-(?P<build>[0-9]+)'}
  - {images: "r.io/legacy/*", pattern: '(?P<build>[0-9]+)-(?P<major>[0-9]+)', order: [major, build]}
"""


@pytest.fixture
def fleet(tmp_path: Path) -> str:
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEET)
    return str(path)


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    return str(tmp_path / "none.yaml")


def test_each_tag_is_explained_and_stands_to_the_next(run: Run, nowhere: str) -> None:
    ran = run("explain", "1.4.2-rc.1", "1.4.2", "latest", RELDASH_FLEET=nowhere)
    assert (ran.code, ran.err) == (0, "")
    read, release, moving, older, unknown = ran.out.splitlines()
    assert read == ("1.4.2-rc.1: a version number; base 1.4.2; then: rc (before the release) 1")
    assert release == "1.4.2: a version number; base 1.4.2"
    assert moving.startswith("latest: no version")
    assert older == "1.4.2-rc.1 is older than 1.4.2: rc < the base (semver)"
    assert unknown == "1.4.2 is not comparable with latest: no version in the text"


def test_one_version_is_said_to_be_one(run: Run, nowhere: str) -> None:
    ran = run("explain", "v1.4.2", "1.4.2", RELDASH_FLEET=nowhere)
    assert "v1.4.2 is the same version as 1.4.2: " in ran.out


@pytest.mark.parametrize(
    ("options", "tags", "expected"),
    [
        (("--service", "trains"), ("angel-9", "angel-10"), "angel-9 is older than angel-10"),
        (("--image", "r.io/legacy/api"), ("9-1", "1-2"), "9-1 is older than 1-2"),
        (("--service", "api"), ("api-1.4.2", "1.4.3"), "api-1.4.2 is older than 1.4.3"),
        ((), ("1.4.2-emea", "1.4.3-dev"), "made for, not counted: emea"),
    ],
)
def test_rules_and_names_of_the_fleet_apply(
    run: Run, fleet: str, options: tuple[str, ...], tags: tuple[str, ...], expected: str
) -> None:
    assert expected in run("explain", *options, *tags, RELDASH_FLEET=fleet).out


def test_own_names_count_without_a_fleet_file(run: Run, nowhere: str) -> None:
    for option in (("--service", "api"), ("--image", "r.io/shop/api")):
        ran = run("explain", *option, "api-1.4.2", "1.4.3", RELDASH_FLEET=nowhere)
        assert "api-1.4.2 is older than 1.4.3" in ran.out


def test_a_fault_of_the_fleet_file_is_reported(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text("environments: [dev\n")
    ran = run("explain", "1.4.2", RELDASH_FLEET=str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "fleet.yaml" in ran.err


def with_input(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stdin)


def test_pairs_are_compared_line_by_line(
    run: Run, nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_input(monkeypatch, "1.4.2\t1.4.3\n\n2.0\t1.9\r\nv1\t1\nabc1234\tdef5678\n")
    ran = run("explain", "--pairs", "-", RELDASH_FLEET=nowhere)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "1.4.2\t1.4.3\tolder\tsemver",
        "2.0\t1.9\tnewer\tsemver",
        "v1\t1\tsame\tcounter",
        "abc1234\tdef5678\tincomparable\t",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.4.2\n", "line 1: expected two tags parted by a tab"),
        ("1\t2\n1\t2\t3\n", "line 2: expected two tags parted by a tab"),
        (f"{'1' * 1001}\t2\n", "line 1: expected at most 1000 characters"),
    ],
)
def test_what_is_no_pair_is_refused(
    run: Run, nowhere: str, monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    with_input(monkeypatch, text)
    ran = run("explain", "--pairs", "-", RELDASH_FLEET=nowhere)
    assert ran.code == 2
    assert expected in ran.err


@pytest.mark.parametrize("arguments", [(), ("1.4.2", "--pairs", "-")])
def test_it_needs_tags_or_pairs(run: Run, nowhere: str, arguments: tuple[str, ...]) -> None:
    ran = run("explain", *arguments, RELDASH_FLEET=nowhere)
    assert (ran.code, ran.out) == (2, "")
