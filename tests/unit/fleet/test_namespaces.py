"""Which environment and customer a namespace belongs to; excluded namespaces belong to none."""

import re

import pytest

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.namespaces import Namespaces
from reldash.domain.fleet.rules import (
    Cluster,
    CustomerRule,
    Dashboard,
    Environment,
    FleetRules,
    ServiceRules,
)
from tests.unit.builders import cluster, fleet_rules

BY_NAMESPACE = CustomerRule(namespace=re.compile("cust-(?P<customer>.+)"))
BY_LABEL = CustomerRule(label="customer")


def two_dashboards(exclude: tuple[str, ...] = ()) -> FleetRules:
    """Cluster `both` on two dashboards of customers, `base` on one without."""
    dev, prod = Environment("dev"), Environment("prod")
    return FleetRules(
        environments=(dev, prod),
        dashboards={
            "platform": Dashboard("platform", "Platform", (dev, prod), BY_LABEL),
            "customers": Dashboard("customers", "Customers", (prod,), BY_NAMESPACE),
            "plain": Dashboard("plain", "Plain", (prod,)),
        },
        clusters=(
            Cluster("both", ("platform", "customers"), {"prod": ("cust-*",), "dev": ("*",)}),
            Cluster("base", ("plain",), {"prod": ("*",)}),
        ),
        services=ServiceRules(exclude_namespaces=exclude),
    )


def test_the_fleet_knows_the_environment_of_every_namespace_of_its_clusters() -> None:
    whole = Namespaces(two_dashboards())
    assert whole.environment_of("both", "cust-acme") == "prod"
    assert whole.environment_of("both", "shop") == "dev"
    assert whole.environment_of("unknown", "shop") is None


def test_a_dashboard_knows_only_its_own_clusters_and_environments() -> None:
    rules = two_dashboards()
    customers = Namespaces(rules, rules.dashboard("customers"))
    assert customers.environment_of("both", "cust-acme") == "prod"
    assert customers.environment_of("both", "shop") is None
    assert customers.environment_of("base", "shop") is None


@pytest.mark.parametrize("dashboard", [None, "platform", "customers"])
def test_an_excluded_namespace_has_no_environment_and_no_customer(dashboard: str | None) -> None:
    rules = two_dashboards(exclude=("cust-test-*",))
    found = Namespaces(rules, rules.dashboard(dashboard) if dashboard else None)
    assert found.environment_of("both", "cust-test-1") is None
    assert found.customer_of("both", "cust-test-1", {"customer": "acme"}) is None
    assert found.environment_of("both", "cust-acme") == "prod"


def test_kube_system_is_excluded_unless_the_fleet_file_says_otherwise() -> None:
    assert Namespaces(fleet_rules()).environment_of("prod", "kube-system") is None
    everything = fleet_rules(services=ServiceRules(exclude_namespaces=()))
    assert Namespaces(everything).environment_of("prod", "kube-system") == "prod"


def test_without_a_dashboard_the_first_of_the_clusters_dashboards_that_finds_one_counts() -> None:
    whole = Namespaces(two_dashboards())
    assert whole.customer_of("both", "cust-acme", {"customer": "globex"}) == "globex"
    assert whole.customer_of("both", "cust-acme") == "acme"
    assert whole.customer_of("base", "cust-acme") is None
    assert whole.customer_of("unknown", "cust-acme") is None


def test_a_dashboard_finds_customers_by_its_own_rule_alone() -> None:
    rules = two_dashboards()
    customers = Namespaces(rules, rules.dashboard("customers"))
    assert customers.customer_of("both", "cust-acme", {"customer": "globex"}) == "acme"
    assert customers.customer_of("both", "shop", {"customer": "globex"}) is None


def test_a_cluster_without_a_matching_pattern_leaves_a_namespace_without_environment() -> None:
    rules = fleet_rules(clusters=[cluster("both", {"dev": ("dev-*",)})])
    assert Namespaces(rules).environment_of("both", "tools") is None


def test_an_unknown_dashboard_is_an_error_that_names_those_that_exist() -> None:
    with pytest.raises(ChoiceError, match="'moon': expected one of platform, customers, plain"):
        two_dashboards().dashboard("moon")
