"""Grouping observations into rows, and the names of rows."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.fleet.rules import CustomerRule, ServiceRules
from reldash.domain.grouping.rows import RowGroup, group_rows, place_observations, sidecar_rows
from reldash.domain.workloads.observations import ContainerRole, Observation, WorkloadKind
from tests.unit.builders import fleet_rules, observation

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
INSTANCE = "app.kubernetes.io/instance"
DEV_STG_PROD = ("dev", "stg", "prod")


def rows(observations: Sequence[Observation], **rules: object) -> list[RowGroup]:
    fleet = fleet_rules(**rules)  # type: ignore[arg-type]  # each test names what it sets
    return group_rows(place_observations(observations, fleet, "platform"), fleet)


def names(groups: Sequence[RowGroup]) -> list[str]:
    return [group.row.service for group in groups]


def workloads(group: RowGroup) -> set[tuple[str, str, str]]:
    return {
        (p.observation.cluster, p.observation.namespace, p.observation.workload)
        for p in group.primary
    }


@pytest.mark.parametrize(
    ("labels", "workload", "expected"),
    [
        ({NAME: "payments", "app": "other"}, "pay-7", "payments"),
        ({"app": "payments"}, "pay-7", "payments"),
        ({NAME: "", "app": "payments"}, "pay-7", "payments"),
        ({}, "payments", "payments"),
        ({"team": "x"}, "payments", "payments"),
        ({"app": "podinfo-primary"}, "podinfo-primary", "podinfo"),
        ({}, "podinfo-primary", "podinfo"),
        ({}, "-primary", "-primary"),
    ],
)
def test_a_service_is_named_by_the_first_rule_that_is_not_empty(
    labels: dict[str, str], workload: str, expected: str
) -> None:
    assert names(rows([observation(labels=labels, workload=workload)])) == [expected]


def test_the_rules_for_names_and_suffixes_are_configurable() -> None:
    services = ServiceRules(name=("label:svc",), strip_suffixes=("-blue", "-green"))
    found = rows(
        [
            observation("dev", labels={"svc": "api-blue"}, workload="a"),
            observation("dev", labels={"svc": "api-green"}, workload="b"),
            observation("dev", labels={"app": "worker"}, workload="c", container="api"),
        ],
        services=services,
    )

    assert names(found) == ["api", "c"]


def test_flaggers_copy_is_the_service_and_stands_for_the_workload_it_copies() -> None:
    [row] = rows(
        [
            observation(labels={"app": "api"}, workload="api", wanted=0),
            observation(labels={"app": "api-primary"}, workload="api-primary"),
        ]
    )

    assert row.row.service == "api"
    [primary] = row.primary
    assert primary.observation.workload == "api-primary"


def test_copies_in_several_environments_clusters_and_namespaces_are_one_row() -> None:
    [row] = rows(
        [
            observation(cluster, namespace=namespace)
            for cluster in DEV_STG_PROD
            for namespace in ("shop-eu", "shop-us")
        ]
    )

    assert len(row.primary) == 6


def test_a_customers_copy_is_the_same_row_with_its_customer_known() -> None:
    customer = CustomerRule(namespace=re.compile("cust-(?P<customer>.+)"))
    [row] = rows(
        [
            observation("dev", namespace="cust-acme", image="r.io/acme/portal:1"),
            observation("dev", namespace="cust-globex", image="r.io/globex/portal:1"),
            observation("dev", namespace="base"),
        ],
        customer=customer,
    )

    assert {p.customer for p in row.primary} == {"acme", "globex", None}


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        pytest.param(
            {("dev", "team-a"): "redis:7.2", ("dev", "team-b"): "bitnami/redis:7.0"},
            ["redis · bitnami/redis", "redis · library/redis"],
            id="two teams, two repositories, in one environment",
        ),
        pytest.param(
            {("dev", "a"): "r.io/redis-stack:7", ("dev", "b"): "r.io/redis:7"},
            ["redis · redis", "redis · redis-stack"],
            id="the last part of the repository is enough where it differs",
        ),
        pytest.param(
            {("dev", "a"): "r.io/a/shop/redis:7", ("dev", "b"): "r.io/b/shop/redis:7"},
            ["redis · a/shop/redis", "redis · b/shop/redis"],
            id="as many parts of it as it takes",
        ),
        pytest.param(
            {("dev", "team-a"): "redis:7.2", ("dev", "team-b"): "redis:6.0"},
            ["redis"],
            id="two teams, one repository",
        ),
        pytest.param(
            {("dev", "a"): "redis:7", ("prod", "a"): "bitnami/redis:7"},
            ["redis"],
            id="another repository in the next environment",
        ),
        pytest.param(
            {("dev", "a"): "docker.io/library/redis:7", ("dev", "b"): "m.io/hub/library/redis:7"},
            ["redis"],
            id="a mirror registry in the same environment",
        ),
        pytest.param(
            {("dev", "a"): "m.io/redis:7", ("dev", "b"): "m.io/hub/library/redis:7"},
            ["redis"],
            id="a pull-through cache in one registry",
        ),
        pytest.param(
            {("dev", "a"): "ghcr.io/acme/redis:7", ("dev", "b"): "ecr.io/mirror/redis:7"},
            ["redis"],
            id="a mirror with another prefix",
        ),
        pytest.param(
            {
                ("dev", "a"): "redis:7",
                ("dev", "b"): "bitnami/redis:7",
                ("prod", "a"): "m.io/hub/library/redis:7",
            },
            ["redis · bitnami/redis", "redis · library/redis"],
            id="what is split in dev is in the same rows in prod, from a mirror",
        ),
    ],
)
def test_a_name_is_split_by_repository_only_where_one_place_has_different_ones(
    images: dict[tuple[str, str], str], expected: list[str]
) -> None:
    found = rows(
        [
            observation(cluster, namespace=namespace, image=image, labels={"app": "redis"})
            for (cluster, namespace), image in images.items()
        ]
    )

    assert names(found) == expected
    assert sum(len(group.primary) for group in found) == len(images)


def test_a_chart_that_labels_everything_alike_gives_a_row_for_each_repository() -> None:
    services = ("billing", "orders", "stock")
    found = rows(
        [
            observation(cluster, service=service, labels={"app": "microservice"})
            for cluster in DEV_STG_PROD
            for service in services
        ]
    )

    assert names(found) == [f"microservice · {service}" for service in services]
    assert all({p.environment for p in group.primary} == set(DEV_STG_PROD) for group in found)


def test_one_name_with_api_and_worker_is_a_row_for_each_component() -> None:
    found = rows(
        [
            observation(
                cluster,
                image="r.io/shop:1.4.2",
                workload=f"shop-{component}",
                container="main",
                labels={NAME: "shop", COMPONENT: component},
            )
            for cluster in DEV_STG_PROD
            for component in ("worker", "api")
        ]
    )

    assert names(found) == ["shop · api", "shop · worker"]
    assert workloads(found[0]) == {(c, "shop", "shop-api") for c in DEV_STG_PROD}


def test_a_column_with_one_component_has_it_in_the_row_that_the_others_have() -> None:
    def part(cluster: str, component: str) -> Observation:
        return observation(cluster, workload=component, labels={NAME: "shop", COMPONENT: component})

    found = rows([part("dev", "api"), part("dev", "worker"), part("prod", "api")])

    assert names(found) == ["shop · api", "shop · worker"]
    assert {p.environment for p in found[0].primary} == {"dev", "prod"}


def test_different_components_in_different_namespaces_make_no_new_rows() -> None:
    [row] = rows(
        [
            observation("dev", namespace="a", labels={NAME: "redis", COMPONENT: "master"}),
            observation("dev", namespace="b", labels={NAME: "redis", COMPONENT: "cache"}),
        ]
    )

    assert row.row.service == "redis"


def test_a_workload_without_component_keeps_the_name_beside_those_with_one() -> None:
    found = rows(
        [
            observation("dev", workload="shop", labels={NAME: "shop"}),
            observation("dev", workload="w", labels={NAME: "shop", COMPONENT: "worker"}),
        ]
    )

    assert names(found) == ["shop", "shop · worker"]


def test_a_component_that_covers_different_repositories_is_split_further() -> None:
    found = rows(
        [
            observation("dev", service=s, workload=s, labels={NAME: "app", COMPONENT: c})
            for s, c in (("orders", "backend"), ("stock", "backend"), ("shop", "frontend"))
        ]
    )

    assert names(found) == ["app · backend · orders", "app · backend · stock", "app · frontend"]


def release(instance: str, cluster: str = "prod", **fields: Any) -> Observation:
    """A workload of a release of the chart "redis"."""
    labels = {NAME: "redis"} | ({INSTANCE: instance} if instance else {})
    image = "docker.io/bitnami/redis:7.2.0"
    return observation(cluster, image=image, labels=labels, workload=f"{instance}-x", **fields)


def test_two_releases_of_one_chart_in_one_namespace_are_a_row_each() -> None:
    found = rows([release("cart"), release("search"), release("cart", "dev")])
    assert names(found) == ["redis · cart", "redis · search"]
    assert {cluster for cluster, _, _ in workloads(found[0])} == {"dev", "prod"}


def test_releases_named_after_their_environment_share_a_row() -> None:
    releases = [f"{name}-{env}" for name in ("cart", "search") for env in DEV_STG_PROD]
    found = rows([release(each, each.rpartition("-")[2]) for each in releases])
    assert names(found) == ["redis · cart", "redis · search"]


def test_releases_that_differ_only_by_their_environment_keep_their_names() -> None:
    assert names(rows([release("cart"), release("cart-prod")])) == [
        "redis · cart",
        "redis · cart-prod",
    ]


@pytest.mark.parametrize(
    "elsewhere", [{"namespace": "other"}, {"cluster": "dev"}], ids=["namespace", "cluster"]
)
def test_releases_in_different_places_make_no_new_rows(elsewhere: dict[str, str]) -> None:
    assert names(rows([release("cart"), release("search", **elsewhere)])) == ["redis"]


def test_a_workload_of_no_release_keeps_the_name_beside_those_of_one() -> None:
    assert names(rows([release(""), release("cart")])) == ["redis", "redis · cart"]


def test_releases_that_components_or_repositories_tell_apart_are_split_by_these_alone() -> None:
    labels = [{NAME: "shop", INSTANCE: name, COMPONENT: name} for name in ("api", "worker")]
    found = [observation(labels=each, workload=each[INSTANCE]) for each in labels]
    assert names(rows(found)) == ["shop · api", "shop · worker"]
    found = [
        observation(labels={NAME: "web", INSTANCE: f"r-{name}"}, service=name)
        for name in ("cart", "search")
    ]
    assert names(rows(found)) == ["web · cart", "web · search"]


def test_two_customers_builds_of_one_service_are_one_row() -> None:
    rule = CustomerRule(label="customer")
    found = rows(
        [
            observation(
                "dev",
                service=f"portal-{customer}",
                labels={"app": "portal", "customer": customer},
            )
            for customer in ("acme", "globex")
        ],
        customer=rule,
    )

    assert names(found) == ["portal"]


@given(st.permutations(range(12)))
def test_the_order_of_observations_decides_nothing(order: list[int]) -> None:
    images = ["redis:7", "bitnami/redis:7", "m.io/hub/library/redis:7", "r.io/other:1"]
    found = [
        observation(cluster, namespace=f"n{i}", image=image, labels={"app": "redis"})
        for cluster in DEV_STG_PROD
        for i, image in enumerate(images)
    ]

    def shape(groups: Sequence[RowGroup]) -> list[tuple[str, set[tuple[str, str, str]]]]:
        return [(group.row.service, workloads(group)) for group in groups]

    assert shape(rows([found[i] for i in order])) == shape(rows(found))


def test_rows_are_sorted_by_service_whatever_the_case() -> None:
    found = [observation(service=name, workload=name) for name in ("beta", "Alpha", "alpha", "Zed")]

    assert all(
        names(rows(order)) == ["Alpha", "alpha", "beta", "Zed"] for order in permutations(found)
    )


def test_a_row_has_every_owner_of_its_workloads_once() -> None:
    found = rows(
        [
            observation("dev", labels={"team": "blue"}),
            observation("stg", labels={"app.kubernetes.io/part-of": "amber"}),
            observation("prod", labels={"team": "blue"}),
        ]
    )

    assert [group.row.owner for group in found] == ["amber, blue"]


def test_sidecars_and_init_containers_are_rows_of_their_own_only_on_request() -> None:
    main = observation("dev")
    beside = [
        replace(main, container="istio-proxy", image="istio/proxyv2:1.22", position=1),
        replace(main, container="migrate", image="r.io/migrate:3", role=ContainerRole.INIT),
        replace(main, container="vault", image="r.io/vault:1", role=ContainerRole.SIDECAR),
    ]

    groups = rows([main, *beside])

    assert names(groups) == ["api"]
    assert [p.observation for p in groups[0].primary] == [main]
    found = sidecar_rows(groups)
    assert names(found) == ["api / istio-proxy", "api / migrate", "api / vault"]
    assert [[p.observation for p in group.primary] for group in found] == [[o] for o in beside]
    assert all(group.row.sidecar for group in found)


def test_a_sidecars_repository_splits_no_row() -> None:
    found = []
    for workload, image in (("a", "envoyproxy/envoy:1"), ("b", "r.io/proxy:2")):
        main = observation("dev", workload=workload, labels={"app": "api"})
        found += [main, replace(main, container="istio-proxy", image=image, position=1)]

    assert names(rows(found)) == ["api"]


def test_the_kind_of_a_workload_makes_no_row() -> None:
    found = rows(
        [
            observation("dev", kind=WorkloadKind.DEPLOYMENT, labels={"app": "api"}),
            observation("dev", kind=WorkloadKind.CRON_JOB, workload="j", labels={"app": "api"}),
        ]
    )

    assert names(found) == ["api"]
