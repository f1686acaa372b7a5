"""The observations of a dashboard, with environment and customer."""

import re
from collections.abc import Mapping

import pytest

from reldash.domain.fleet.rules import (
    Cluster,
    CustomerRule,
    Dashboard,
    Environment,
    FleetRules,
    ServiceRules,
)
from reldash.domain.grouping.rows import (
    PlacedContainer,
    group_rows,
    place_observations,
)
from reldash.domain.grouping.workload_ref import WORKLOAD_REF
from reldash.domain.workloads.observations import Observation, WorkloadKind
from tests.unit.builders import cluster, fleet_rules, observation

BY_NAMESPACE = re.compile("cust-(?P<customer>.+)")


def placed(*observations: Observation, **rules: object) -> list[PlacedContainer]:
    fleet = fleet_rules(**rules)  # type: ignore[arg-type]  # each test names what it sets
    return place_observations(observations, fleet, "platform")


def test_a_cluster_of_one_environment_gives_it_to_all_its_namespaces() -> None:
    found = placed(observation("stg", namespace="a"), observation("stg", namespace="b"))

    assert [p.environment for p in found] == ["stg", "stg"]


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [("dev-shop", ["dev"]), ("shared", ["stg"]), ("dev-shared", ["dev"]), ("tools", [])],
)
def test_a_clusters_namespaces_have_their_environment_by_pattern(
    namespace: str, expected: list[str]
) -> None:
    both = cluster("both", {"dev": ("dev-*",), "stg": ("shared", "*-shared")})

    found = placed(observation("both", namespace=namespace), clusters=[both])

    assert [p.environment for p in found] == expected


@pytest.mark.parametrize(
    ("namespace", "shown"),
    [("kube-system", False), ("kube-public", False), ("tmp-7", False), ("kube", True)],
)
def test_excluded_namespaces_are_left_out(namespace: str, shown: bool) -> None:
    services = ServiceRules(exclude_namespaces=("kube-system", "kube-public", "tmp-*"))

    assert bool(placed(observation(namespace=namespace), services=services)) is shown


def test_a_cluster_that_is_not_of_the_fleet_is_left_out() -> None:
    assert placed(observation("forgotten")) == []


def two_dashboards(environments: Mapping[str, tuple[str, ...]]) -> FleetRules:
    dev, prod = Environment("dev"), Environment("prod")
    return FleetRules(
        environments=(dev, prod),
        dashboards={
            "platform": Dashboard("platform", "Platform", (dev, prod)),
            "small": Dashboard("small", "Small", (prod,)),
        },
        clusters=(
            Cluster("both", ("platform", "small"), environments),
            Cluster("one", ("platform",), {"prod": ("*",)}),
        ),
    )


def test_a_cluster_of_several_dashboards_is_in_each_of_them() -> None:
    rules = two_dashboards({"prod": ("*",)})
    found = [observation("both"), observation("one")]

    assert len(place_observations(found, rules, "platform")) == 2
    assert [p.observation.cluster for p in place_observations(found, rules, "small")] == ["both"]


def test_an_environment_that_the_dashboard_has_not_is_left_out() -> None:
    rules = two_dashboards({"prod": ("shop",), "dev": ("*",)})
    found = [observation("both", namespace="shop"), observation("both", namespace="lab")]

    assert [p.environment for p in place_observations(found, rules, "platform")] == ["dev", "prod"]
    assert [p.environment for p in place_observations(found, rules, "small")] == ["prod"]


@pytest.mark.parametrize(
    ("rule", "namespace", "labels", "expected"),
    [
        (None, "cust-acme", {"customer": "acme"}, None),
        (CustomerRule(namespace=BY_NAMESPACE), "cust-acme", {}, "acme"),
        (CustomerRule(namespace=BY_NAMESPACE), "cust-acme-eu", {}, "acme-eu"),
        (CustomerRule(namespace=BY_NAMESPACE), "old-cust-acme", {}, None),
        (CustomerRule(namespace=BY_NAMESPACE), "base", {"customer": "acme"}, None),
        (CustomerRule(namespace=re.compile("c(?P<customer>x)?")), "c", {}, None),
        (CustomerRule(label="customer"), "cust-acme", {"customer": "globex"}, "globex"),
        (CustomerRule(label="customer"), "cust-acme", {}, None),
        (CustomerRule(BY_NAMESPACE, "customer"), "base", {"customer": "acme"}, "acme"),
        (CustomerRule(BY_NAMESPACE, "customer"), "cust-a", {"customer": "b"}, "a"),
    ],
)
def test_a_customer_is_known_by_namespace_or_by_label(
    rule: CustomerRule | None, namespace: str, labels: dict[str, str], expected: str | None
) -> None:
    [found] = placed(observation(namespace=namespace, labels=labels), customer=rule)

    assert found.customer == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"team": "blue", "app.kubernetes.io/part-of": "shop"}, "blue"),
        ({"app.kubernetes.io/part-of": "shop"}, "shop"),
        ({"app": "api"}, ""),
    ],
)
def test_the_owner_is_the_first_label_that_is_not_empty(
    labels: dict[str, str], expected: str
) -> None:
    [found] = placed(observation(labels=labels))

    assert found.owner == expected


def argo_rollout(**fields: object) -> Observation:
    return observation(
        "dev",
        kind=WorkloadKind.ROLLOUT,
        workload="api-rollout",
        annotations={WORKLOAD_REF: "Deployment/api"},
        **fields,  # type: ignore[arg-type]  # any field of Observation
    )


def test_a_deployment_that_a_rollout_has_taken_over_folds_into_it() -> None:
    found = placed(observation("dev", workload="api", wanted=0), argo_rollout())

    assert [p.observation.kind for p in found] == [WorkloadKind.ROLLOUT]


def test_the_labels_of_the_deployment_name_the_rollout_that_has_none() -> None:
    labels = {"app": "payments", "team": "blue"}
    found = placed(argo_rollout(labels={"team": "red"}), observation("dev", labels=labels))

    assert [(p.base_name, p.owner) for p in found] == [("payments", "red")]


def test_a_rollout_folds_only_the_workload_that_it_names() -> None:
    others = [
        observation("dev", workload="api-2"),
        observation("dev", workload="api", namespace="elsewhere"),
        observation("stg", workload="api"),
        observation("dev", workload="api", kind=WorkloadKind.STATEFUL_SET),
    ]

    kept = [p.observation for p in placed(argo_rollout(), *others)]

    assert len(kept) == len(others) + 1
    assert all(other in kept for other in others)


def test_a_rollout_without_its_deployment_is_a_row_by_itself() -> None:
    rules = fleet_rules()
    [row] = group_rows(place_observations([argo_rollout()], rules, "platform"), rules)

    assert row.row.service == "api-rollout"
