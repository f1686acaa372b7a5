"""Labels and annotations that delivery tools (Argo CD, Flux, Helm) leave on workloads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reldash.demo.catalogue import LabelStyle, Service
from reldash.demo.topology import Location
from reldash.demo.workload import Kind

ARGO_CD: Final = {"payments", "checkout", "identity", "risk", "storefront", "workflows"}
FLUX: Final = {"billing", "messaging", "insights", "infra", "integrations", "search"}
# Their pipelines write source and commit beside the image.
WITH_COMMIT: Final = ARGO_CD | {"billing", "solutions"}

_GROUPS: Final = {Kind.CRON_JOB: "batch", Kind.ROLLOUT: "argoproj.io"}
_CHART_VERSION: Final = "0.14.2"

# The fleet file's `links`. The hosts do not exist.
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
class DeliveryLabels:
    """Labels and annotations of a workload, and annotations of its pod template."""

    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    template_annotations: dict[str, str] = field(default_factory=dict)


def delivery_labels(
    service: Service, location: Location, kind: Kind, namespace: str
) -> DeliveryLabels:
    """Build the labels that a team's delivery tool leaves on a workload; none for bare teams.

    Argo CD renders charts itself, so it leaves no Helm release.
    """
    found = DeliveryLabels()
    if service.labels is LabelStyle.BARE:
        return found
    if service.team in ARGO_CD:
        application = f"{service.name}-{location.key.replace('/', '-')}"
        group = _GROUPS.get(kind, "apps")
        tracked = f"{application}:{group}/{kind}:{namespace}/{service.name}"
        found.annotations["argocd.argoproj.io/tracking-id"] = tracked
    elif service.labels is LabelStyle.FULL:
        found.labels["helm.sh/chart"] = f"{service.name}-{_CHART_VERSION}"
        found.annotations["meta.helm.sh/release-name"] = service.name
        found.annotations["meta.helm.sh/release-namespace"] = namespace
        if service.team in FLUX:
            found.labels["helm.toolkit.fluxcd.io/name"] = service.name
            found.labels["helm.toolkit.fluxcd.io/namespace"] = namespace
    elif service.team in FLUX:
        found.labels["kustomize.toolkit.fluxcd.io/name"] = service.team
        found.labels["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system"
    if service.team in WITH_COMMIT:
        source = f"https://git.example.com/{service.image_repository}"
        found.template_annotations["org.opencontainers.image.source"] = source
    return found


def commit_annotation(service: Service, commit: str) -> str:
    """Return the commit for the pod template's annotation; "" if the team does not set it."""
    is_traced = service.team in WITH_COMMIT and service.labels is not LabelStyle.BARE
    return commit if is_traced else ""
