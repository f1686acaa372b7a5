"""How teams bring their services into clusters, and the marks that this leaves on workloads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reldash.demo.catalogue import Labels, Service
from reldash.demo.sites import Site
from reldash.demo.workload import Kind

ARGO_CD: Final = {"payments", "checkout", "identity", "risk", "storefront", "workflows"}
FLUX: Final = {"billing", "messaging", "insights", "infra", "integrations", "search"}
# Their pipelines write source and commit beside the image.
TRACED: Final = ARGO_CD | {"billing", "solutions"}

_GROUPS: Final = {Kind.CRON_JOB: "batch", Kind.ROLLOUT: "argoproj.io"}
_CHART_VERSION: Final = "0.14.2"

# What the fleet file says of links. These hosts are nobody's.
LINKS: Final[Mapping[str, object]] = {
    "argocd": "https://argocd.example.com/applications/{application_namespace}/{application}",
    "flux": "https://flux.example.com/resource/{flux_kind}/{flux_namespace}/{flux_name}",
    "helm": "https://helm.example.com/{cluster}/{release_namespace}/{release}",
    "commit": "https://git.example.com/{repository}/commit/{commit}",
    "more": {
        "Logs": "https://logs.example.com/explore?cluster={cluster}&namespace={namespace}"
        "&app={workload}"
    },
}


@dataclass(frozen=True, slots=True)
class Marks:
    """Labels and annotations of a workload, and annotations of its pod template."""

    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    of_template: dict[str, str] = field(default_factory=dict)


def marks_of(service: Service, site: Site, kind: Kind, namespace: str) -> Marks:
    """What is left on a service's workload at a site; nothing by teams that write no labels.

    Argo CD renders charts by itself, so that no release of Helm is left behind.
    """
    marks = Marks()
    if service.labels is Labels.BARE:
        return marks
    if service.team in ARGO_CD:
        application = f"{service.name}-{site.key.replace('/', '-')}"
        group = _GROUPS.get(kind, "apps")
        tracked = f"{application}:{group}/{kind}:{namespace}/{service.name}"
        marks.annotations["argocd.argoproj.io/tracking-id"] = tracked
    elif service.labels is Labels.FULL:
        marks.labels["helm.sh/chart"] = f"{service.name}-{_CHART_VERSION}"
        marks.annotations["meta.helm.sh/release-name"] = service.name
        marks.annotations["meta.helm.sh/release-namespace"] = namespace
        if service.team in FLUX:
            marks.labels["helm.toolkit.fluxcd.io/name"] = service.name
            marks.labels["helm.toolkit.fluxcd.io/namespace"] = namespace
    elif service.team in FLUX:
        marks.labels["kustomize.toolkit.fluxcd.io/name"] = service.team
        marks.labels["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system"
    if service.team in TRACED:
        source = f"https://git.example.com/{service.image_repository}"
        marks.of_template["org.opencontainers.image.source"] = source
    return marks


def traced(service: Service, commit: str) -> str:
    """The commit as a build's pod template names it; "" where the team's pipeline does not."""
    is_traced = service.team in TRACED and service.labels is not Labels.BARE
    return commit if is_traced else ""
