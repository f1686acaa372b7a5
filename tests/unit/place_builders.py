"""Builders of the details of a place, and templates of its links."""

from dataclasses import replace

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.fleet.rules import LinkRules
from reldash.domain.workloads.observations import ContainerRole, WorkloadKind
from tests.unit.builders import READ_AT, days_ago, digest

API = digest("api")
TRACKING = "argocd.argoproj.io/tracking-id"
SOURCE, COMMIT = "org.opencontainers.image.source", "org.opencontainers.image.revision"
RULES = LinkRules(
    argocd="https://argocd.example.com/applications/{application_namespace}/{application}",
    flux="https://flux.example.com/resource/{flux_kind}/{flux_namespace}/{flux_name}",
    helm="https://helm.example.com/{cluster}/{release_namespace}/{release}",
    registry="https://harbor.example.com/{repository}?tag={tag}&digest={digest}",
    source="https://git.example.com/{repository}",
    commit="https://git.example.com/{repository}/commit/{commit}",
    more={"Logs": "https://logs.example.com/{cluster}/{namespace}/{kind}/{workload}/{container}"},
)


def place(image: str = "registry.example.com/shop/api:1.4.2", **fields: object) -> PlaceDetails:
    """A Deployment `api` in namespace `shop`; any field can be passed by name."""
    made = PlaceDetails(
        cluster="prod-eu",
        environment="prod",
        namespace="shop",
        customer=None,
        kind=WorkloadKind.DEPLOYMENT,
        workload="api",
        container="main",
        role=ContainerRole.MAIN,
        image=image,
        version="1.4.2",
        running=(image,),
        digests=(f"{image.rpartition(':')[0]}@{API}",),
        ready=2,
        wanted=2,
        status="complete",
        since=days_ago(3),
        since_approximate=False,
        observed_at=READ_AT,
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # its own fields
