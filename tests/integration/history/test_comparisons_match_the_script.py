"""Comparisons of any two sides at any two moments match the script."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from random import Random

import pytest

from reldash.domain.comparison.compare import Comparison, Difference, compare
from reldash.domain.comparison.sides import Side, SideCells, cells_of_side
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Axis, Matrix
from reldash.domain.workloads.snapshot import Snapshot
from reldash.store import Store
from tests.integration.history.expected_comparison import (
    Presence,
    difference,
    first_of_commits,
    names_at,
    service_on_side,
)
from tests.integration.history.oracle import Oracle
from tests.integration.history.release_plan import DAY, FIRST_READ
from tests.integration.history.script_generator import CLUSTERS
from tests.integration.history.script_reads import PLATFORM, RULES, SOLUTIONS

_SIDES = [
    *(Side(environment=name) for name in ("dev", "lit", "shared", "stg", "prod")),
    *(Side(cluster=name) for name in ("dev", "stg", "prod-eu", "prod-us")),
    Side(cluster="mid", environment="lit"),
    Side(environment="lit", namespace="lit-shop"),
]
_CUSTOMERS = [
    Side(environment=environment, customer=customer)
    for environment in ("stg", "prod")
    for customer in ("acme", "bolt")
]


def pairs() -> Iterator[tuple[str, Side, Side]]:
    """A dashboard and two of its sides; half of the pairs are at the same moment."""
    chance = Random(60)  # noqa: S311 - the same in every run
    moments = [FIRST_READ + chance.uniform(22, 90) * DAY for _ in range(24)]
    for number in range(60):
        dashboard, sides = (PLATFORM, _SIDES) if number % 5 else (SOLUTIONS, _CUSTOMERS)
        first, other = chance.sample(moments, 2)
        left, right = chance.sample(sides, 2)
        yield (
            dashboard,
            at(left, first),
            at(right, chance.choice([first, other])),
        )


def at(side: Side, moment: datetime) -> Side:
    return replace(side, as_of=moment)


@pytest.fixture(scope="module")
def taken(recorded_store: Store) -> Callable[[str, Side], SideCells]:
    """Call it with a dashboard and a side for the side's cells, computed as for a page."""

    @cache
    def load(moment: datetime) -> Snapshot:
        return recorded_store.snapshots.load_at(CLUSTERS, moment)

    @cache
    def matrix(dashboard: str, moment: datetime, axis: Axis) -> Matrix:
        return build_matrix(load(moment), RULES, dashboard, now=moment, axis=axis)

    def of(dashboard: str, side: Side) -> SideCells:
        assert side.as_of is not None
        return cells_of_side(matrix(dashboard, side.as_of, side.axis), side)

    return of


def test_every_difference_matches_the_script(
    taken: Callable[[str, Side], SideCells], oracle: Oracle
) -> None:
    first = first_of_commits(oracle)
    seen: Counter[str] = Counter()
    for dashboard, left, right in pairs():
        found = compare(
            taken(dashboard, left),
            taken(dashboard, right),
            first_rollout_at=lambda _service, version: first.get(version),
        )
        expected = expected_of(oracle, dashboard, left, right, first)
        assert {row.service: row.difference.value for row in found.rows} == expected, (left, right)
        assert_sorted_and_counted(found)
        seen.update(expected.values())
    assert min(seen[kind] for kind in Difference) >= 3, seen


def expected_of(
    oracle: Oracle, dashboard: str, left: Side, right: Side, first: Mapping[str, datetime]
) -> dict[str, str]:
    found = {}
    ours, theirs = known(oracle, dashboard, left), known(oracle, dashboard, right)
    for name in ours | theirs:
        one, other = (service_on_side(oracle, side, dashboard, name) for side in (left, right))
        # A service that is nowhere in the dashboard has no row, even if a side is unread.
        if (name in ours and one.presence is not Presence.ABSENT) or (
            name in theirs and other.presence is not Presence.ABSENT
        ):
            found[name] = difference(one, other, first)
    return found


def known(oracle: Oracle, dashboard: str, side: Side) -> set[str]:
    assert side.as_of is not None
    return names_at(oracle, dashboard, side.as_of)


def assert_sorted_and_counted(found: Comparison) -> None:
    """Assert that differences come first and all rows are counted."""
    rank = [list(Difference).index(row.difference) for row in found.rows]
    assert rank == sorted(rank)
    assert {kind: count for kind, count in found.counts.items() if count} == Counter(
        row.difference for row in found.rows
    )
