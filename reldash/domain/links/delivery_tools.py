"""Argo CD, Flux and Helm: the delivery of a workload, from its labels and annotations.

Argo CD: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ ; Flux:
https://fluxcd.io/flux/components/kustomize/kustomizations/ and .../helm/helmreleases/ ; Helm:
https://helm.sh/docs/chart_best_practices/labels/ ; source and commit by the names that images have
for them: https://specs.opencontainers.org/image-spec/annotations/ .
"""

from dataclasses import dataclass
from typing import Final

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.versions.tag_parts import Kind
from reldash.domain.versions.tag_reading import read_tag

TRACKING_ID: Final = "argocd.argoproj.io/tracking-id"
INSTANCE: Final = "argocd.argoproj.io/instance"
SOURCE: Final = "org.opencontainers.image.source"
COMMIT: Final = "org.opencontainers.image.revision"
_FLUX: Final = {
    "Kustomization": "kustomize.toolkit.fluxcd.io",
    "HelmRelease": "helm.toolkit.fluxcd.io",
}


@dataclass(frozen=True, slots=True)
class Owner:
    """The object of a delivery tool that a workload belongs to.

    Attributes:
        kind: "Application", "Kustomization", "HelmRelease" or "release".
        namespace: "" if it is not known.
    """

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of a workload; None and "" for what its labels and annotations do not name.

    Attributes:
        argocd: the application of Argo CD; flux: the objects of Flux; helm: the release.
        chart: name and version of the Helm chart.
        source: the address of its source as written; commit: the commit it was built from.
    """

    argocd: Owner | None
    flux: tuple[Owner, ...]
    helm: Owner | None
    chart: str
    source: str
    commit: str


def delivery_of(place: PlaceDetails) -> Delivery:
    """The delivery of a place, from its labels and annotations."""
    labels, annotations = place.labels, place.annotations
    release = annotations.get("meta.helm.sh/release-name", "")
    namespace = annotations.get("meta.helm.sh/release-namespace", "")
    return Delivery(
        argocd=_application(place),
        flux=tuple(
            Owner(kind, labels.get(f"{group}/namespace", ""), name)
            for kind, group in _FLUX.items()
            if (name := labels.get(f"{group}/name", ""))
        ),
        helm=Owner("release", namespace, release) if release else None,
        chart=labels.get("helm.sh/chart", ""),
        source=annotations.get(SOURCE, ""),
        commit=annotations.get(COMMIT) or labels.get(COMMIT) or _commit_of_version(place.version),
    )


def _application(place: PlaceDetails) -> Owner | None:
    """The application of Argo CD, by its annotation or else its label.

    The annotation counts only if it names this very workload: a copied one means nothing. An
    application outside Argo CD's own namespace is called "namespace_name".
    """
    application, _, rest = place.annotations.get(TRACKING_ID, "").partition(":")
    if not rest.endswith(f"/{place.kind}:{place.namespace}/{place.workload}"):
        application = place.labels.get(INSTANCE, "")
    namespace, _, name = application.rpartition("_")
    return Owner("Application", namespace, name) if name else None


def _commit_of_version(version: str) -> str:
    reading = read_tag(version)
    is_commit = reading.kind is Kind.COMMIT and len(reading.commits) == 1 and not reading.variant
    return reading.commits[0] if is_commit else ""
