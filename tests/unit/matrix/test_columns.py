"""Columns by environment, cluster, namespace or customer, within a scope."""

import re
import time

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.rules import CustomerRule, ServiceRules
from reldash.domain.fleet.scope import Scope
from reldash.domain.matrix.cells import Axis
from reldash.domain.workloads.observations import ContainerRole, Observation
from tests.unit.builders import (
    NOW,
    REGISTRY,
    cluster,
    days_ago,
    fleet_rules,
    observation,
    sighting,
    status,
)
from tests.unit.matrix_builders import cell_in, matrix_of

CUSTOMERS = CustomerRule(namespace=re.compile(r"cust-(?P<customer>.+)"))
SOLUTIONS = fleet_rules(customer=CUSTOMERS)
FLEET = fleet_rules(
    ["dev", "lit", "shared", "prod"],
    clusters=[
        "dev",
        cluster("both", {"lit": ("lit-*",), "shared": ("shared",)}),
        cluster("prod-1", "prod"),
        cluster("prod-2", "prod"),
    ],
)
FOUND = [
    observation("dev"),
    observation("both", namespace="lit-shop"),
    observation("prod-1", "1.4.1"),
    observation("prod-2"),
]


@pytest.mark.parametrize(
    ("axis", "keys"),
    [
        (Axis.ENVIRONMENT, ["dev", "lit", "shared", "prod"]),
        (Axis.CLUSTER, ["dev", "both/lit", "both/shared", "prod-1", "prod-2"]),
        (Axis.NAMESPACE, ["dev/shop", "lit/lit-shop", "prod/shop"]),
        (Axis.CUSTOMER, ["dev/-", "lit/-", "prod/-"]),
    ],
)
def test_columns_are_in_promotion_order_and_every_pair_has_a_cell(
    axis: Axis, keys: list[str]
) -> None:
    matrix = matrix_of(FOUND, rules=FLEET, axis=axis)
    assert [column.key for column in matrix.columns] == keys
    assert list(matrix.cells) == [("api", key) for key in keys]
    assert (matrix.axis, matrix.as_of) == (axis, NOW)


def test_columns_have_title_environment_and_group() -> None:
    by_cluster = matrix_of(FOUND, rules=FLEET, axis=Axis.CLUSTER).columns[1]
    by_customer = matrix_of(FOUND, rules=FLEET, axis=Axis.CUSTOMER).columns[0]
    assert (by_cluster.title, by_cluster.environment, by_cluster.group) == ("both", "lit", "lit")
    assert (by_customer.title, by_customer.group) == ("no customer", "dev")


def test_a_matrix_names_the_clusters_that_were_not_read_lately_even_without_a_service() -> None:
    statuses = [status("dev", days_ago(1)), status("prod-1", None), status("prod-2", NOW)]
    matrix = matrix_of([], rules=FLEET, statuses=statuses)
    assert matrix.missing == ("dev", "prod-1")
    assert {c.key: c.unread for c in matrix.columns}["prod"] == ("prod-1",)


def test_by_cluster_each_is_compared_with_the_whole_baseline_environment() -> None:
    found = [*FOUND, observation("both", "1.4.2", namespace="shared")]
    matrix = matrix_of(found, rules=FLEET, axis=Axis.CLUSTER)
    assert matrix.cell("api", "prod-1").state is State.BEHIND
    assert matrix.cell("api", "prod-1").baseline == "shared"
    assert matrix.cell("api", "prod-2").state is State.IN_STEP


@pytest.mark.parametrize("axis", [Axis.CLUSTER, Axis.NAMESPACE])
def test_absence_in_a_part_of_an_environment_is_quiet_unless_it_once_ran_there(axis: Axis) -> None:
    key = "prod-1" if axis is Axis.CLUSTER else "prod/old"
    found = [observation("prod-2"), observation("prod-1", service="other", namespace="old")]
    gone = sighting(
        observation("prod-1", namespace="old"), started_at=days_ago(9), ended_at=days_ago(2)
    )
    quiet = cell_in(key, found, rules=FLEET, axis=axis)
    loud = cell_in(key, found, rules=FLEET, axis=axis, sightings=[gone])
    assert (quiet.state, quiet.drift) == (State.ABSENT, False)
    assert (loud.state, loud.drift) == (State.ABSENT, True)


