"""Ordering the tags of 80 public projects by text: ours against packaging, semver and others.

Each two neighbours of a series are a pair whose order is known (`benchmarks/tags/README.md`); all
get them as images are tagged, with `-` for `+` and `/`. For packaging and semver the words before
the first number are cut off. What one refuses is not comparable; what it calls equal is wrong.
"""

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import semver
from packaging.version import Version
from univers.versions import DebianVersion, MavenVersion, RpmVersion

from reldash.domain.versions.tag_order import compare_tags
from reldash.domain.versions.tag_parts import Kind
from reldash.domain.versions.tag_reading import read_tag

DATA = Path(__file__).with_suffix("")
# How builds are named after commits.
FORMS = ("{}", "sha-{}", "main-{}", "1.4.2-{}", "v1.4.2-g{}", "1.5.0-rc.1-{}")
GOAL_RIGHT, GOAL_WRONG, GOAL_MEAN = 98, 0.2, 95  # percent

Compare = Callable[[str, str], int | None]


class Pair(NamedTuple):
    """Two tags of one series, the older first."""

    scheme: str
    older: str
    newer: str


def main() -> None:
    """Print the figures; exit with 1 if a goal is missed."""
    pairs, commits = list(read_pairs()), list(read_commit_pairs())
    print(f"tags: {len(pairs)} pairs of real projects, {len(commits)} of commits")
    print(f"  {'':26} right, not comparable, wrong, mean of schemes, commits ordered, in %")
    for name, compare in OTHERS.items():
        show(name, compare, pairs, commits)
    right, wrong, mean, ordered = show("ours", ours, pairs, commits)
    moving = [line.split("\t")[1] for line in lines("moving.tsv")]
    versions = [tag for tag in moving if read_tag(tag).kind is not Kind.NONE]
    print(f"  tags that are no version, read as one: {len(versions)} of {len(moving)}")
    good = right >= GOAL_RIGHT and wrong <= GOAL_WRONG and mean >= GOAL_MEAN
    good = good and not ordered and not versions
    print(
        f"  goal: {GOAL_RIGHT} % right, {GOAL_WRONG} % wrong, {GOAL_MEAN} % in the mean, no commit,"
        f" no other tag: {'met' if good else 'MISSED'}"
    )
    if not good:
        sys.exit(1)


def show(
    name: str, compare: Compare, pairs: list[Pair], commits: list[tuple[str, str]]
) -> tuple[float, float, float, float]:
    """Print a line of figures; the shares right, wrong, in the mean, and of commits ordered."""
    by_scheme: dict[str, Counter[int | None]] = defaultdict(Counter)
    for scheme, older, newer in pairs:
        by_scheme[scheme][compare(older, newer)] += 1
    total = sum(by_scheme.values(), Counter[int | None]())
    right, none = (100 * total[result] / len(pairs) for result in (-1, None))
    wrong = 100 * (total[0] + total[1]) / len(pairs)
    mean = sum(100 * found[-1] / found.total() for found in by_scheme.values()) / len(by_scheme)
    ordered = 100 * sum(compare(a, b) in {-1, 1} for a, b in commits) / len(commits)
    print(f"  {name:26} {right:6.1f} {none:6.1f} {wrong:6.2f} {mean:6.1f} {ordered:6.1f}")
    return right, wrong, mean, ordered


def read_pairs() -> Iterator[Pair]:
    """All neighbours of all series."""
    with (DATA / "index.tsv").open(encoding="utf-8") as file:
        schemes = {row["repo"]: row["scheme"] for row in csv.DictReader(file, delimiter="\t")}
    for path in sorted((DATA / "true").glob("*.tsv")):
        series: dict[str, list[str]] = defaultdict(list)
        for line in lines(f"true/{path.name}"):
            name, tag = line.split("\t")
            series[name].append(re.sub("[+/]", "-", tag))
        scheme = schemes[path.stem.replace("__", "/", 1)]
        for tags in series.values():
            yield from (Pair(scheme, older, newer) for older, newer in pairwise(tags))


def read_commit_pairs() -> Iterator[tuple[str, str]]:
    """Builds of different commits, which have no order."""
    for a, b in pairwise(lines("commits.tsv")):
        if a != b:
            yield from ((form.format(a), form.format(b)) for form in FORMS)


def lines(name: str) -> list[str]:
    """The lines of a file of the data."""
    return (DATA / name).read_text(encoding="utf-8").splitlines()


def ours(a: str, b: str) -> int | None:
    """As the dashboard reads tags, without rules or names of a fleet."""
    return compare_tags(read_tag(a), read_tag(b)).result


def natural(a: str, b: str) -> int:
    """Texts as they are, numbers in them by value."""
    one, other = (
        [(int(part), "") if part.isdigit() else (-1, part) for part in re.split("([0-9]+)", text)]
        for text in (a, b)
    )
    return (one > other) - (one < other)


def by(parse: Callable[[str], Any], *, cut: bool = True) -> Compare:
    """A comparison by the values that a library makes of tags; None for what it refuses."""

    def compare(a: str, b: str) -> int | None:
        try:
            one, other = (parse(re.sub("^[^0-9]*", "", tag) if cut else tag) for tag in (a, b))
            return int(one > other) - int(one < other)
        except (ValueError, TypeError, AttributeError, IndexError):
            return None

    return compare


OTHERS: dict[str, Compare] = {
    "packaging": by(Version),
    "semver": by(semver.Version.parse),
    "natural sort": natural,
    "univers, Debian's rules": by(DebianVersion, cut=False),
    "univers, RPM's rules": by(RpmVersion, cut=False),
    "univers, Maven's rules": by(MavenVersion, cut=False),
}
