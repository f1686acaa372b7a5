"""Two sides compared, service by service: newer, on one side only, unknown."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.comparison.compare import (
    DIFFERENCE_WORDS,
    ComparedRow,
    Comparison,
    Difference,
    compare,
)
from reldash.domain.comparison.sides import Side, SideCells, cells_of_side
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.rules import CustomerRule, FleetRules
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.tables.comparison import comparison_frame
from reldash.domain.tables.csv_text import frame_csv
from reldash.domain.workloads.observations import Observation
from reldash.domain.workloads.reads import ClusterStatus, Unread
from tests.unit.builders import (
    NOW,
    cluster,
    days_ago,
    digest,
    fleet_rules,
    minutes_ago,
    observation,
    running,
    snapshot,
    stale,
    status,
)
from tests.unit.matrix_builders import matrix_of

STG, PROD = Side("stg"), Side("prod")


def side_of(
    side: Side,
    observations: Iterable[Observation],
    *,
    statuses: Iterable[ClusterStatus] = (),
    rules: FleetRules | None = None,
    facts: RegistryFacts = NO_FACTS,
) -> SideCells:
    matrix = matrix_of(observations, statuses=statuses, rules=rules, facts=facts, axis=side.axis)
    return cells_of_side(matrix, side)


def compared(
    observations: Sequence[Observation],
    *,
    left: Side = STG,
    right: Side = PROD,
    **arguments: object,
) -> Comparison:
    ours, theirs = (side_of(side, observations, **arguments) for side in (left, right))  # type: ignore[arg-type]
    return compare(ours, theirs)


def row_of(*observations: Observation, **arguments: object) -> ComparedRow:
    (row,) = compared(observations, **arguments).rows  # type: ignore[arg-type]
    return row


@pytest.mark.parametrize(
    ("left", "right", "difference"),
    [
        ("1.4.2", "1.4.2", Difference.SAME),
        ("v1.4.2", "1.4.2", Difference.REBUILT),  # of other builds
        ("1.5.0", "1.4.2", Difference.NEWER),
        ("1.4.2", "1.5.0", Difference.OLDER),
        ("1.10.0", "1.9.0", Difference.NEWER),
        ("1.5.0", "1.5.0-rc.2", Difference.NEWER),
        ("1.5.0-rc.2", "1.5.0", Difference.OLDER),
        ("2026.11.01", "1.4.2", Difference.DIFFERENT),
        ("1.4.2-alpine", "1.5.0", Difference.OLDER),
        ("1.4.2-alpine", "1.4.2", Difference.DIFFERENT),
        ("feature-login", "1.5.0", Difference.DIFFERENT),
    ],
)
def test_versions_are_ordered_as_in_the_matrix(
    left: str, right: str, difference: Difference
) -> None:
    assert row_of(observation("stg", left), observation("prod", right)).difference is difference


def test_equality_by_digest_comes_first() -> None:
    retagged = observation("stg", "1.5.0-rc.2", build="x"), observation("prod", "1.5.0", build="x")
    assert row_of(*retagged).difference is Difference.SAME


def test_equal_text_in_different_builds_is_rebuilt() -> None:
    both = observation("stg", build="one"), observation("prod", build="other")
    assert row_of(*both).difference is Difference.REBUILT


def test_equal_text_is_the_same_where_digests_are_not_known() -> None:
    both = observation("stg", running=None), observation("prod")
    assert row_of(*both).difference is Difference.SAME


def test_a_service_on_one_side_only() -> None:
    rows = compared([observation("stg"), observation("prod", service="cart", workload="cart")]).rows
    assert {row.service: row.difference for row in rows} == {
        "api": Difference.ONLY_LEFT,
        "cart": Difference.ONLY_RIGHT,
    }


def test_a_service_on_neither_side_is_left_out() -> None:
    assert compared([observation("dev")]).rows == ()


def test_a_distance_has_size_and_direction() -> None:
    row = row_of(observation("stg", "1.6.1"), observation("prod", "1.4.2"))
    assert row.lag is not None
    assert (row.lag.minor, row.lag.ahead, row.lag.releases, row.method) == (2, True, None, "semver")
    assert row_of(observation("stg"), observation("prod")).lag is None


def test_running_versions_are_compared_and_not_requested_ones() -> None:
    behind = observation("stg", "1.5.0", running=(running("registry.example.com/shop/api:1.4.2"),))
    assert row_of(behind, observation("prod", "1.4.2")).difference is Difference.SAME


# --- several builds on a side ------------------------------------------------------------------

TWO = fleet_rules(clusters=["stg", cluster("eu", "prod"), cluster("us", "prod")])


@pytest.mark.parametrize(
    ("left", "right", "difference"),
    [
        ("1.5.0", ("1.4.0", "1.4.2"), Difference.NEWER),
        ("1.5.0", ("1.4.0", "1.5.0"), Difference.NEWER),
        ("1.4.0", ("1.4.0", "1.5.0"), Difference.OLDER),
        ("1.4.1", ("1.4.0", "1.5.0"), Difference.DIFFERENT),
        ("1.5.0", ("1.5.0", "1.5.0"), Difference.SAME),
    ],
)
def test_a_side_is_newer_only_against_all_that_differ(
    left: str, right: tuple[str, str], difference: Difference
) -> None:
    places = [observation("stg", left), observation("eu", right[0]), observation("us", right[1])]
    assert row_of(*places, rules=TWO).difference is difference


def test_both_sides_may_run_the_same_two() -> None:
    rules = fleet_rules(
        clusters=[cluster(f"{e}-{r}", e) for e in ("stg", "prod") for r in ("eu", "us")]
    )
    versions = {"eu": "1.4.0", "us": "1.5.0"}
    places = [observation(f"{e}-{r}", versions[r]) for e in ("stg", "prod") for r in versions]
    assert row_of(*places, rules=rules).difference is Difference.SAME


def test_deployments_scaled_to_zero_do_not_count_beside_running_ones() -> None:
    places = [
        observation("stg", "1.5.0"),
        observation("eu", "1.5.0"),
        observation("us", "1.0.0", wanted=0, ready=0, running=()),
    ]
    assert row_of(*places, rules=TWO).difference is Difference.SAME


# --- how versions are ordered ------------------------------------------------------------------


def test_one_method_orders_the_versions_of_both_sides() -> None:
    hashes = "3f2a9c1d", "9b8e7f60"
    pushes = {digest("one"): days_ago(9), digest("two"): days_ago(2)}
    sides = [
        side_of(
            Side(name),
            [observation(name, version, build=build)],
            facts=RegistryFacts(pushes=pushes),
        )
        for name, version, build in zip(("stg", "prod"), hashes, ("two", "one"), strict=True)
    ]
    (row,) = compare(*sides).rows
    assert (row.difference, row.method) == (Difference.NEWER, "push time")


def test_first_rollouts_order_versions_last() -> None:
    first = {("api", "3f2a9c1d"): days_ago(2), ("api", "9b8e7f60"): days_ago(9)}
    places = [observation("stg", "3f2a9c1d"), observation("prod", "9b8e7f60")]
    (row,) = compare(
        *(side_of(side, places) for side in (STG, PROD)),
        first_rollout_at=lambda service, version: first.get((service, version)),
    ).rows
    assert (row.difference, row.method) == (Difference.NEWER, "first rollout")


# --- what was not read -------------------------------------------------------------------------


def test_a_stale_cell_is_unknown_whatever_it_ran() -> None:
    row = row_of(
        stale(observation("stg", "1.5.0")),
        observation("prod"),
        statuses=[status("stg", days_ago(1))],
    )
    assert row.difference is Difference.UNKNOWN
    assert row.left is not None
    assert row.left.version == "1.5.0"


def test_nothing_is_absent_in_a_side_never_read() -> None:
    row = row_of(observation("prod"), statuses=[status("stg", None)])
    assert row.difference is Difference.UNKNOWN


def test_nothing_is_the_same_while_a_cluster_of_a_side_was_never_read() -> None:
    places = [observation("stg"), observation("eu")]
    unread = [status("us", None)]
    assert row_of(*places, rules=TWO, statuses=unread).difference is Difference.UNKNOWN
    newer = [observation("stg", "1.5.0"), observation("eu")]
    assert row_of(*newer, rules=TWO, statuses=unread).difference is Difference.NEWER


def test_nothing_is_the_same_while_a_cluster_of_a_side_is_stale() -> None:
    places = observation("eu"), observation("stg")
    late = [status("us", minutes_ago(12))]
    assert row_of(*places, rules=TWO, statuses=late).difference is Difference.UNKNOWN


def test_a_side_whose_baseline_is_stale_is_known_itself() -> None:
    places = stale(observation("dev")), observation("stg"), observation("prod")
    late = [status("dev", minutes_ago(12))]
    assert row_of(*places, statuses=late).difference is Difference.SAME


def test_clusters_that_were_not_read_lately_are_named_even_where_no_service_is_known() -> None:
    found = compared([], statuses=[status("stg", days_ago(1)), status("prod", None)])
    assert (found.rows, found.missing) == ((), ("stg", "prod"))


def test_an_unread_kind_does_not_affect_the_kinds_that_were_read() -> None:
    refused = status("prod", unread=(Unread("CronJob", None, "Refused", "403"),))
    places = [
        observation("stg"),
        observation("prod"),
        observation("stg", service="cart", workload="cart"),
    ]
    rows = compared(places, statuses=[refused]).rows
    assert {row.service: row.difference for row in rows} == {
        "api": Difference.SAME,
        "cart": Difference.ONLY_LEFT,
    }


def test_a_service_missing_at_a_moment_with_gaps_is_unknown() -> None:
    now = side_of(PROD, [observation("prod"), observation("prod", service="cart", workload="cart")])
    refused = status("prod", unread=(Unread("Deployment", None, "Refused", "403"),))
    then = side_of(
        PROD,
        [observation("prod"), observation("dev", service="x", workload="x")],
        statuses=[refused],
    )
    rows = {row.service: row.difference for row in compare(then, now).rows}
    assert rows["cart"] is Difference.UNKNOWN
    whole = side_of(PROD, [observation("prod")])
    assert {r.service: r.difference for r in compare(whole, now).rows}["cart"] is (
        Difference.ONLY_RIGHT
    )


# --- sides -------------------------------------------------------------------------------------

SHARED = fleet_rules(
    ["dev", "stg", "prod"],
    clusters=[cluster("shared", {"dev": ("dev-*",), "stg": ("stg-*",)}), cluster("eu", "prod")],
    customer=CustomerRule(namespace=re.compile("(?:stg|prod)-(?P<customer>acme|globex)")),
)


@pytest.mark.parametrize(
    ("side", "version"),
    [
        (Side("stg"), "1.0.0"),
        (Side(cluster="eu"), "2.0.0"),
        (Side("prod", cluster="eu"), "2.0.0"),
        (Side("stg", cluster="shared"), "1.0.0"),
        (Side("prod", namespace="prod-acme"), "2.0.0"),
        (Side("stg", customer="acme"), "1.0.0"),
    ],
)
def test_a_side_is_an_environment_or_a_cluster_namespace_or_customer_of_one(
    side: Side, version: str
) -> None:
    places = [
        observation("shared", "1.0.0", namespace="stg-acme"),
        observation("eu", "2.0.0", namespace="prod-acme"),
    ]
    assert side_of(side, places, rules=SHARED).cells["api"].version == version


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (Side("qa"), "'qa' in platform: expected dev, stg, prod"),
        (Side(cluster="shared"), "'shared' in platform: expected shared/dev, shared/stg"),
        (
            Side("prod", namespace="shop", as_of=days_ago(3)),
            "'prod/shop' in platform at 2026-11-17 12:00 UTC: expected prod/prod-acme",
        ),
    ],
)
def test_an_unknown_side_is_refused_by_name(side: Side, expected: str) -> None:
    places = [observation("eu", namespace="prod-acme")]
    with pytest.raises(ChoiceError) as error:
        side_of(side, places, rules=SHARED)
    assert error.value.message == expected


def test_two_moments_of_one_environment() -> None:
    then, now = (
        cells_of_side(_matrix_at(version, at), Side("prod", as_of=at))
        for version, at in (("1.4.2", days_ago(3)), ("1.5.0", NOW))
    )
    comparison = compare(now, then)
    assert [row.difference for row in comparison.rows] == [Difference.NEWER]
    assert comparison.right.as_of == days_ago(3)


def _matrix_at(version: str, at: datetime) -> Matrix:
    known = snapshot(
        [observation("prod", version, observed_at=at)],
        statuses=[status(name, at) for name in ("dev", "stg", "prod")],
    )
    return build_matrix(known, fleet_rules(), "platform", now=at)


def test_customers_are_compared_without_their_names() -> None:
    places = [
        observation("eu", "1.0.0", namespace="prod-acme", service="acme-api", workload="acme-api"),
        observation(
            "eu", "2.0.0", namespace="prod-globex", service="globex-api", workload="globex-api"
        ),
    ]
    (row,) = compared(
        places,
        left=Side("prod", customer="acme"),
        right=Side("prod", customer="globex"),
        rules=SHARED,
    ).rows
    assert (row.service, row.difference) == ("api", Difference.OLDER)


# --- all of it ---------------------------------------------------------------------------------


def test_differences_come_first_and_are_counted() -> None:
    pairs = {"a": ("1", "1"), "b": ("2", "1"), "c": ("1", "2"), "d": ("1", None), "e": ("1", "1")}
    places = [
        observation(name, f"1.{version}.0", service=service, workload=service)
        for service, versions in pairs.items()
        for name, version in zip(("stg", "prod"), versions, strict=True)
        if version is not None
    ]
    comparison = compared(places)
    assert [row.service for row in comparison.rows] == ["b", "c", "d", "a", "e"]
    assert {kind: n for kind, n in comparison.counts.items() if n} == {
        Difference.NEWER: 1,
        Difference.OLDER: 1,
        Difference.ONLY_LEFT: 1,
        Difference.SAME: 2,
    }
    assert list(comparison.counts) == list(Difference) == list(DIFFERENCE_WORDS)


def test_the_table_has_a_row_per_service_and_its_csv_has_no_formulas() -> None:
    places = [
        observation("stg", "1.5.0"),
        observation("prod"),
        observation("stg", image="=x:1", service="z", workload="z"),
    ]
    frame = comparison_frame(compared(places))
    assert list(frame.columns) == [
        "service",
        "difference",
        "left",
        "right",
        "distance",
        "ordered by",
        "left since",
        "right since",
        "left observed at",
        "right observed at",
    ]
    assert frame.iloc[0][["service", "difference", "left", "right", "distance"]].tolist() == [
        "api",
        "newer",
        "1.5.0",
        "1.4.2",
        "1 minor ahead",
    ]
    assert frame["right"].tolist() == ["1.4.2", ""]
    assert "'=x:1" in frame_csv(frame)


MIRRORED = {
    Difference.NEWER: Difference.OLDER,
    Difference.OLDER: Difference.NEWER,
    Difference.ONLY_LEFT: Difference.ONLY_RIGHT,
    Difference.ONLY_RIGHT: Difference.ONLY_LEFT,
}
VERSIONS = st.sampled_from(
    ["1.4.2", "1.5.0-rc.1", "1.5.0", "v1.5.0", "1.5.0-alpine", "2026.11.1", "main-7", "3f2a9c1d"]
)
PLACES = st.lists(
    st.tuples(
        st.sampled_from(["stg", "eu", "us"]),
        st.sampled_from(["api", "cart"]),
        VERSIONS,
        st.sampled_from(["a", "b", None]),
        st.booleans(),
    ),
    unique_by=lambda place: place[:2],
    max_size=6,
)
UNREAD = st.sets(st.sampled_from(["stg", "eu", "us"]), max_size=2)


@given(PLACES, UNREAD)
def test_swapped_sides_give_the_mirror_image(
    places: list[tuple[str, str, str, str | None, bool]], unread: set[str]
) -> None:
    observed = [
        observation(name, version, service=service, workload=service, build=build)
        for name, service, version, build, is_fresh in places
        if name not in unread and is_fresh
    ] + [
        stale(observation(name, version, service=service, workload=service))
        for name, service, version, _, is_fresh in places
        if name not in unread and not is_fresh
    ]
    statuses = [status(name, None) for name in unread]
    one, other = (side_of(side, observed, rules=TWO, statuses=statuses) for side in (STG, PROD))
    there = {row.service: row for row in compare(one, other).rows}
    back = {row.service: row for row in compare(other, one).rows}
    assert set(there) == set(back)
    for service, row in there.items():
        mirror = back[service]
        assert mirror.difference is MIRRORED.get(row.difference, row.difference)
        assert (mirror.left, mirror.right, mirror.method) == (row.right, row.left, row.method)
        if row.lag is not None:
            assert mirror.lag is not None
            assert (mirror.lag.major, mirror.lag.minor, mirror.lag.patch, mirror.lag.ahead) == (
                row.lag.major,
                row.lag.minor,
                row.lag.patch,
                not row.lag.ahead,
            )


@given(PLACES)
def test_a_side_equals_itself(
    places: list[tuple[str, str, str, str | None, bool]],
) -> None:
    observed = [
        observation(name, version, service=service, workload=service, build=build)
        for name, service, version, build, _ in places
    ]
    side = side_of(PROD, observed, rules=TWO)
    assert {row.difference for row in compare(side, side).rows} <= {Difference.SAME}
