"""Promotions: which rollouts count, from which environment, and with which lead time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from reldash.domain.fleet.rules import CustomerRule, Environment, FleetRules
from reldash.domain.history.promotions import Promotion, promotions
from reldash.domain.history.service_records import service_records
from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.domain.tables.history import promotions_frame
from reldash.domain.workloads.observations import RolloutSource
from tests.unit.builders import REGISTRY, cluster, days_ago, fleet_rules
from tests.unit.history_builders import coverage_of, covered, record, whole_coverage

RULES = fleet_rules()
REVISION = RolloutSource.REVISION
DAY = timedelta(days=1)


def found(
    *records: RolloutRecord,
    coverage: Mapping[str, Sequence[CoveredSpan]] | None = None,
    rules: FleetRules = RULES,
) -> list[Promotion]:
    clusters = [c.name for c in rules.clusters]
    known = whole_coverage(*clusters) if coverage is None else coverage
    return promotions(service_records(records, rules, "platform"), known, rules, "platform")


def steps_of(
    *records: RolloutRecord, **arguments: object
) -> list[tuple[str, str, str, float | None]]:
    """Version, from, to and lead time in days, oldest first."""
    return [
        (
            p.version,
            p.from_environment,
            p.to_environment,
            None if p.lead_time is None else p.lead_time / DAY,
        )
        for p in reversed(found(*records, **arguments))  # type: ignore[arg-type]
    ]


def made(
    place: str, version: str, began: float, ended: float | None = None, **fields: object
) -> RolloutRecord:
    """The first interval of a workload, which was made with it."""
    return record(place, version, began, ended, created_at=days_ago(began), **fields)  # type: ignore[arg-type]


def test_a_version_is_promoted_from_environment_to_environment() -> None:
    train = [
        made("dev", "1.0.0", 50, 30),
        record("dev", "1.1.0", 30),
        made("stg", "1.0.0", 45, 20),
        record("stg", "1.1.0", 20),
        made("prod", "1.0.0", 40),
    ]
    assert steps_of(*train) == [
        ("1.0.0", "dev", "stg", 5),
        ("1.0.0", "stg", "prod", 5),
        ("1.1.0", "dev", "stg", 10),
    ]


def test_a_promotion_has_version_environments_and_times() -> None:
    (promotion,) = found(made("dev", "1.0.0", 50), made("stg", "1.0.0", 45))
    assert promotion == Promotion(
        service="api",
        customer=None,
        version="1.0.0",
        from_environment="dev",
        to_environment="stg",
        from_at=days_ago(50),
        to_at=days_ago(45),
        lead_time=5 * DAY,
        approximate=False,
    )


def test_the_newest_come_first() -> None:
    train = [made("dev", "1.0.0", 50), made("stg", "1.0.0", 45), made("prod", "1.0.0", 40)]
    assert [p.to_environment for p in found(*train)] == ["prod", "stg"]


# --- what counts -------------------------------------------------------------------------------


def test_a_version_never_ready_there_was_not_promoted() -> None:
    assert steps_of(made("dev", "1.0.0", 50), made("stg", "1.0.0", 45, ready=False)) == []


def test_a_version_ready_only_at_its_second_rollout_was_promoted_by_that() -> None:
    train = [
        made("dev", "1.0.0", 50),
        made("stg", "0.9.0", 48, 45),
        record("stg", "1.0.0", 45, 44, ready=False),
        record("stg", "0.9.0", 44, 40),
        record("stg", "1.0.0", 40),
    ]
    assert steps_of(*train) == [("1.0.0", "dev", "stg", 10)]


def test_an_environment_where_it_was_never_ready_is_no_source() -> None:
    assert steps_of(made("dev", "1.0.0", 50, ready=False), made("stg", "1.0.0", 45)) == []


def test_a_rollback_to_a_version_is_no_second_promotion() -> None:
    train = [
        made("dev", "1.0.0", 50),
        made("stg", "1.0.0", 45, 30),
        record("stg", "0.9.0", 30, 20),
        record("stg", "1.0.0", 20),
    ]
    assert steps_of(*train) == [("1.0.0", "dev", "stg", 5)]


def test_a_rollout_to_a_second_cluster_is_no_second_promotion() -> None:
    rules = fleet_rules(clusters=["dev", cluster("eu", "prod"), cluster("us", "prod")])
    train = [made("dev", "1.0.0", 50), made("eu", "1.0.0", 45), made("us", "1.0.0", 40)]
    assert steps_of(*train, rules=rules) == [("1.0.0", "dev", "prod", 5)]


def test_a_version_found_by_the_first_read_is_no_promotion() -> None:
    assert steps_of(record("dev", "1.0.0", 60), record("stg", "1.0.0", 60)) == []


def test_a_source_that_was_found_by_a_first_read_gives_no_lead_time() -> None:
    train = [record("dev", "1.0.0", 60), made("stg", "1.0.0", 45)]
    assert steps_of(*train) == [("1.0.0", "dev", "stg", None)]


def test_services_are_separate() -> None:
    cart = made("stg", "1.0.0", 45, service="cart", workload="cart")
    assert steps_of(made("dev", "1.0.0", 50), cart) == []


# --- the same version --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (made("dev", "1.0.0", 50, build="a"), made("stg", "1.0.0", 45, build="b")),
        (made("dev", "v1.0.0", 50, build="a"), made("stg", "1.0.0", 45, build="b")),
        (made("dev", "1.0.0-rc.1", 50, build="x"), made("stg", "1.0.0", 45, build="x")),
        (
            made("dev", "1.0.0", 50),
            made("stg", "1.0.0", 45, image="mirror.example.com/copies/api:1.0.0", digests=()),
        ),
    ],
    ids=["rebuilt", "written otherwise", "retagged", "from another registry"],
)
def test_it_is_the_same_version_by_text_or_by_digest(
    earlier: RolloutRecord, later: RolloutRecord
) -> None:
    assert [(p.version, p.lead_time) for p in found(earlier, later)] == [("1.0.0", 5 * DAY)]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (made("dev", "1.0.0", 50, build="a"), made("stg", "1.0.1", 45, build="b")),
        (
            made("dev", "latest", 50, digests=()),
            made("stg", "latest", 45, digests=()),
        ),
        (
            made("dev", "7", 50, image="redis:7", digests=()),
            made("stg", "7", 45, image="valkey:7", digests=()),
        ),
    ],
    ids=["another version", "a branch's tag", "another repository"],
)
def test_it_is_not_the_same_version(earlier: RolloutRecord, later: RolloutRecord) -> None:
    assert found(earlier, later) == []


def test_a_moving_tag_is_known_by_its_digest() -> None:
    image = f"{REGISTRY}/api:latest"
    train = [
        made("dev", "latest", 50, 40, image=image, build="one"),
        record("dev", "latest", 40, image=image, build="two"),
        made("stg", "latest", 35, image=image, build="two"),
    ]
    (promotion,) = found(*train)
    assert promotion.lead_time == 5 * DAY


def test_two_versions_are_the_same_if_a_third_connects_them() -> None:
    ids = [f"{REGISTRY}/api@sha256:{digit * 64}" for digit in "ab"]
    train = [
        made("dev", "1.0.0-rc.1", 50, digests=(ids[0],)),
        made("stg", "1.0.0", 45, 42, digests=(ids[1],)),
        record("stg", "1.0.0", 42, digests=(ids[0],)),
    ]
    assert steps_of(*train) == [("1.0.0", "dev", "stg", 5)]


# --- where from --------------------------------------------------------------------------------


def test_a_version_that_skipped_an_environment_came_from_the_nearest_with_it() -> None:
    (promotion,) = found(made("dev", "1.0.0", 50), made("prod", "1.0.0", 45))
    assert (promotion.from_environment, promotion.skipped) == ("dev", ("stg",))


def test_an_environment_that_had_it_later_was_skipped() -> None:
    train = [made("dev", "1.0.0", 50), made("prod", "1.0.0", 45), made("stg", "1.0.0", 40)]
    assert steps_of(*train) == [("1.0.0", "dev", "prod", 5), ("1.0.0", "dev", "stg", 10)]


def test_a_hotfix_that_started_in_the_last_environment_was_not_promoted_there() -> None:
    train = [made("prod", "1.0.1", 45), made("dev", "1.0.1", 40)]
    assert steps_of(*train) == []


def test_steps_are_those_of_the_file() -> None:
    rules = fleet_rules(
        [
            "dev",
            Environment("shared", promotes_from=None, default_baseline=False),
            Environment("prod", promotes_from="dev", default_baseline=False),
        ]
    )
    train = [made(name, "1.0.0", at) for name, at in (("dev", 50), ("shared", 48), ("prod", 45))]
    assert steps_of(*train, rules=rules) == [("1.0.0", "dev", "prod", 5)]


CUSTOMERS = fleet_rules(customer=CustomerRule(namespace=re.compile("cust-(?P<customer>.+)")))


def test_a_customers_copy_comes_from_its_own_earlier_one() -> None:
    train = [
        made("dev", "1.0.0", 50),
        made("stg", "1.0.0", 45, namespace="cust-acme"),
        made("prod", "1.0.0", 40, namespace="cust-acme"),
        made("prod", "1.0.0", 39, namespace="cust-globex"),
    ]
    assert [
        (p.customer, p.from_environment, p.to_environment) for p in found(*train, rules=CUSTOMERS)
    ] == [("globex", "dev", "prod"), ("acme", "stg", "prod"), ("acme", "dev", "stg")]


# --- how well it is known ----------------------------------------------------------------------


def test_promotions_from_revisions_count_and_are_approximate() -> None:
    train = [
        record("dev", "1.0.0", 90, source=REVISION, ready=False),
        record("stg", "1.0.0", 80, source=REVISION, ready=False),
    ]
    (promotion,) = found(*train)
    assert (promotion.lead_time, promotion.approximate) == (10 * DAY, True)


@pytest.mark.parametrize("gap_in", ["dev", "stg"])
def test_a_start_somewhere_in_a_gap_makes_the_lead_time_approximate(gap_in: str) -> None:
    coverage = {
        **whole_coverage(),
        **coverage_of(covered(gap_in, 60, 52), covered(gap_in, 50, 47), covered(gap_in, 45)),
    }
    train = [
        record("dev", "0.9.0", 60, 50),
        record("dev", "1.0.0", 50),
        record("stg", "0.9.0", 60, 45),
        record("stg", "1.0.0", 45),
    ]
    (promotion,) = [p for p in found(*train, coverage=coverage) if p.version == "1.0.0"]
    assert promotion.approximate


def test_the_table_has_a_row_per_promotion() -> None:
    frame = promotions_frame(found(made("dev", "1.0.0", 50), made("prod", "1.0.0", 45)))
    row = frame.iloc[0]
    assert (row["from"], row["to"], row["skipped"]) == ("dev", "prod", "stg")
    assert row["lead time days"] == 5
    unknown = promotions_frame(
        [replace(found(made("dev", "1", 50), made("stg", "1", 45))[0], lead_time=None)]
    )
    assert unknown["lead time days"].isna().all()
    assert list(promotions_frame([]).columns) == list(frame.columns)