def test_only_environments_are_expected_to_have_a_service() -> None:
    rules = fleet_rules(services=ServiceRules(expected=("api",)))
    found = [observation("dev")]
    assert cell_in("prod", found, rules=rules).drift
    assert not cell_in("prod", found, rules=rules, axis=Axis.CLUSTER).drift


def test_a_scope_leaves_places_out_of_cells_but_not_out_of_baselines() -> None:
    found = [*FOUND, observation("both", "1.5.0", namespace="shared")]
    matrix = matrix_of(found, rules=FLEET, scope=Scope(clusters=("prod-1",)))
    assert [column.key for column in matrix.columns] == ["prod"]
    cell = matrix.cell("api", "prod")
    assert [place.cluster for place in cell.places] == ["prod-1"]
    assert (cell.state, cell.baseline_version) == (State.BEHIND, "1.5.0")


def test_rows_without_a_place_in_the_scope_are_left_out() -> None:
    found = [*FOUND, observation("dev", service="web", namespace="front")]
    matrix = matrix_of(found, rules=FLEET, scope=Scope(namespaces=("front",)))
    assert [row.service for row in matrix.rows] == ["web"]


def test_a_sighting_outside_the_scope_is_no_absence_within_it() -> None:
    gone = sighting(observation("prod-2", namespace="shop"), ended_at=days_ago(2))
    found = [observation("dev", namespace="shop"), observation("dev", namespace="front")]
    scope = Scope(namespaces=("front",))
    assert not cell_in("prod", found, rules=FLEET, sightings=[gone], scope=scope).drift


def copy(environment: str, version: str, customer: str | None = None) -> Observation:
    namespace = f"cust-{customer}" if customer else "common"
    return observation(environment, version, namespace=namespace)


def test_a_customers_copy_is_compared_with_the_same_customers_earlier_environment() -> None:
    found = [
        copy("dev", "1.6.0"),
        copy("stg", "1.5.0", "acme"),
        copy("stg", "1.4.2", "bolt"),
        copy("prod", "1.5.0", "acme"),
        copy("prod", "1.4.0", "bolt"),
    ]
    matrix = matrix_of(found, rules=SOLUTIONS, axis=Axis.CUSTOMER)
    assert [column.key for column in matrix.columns] == [
        "dev/-",
        "stg/acme",
        "stg/bolt",
        "prod/acme",
        "prod/bolt",
    ]
    assert matrix.cell("api", "prod/acme").state is State.IN_STEP
    assert matrix.cell("api", "prod/bolt").state is State.BEHIND
    assert "stg for bolt 1.4.2" in matrix.cell("api", "prod/bolt").reason


def test_else_with_the_customer_less_one() -> None:
    found = [copy("stg", "1.5.0"), copy("stg", "1.4.2", "bolt"), copy("prod", "1.5.0", "acme")]
    cell = cell_in("prod/acme", found, rules=SOLUTIONS, axis=Axis.CUSTOMER)
    assert (cell.state, cell.baseline_version) == (State.IN_STEP, "1.5.0")


def test_the_same_customers_copy_further_back_comes_before_the_customer_less_one() -> None:
    found = [
        copy("dev", "1.4.2", "acme"),
        copy("stg", "1.5.0"),
        copy("prod", "1.4.2", "acme"),
    ]
    cell = cell_in("prod/acme", found, rules=SOLUTIONS, axis=Axis.CUSTOMER)
    assert (cell.state, cell.baseline) == (State.IN_STEP, "dev")


