"""The row of each record, for existing and deleted workloads."""

import re

import pytest

from reldash.domain.fleet.rules import CustomerRule
from reldash.domain.grouping.rows import group_rows, place_observations
from reldash.domain.history.service_records import service_records
from reldash.domain.rollouts.records import RolloutRecord
from reldash.domain.workloads.observations import ContainerRole
from tests.unit.builders import REGISTRY, cluster, fleet_rules, observation
from tests.unit.history_builders import record

RULES = fleet_rules()
NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"


def services(*records: RolloutRecord) -> list[str]:
    return [named.service for named in service_records(records, RULES, "platform")]


def test_a_record_has_the_service_environment_and_customer_of_its_container() -> None:
    rules = fleet_rules(
        clusters=[cluster("eu", "prod")],
        customer=CustomerRule(namespace=re.compile("cust-(?P<customer>.+)")),
    )
    acme = record("eu", namespace="cust-acme", labels={NAME: "shop"})
    (named,) = service_records([acme], rules, "platform")
    assert named == (acme, "shop", "prod", "acme")


def test_all_records_of_a_container_are_named_as_it_was_last_described() -> None:
    old = record("prod", "1.0.0", 20, 10, labels={NAME: "shop"})
    new = record("prod", "1.1.0", 10, labels={NAME: "storefront"})
    assert services(old, new) == ["storefront", "storefront"]


def test_a_record_without_description_is_named_like_its_container_now() -> None:
    old = record("prod", "1.0.0", 20, 10, described=False)
    assert services(old, record("prod", "1.1.0", 10, labels={NAME: "shop"})) == ["shop", "shop"]


def test_a_deleted_workload_joins_the_row_of_its_name() -> None:
    gone = record("dev", "1.0.0", 20, 10, labels={NAME: "shop"})
    assert services(gone, record("prod", labels={NAME: "shop"})) == ["shop", "shop"]


def test_a_deleted_workload_never_renames_existing_ones() -> None:
    living = record("prod", labels={NAME: "redis"}, image=f"{REGISTRY}/redis:7")
    other = record(
        "prod",
        began=20,
        ended=10,
        labels={NAME: "redis"},
        image=f"{REGISTRY}/redis-exporter:1",
        workload="exporter",
    )
    assert services(living, other) == ["redis", "redis · redis-exporter"]


def test_deleted_components_are_rows_of_their_own() -> None:
    living = record("prod", labels={NAME: "shop", COMPONENT: "web"})
    worker = record(
        "prod", began=20, ended=10, workload="worker", labels={NAME: "shop", COMPONENT: "worker"}
    )
    assert services(living, worker) == ["shop", "shop · worker"]


def test_a_renamed_container_belongs_to_its_workload() -> None:
    before = record("prod", "1.0.0", 20, 10, container="main")
    assert services(before, record("prod", "1.1.0", 10)) == ["api", "api"]


@pytest.mark.parametrize(
    "other",
    [
        record("prod", container="istio-proxy", image="docker.io/istio/proxyv2:1.20"),
        record("prod", container="wait", role=ContainerRole.INIT, image="busybox:1"),
        record("prod", began=20, ended=10, container="log-shipper", image="fluent/fluent-bit:3"),
        record("prod", namespace="kube-system"),
        record("elsewhere"),
    ],
    ids=["sidecar", "init", "gone sidecar", "excluded namespace", "no cluster of the dashboard"],
)
def test_sidecars_and_other_dashboards_are_left_out(other: RolloutRecord) -> None:
    assert services(record("prod"), other) == ["api"]


def test_existing_workloads_have_the_names_of_the_matrix() -> None:
    images = [f"{REGISTRY}/a/redis:7", f"{REGISTRY}/b/redis:7", f"{REGISTRY}/shop:1"]
    living = [
        record("prod", image=image, workload=f"w{i}", container="c", labels={NAME: "redis"})
        for i, image in enumerate(images)
    ]
    gone = record("dev", "1", 20, 10, workload="w9", image="valkey:8", labels={NAME: "redis"})
    observed = [
        observation("prod", image=image, workload=f"w{i}", container="c", labels={NAME: "redis"})
        for i, image in enumerate(images)
    ]
    groups = group_rows(place_observations(observed, RULES, "platform"), RULES)
    rows = {p.observation.workload: g.row.service for g in groups for p in g.primary}
    named = service_records([*living, gone], RULES, "platform")
    assert {n.record.rollout.key.workload: n.service for n in named if n.record is not gone} == rows


def test_records_come_in_the_order_given() -> None:
    old, new = record("prod", "1.0.0", 20, 10), record("prod", "1.1.0", 10)
    assert [n.record for n in service_records([new, old], RULES, "platform")] == [new, old]


def test_an_open_record_outweighs_a_later_one_that_has_ended() -> None:
    open_ = record("prod", "1.1.0", 10, labels={NAME: "shop"})
    odd = record("prod", "1.0.0", 5, 4, labels={NAME: "odd"})
    assert services(open_, odd) == ["shop", "shop"]


def test_an_earlier_description_outweighs_a_later_record_without_one() -> None:
    described = record("prod", "1.0.0", 20, 10, labels={NAME: "shop"})
    bare = record("prod", "1.1.0", 10, 5, described=False)
    assert services(described, bare) == ["shop", "shop"]
