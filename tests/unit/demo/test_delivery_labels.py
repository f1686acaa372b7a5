"""Labels of delivery tools on the demo's workloads, and the links made from them."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from reldash.demo.apps import deployment_json
from reldash.demo.delivery_labels import LINKS
from reldash.demo.fleet_state import FleetState, build_fleet_state
from reldash.demo.workload import Kind, Workload
from reldash.domain.fleet.rules import LinkRules
from reldash.domain.links.place_links import Link, links_of
from reldash.domain.links.web_addresses import check_template
from reldash.domain.workloads.observations import ContainerRole, WorkloadKind
from tests.unit.place_builders import place

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULES = LinkRules(**LINKS)  # type: ignore[arg-type]  # what the fleet file says


@pytest.fixture(scope="module")
def fleet_state() -> FleetState:
    return build_fleet_state(7, NOW)


def marks_of(workload: Workload) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return labels and annotations of a Deployment and its pod template."""
    item = deployment_json(workload)
    both = item["spec"]["template"]["metadata"], item["metadata"]
    labels, annotations = (
        {name: value for meta in both for name, value in meta.get(part, {}).items()}
        for part in ("labels", "annotations")
    )
    return labels, annotations


def links(fleet_state: FleetState, cluster: str, name: str) -> dict[str, Link]:
    """Return a workload's links by term."""
    workload = fleet_state.find(cluster, name)
    labels, annotations = marks_of(workload)
    at = place(
        workload.wanted.image,
        cluster=cluster,
        namespace=workload.namespace,
        kind=WorkloadKind(workload.kind),
        workload=name,
        container=workload.container,
        role=ContainerRole.MAIN,
        version=workload.wanted.version,
        digests=(workload.wanted.image_id,),
        labels=labels,
        annotations=annotations,
    )
    return {link.term: link for link in links_of(at, name, RULES)}


def test_every_link_template_is_valid_in_the_fleet_file() -> None:
    templates = [value for value in LINKS.values() if isinstance(value, str)]
    more = LINKS["more"]
    assert isinstance(more, dict)
    for template in (*templates, *more.values()):
        assert check_template(template) == template


def test_workloads_of_argo_cd_link_to_their_application(fleet_state: FleetState) -> None:
    found = links(fleet_state, "platform-prod-eu", "ledger")
    address = "https://argocd.example.com/applications/argocd/ledger-eu"
    assert found["Argo CD"] == Link("Argo CD", "ledger-eu", address)
    assert "Helm release" not in found
    assert found["Source"].url == "https://git.example.com/payments/ledger"
    assert found["Commit"].url == (
        "https://git.example.com/payments/ledger/commit/"
        f"{fleet_state.find('platform-prod-eu', 'ledger').wanted.commit}"
    )
    assert found["Image in"].text == "ECR eu-west-1"


def test_workloads_of_flux_link_to_their_release(fleet_state: FleetState) -> None:
    found = links(fleet_state, "platform-stg", "push-sender")
    address = "https://flux.example.com/resource/HelmRelease/messaging/push-sender"
    assert found["Flux"].url == address
    assert found["Helm release"].text == "messaging/push-sender, chart push-sender-0.14.2"


def test_a_commit_version_links_to_the_commit(fleet_state: FleetState) -> None:
    workload = fleet_state.find("platform-stg", "search-api")
    labels, annotations = marks_of(workload)
    tag = workload.wanted.image.rpartition(":")[2]
    at = place(workload.wanted.image, version=tag, labels=labels, annotations=annotations)
    found = {link.term: link for link in links_of(at, "search-api", RULES)}
    assert found["Commit"].url == f"https://git.example.com/search/search-api/commit/{tag}"
    assert found["Flux"].text == "Kustomization flux-system/search"


def test_each_application_name_is_unique(fleet_state: FleetState) -> None:
    told = Counter(
        workload.annotations["argocd.argoproj.io/tracking-id"].partition(":")[0]
        for state in fleet_state.clusters.values()
        for workload in state.workloads.values()
        if workload.kind is not Kind.ROLLOUT
        and "argocd.argoproj.io/tracking-id" in workload.annotations
    )
    assert set(told.values()) == {1}


def test_the_commit_annotation_matches_the_running_build(fleet_state: FleetState) -> None:
    workload = fleet_state.find("platform-dev", "cart")
    assert len({template.commit for template in workload.templates}) == len(workload.templates)
    assert all(len(template.commit) == 40 for template in workload.templates)