def test_customers_each_at_their_own_pace_are_mixed_but_no_drift() -> None:
    found = [
        copy(environment, version, customer)
        for environment in ("stg", "prod")
        for customer, version in (("acme", "1.5.0"), ("bolt", "1.4.2"))
    ]
    cell = cell_in("prod", found, rules=SOLUTIONS)
    assert (cell.state, cell.flags, cell.drift) == (State.IN_STEP, (Flag.MIXED,), False)


def test_the_worst_customer_gives_an_environments_state() -> None:
    found = [
        copy("stg", "1.5.0", "acme"),
        copy("stg", "1.4.2", "bolt"),
        copy("prod", "1.5.0", "acme"),
        copy("prod", "1.4.1", "bolt"),
    ]
    cell = cell_in("prod", found, rules=SOLUTIONS)
    assert cell.state is State.BEHIND
    assert cell.reason.startswith("1 of 2 deployments in prod runs 1.4.1, stg for bolt 1.4.2")


def test_sidecars_have_rows_on_request_and_never_drift() -> None:
    def with_proxy(place: str, version: str) -> list[Observation]:
        image = f"{REGISTRY}/proxy:{version}"
        uid = f"{place}/api"
        return [
            observation(place, uid=uid),
            observation(
                place, image=image, container="istio-proxy", position=1, uid=uid, workload="api"
            ),
        ]

    found = [*with_proxy("stg", "1.5.0"), *with_proxy("prod", "1.4.0")]
    assert [row.service for row in matrix_of(found).rows] == ["api"]
    matrix = matrix_of(found, sidecars=True)
    assert [(row.service, row.sidecar) for row in matrix.rows] == [
        ("api", False),
        ("api / istio-proxy", True),
    ]
    cell = matrix.cell("api / istio-proxy", "prod")
    assert (cell.version, cell.state, cell.drift) == ("1.4.0", State.BEHIND, False)
    assert matrix.cell("api", "prod").state is State.IN_STEP


def test_the_places_of_a_cell_have_version_and_start() -> None:
    prod = observation("prod", role=ContainerRole.MAIN)
    [place] = cell_in("prod", [prod], sightings=[sighting(prod, started_at=days_ago(3))]).places
    assert (place.cluster, place.namespace, place.workload, place.container) == (
        "prod",
        "shop",
        "api",
        "api",
    )
    assert (place.version, place.image, place.running) == ("1.4.2", prod.image, (prod.image,))
    assert (place.ready, place.wanted, place.status) == (2, 2, "complete")
    assert (place.since, place.since_approximate) == (days_ago(3), False)
    assert len(place.digests) == 1


def test_a_cell_runs_its_version_since_the_oldest_of_its_places() -> None:
    places = [observation("prod-1"), observation("prod-2")]
    seen = [
        sighting(place, started_at=days_ago(days))
        for place, days in zip(places, (3, 5), strict=True)
    ]
    assert cell_in("prod", places, rules=FLEET, sightings=seen).since == days_ago(5)


@pytest.mark.parametrize(("ended", "since"), [(2, 40), (20, 3)])
def test_since_when_survives_the_replacement_of_a_cluster(ended: int, since: int) -> None:
    new, old = observation("prod-2"), observation("prod-1")
    seen = [
        sighting(new, started_at=days_ago(3)),
        sighting(old, started_at=days_ago(40), ended_at=days_ago(ended)),
    ]
    assert cell_in("prod", [new], rules=FLEET, sightings=seen).since == days_ago(since)


def test_a_thousand_services_take_seconds_at_most() -> None:
    names = [f"e{n}" for n in range(8)]
    found = [
        observation(name, f"1.{number % 30}.0", service=f"service-{number}")
        for name in names
        for number in range(1000)
    ]
    seen = [sighting(one) for one in found]
    began = time.process_time()
    matrix = matrix_of(found, rules=fleet_rules(names), sightings=seen)
    assert len(matrix.cells) == 8000
    assert time.process_time() - began < 5
