"""The links of a place, from its labels, annotations and image."""

import pytest

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.fleet.rules import LinkRules
from reldash.domain.links.place_links import Link, links_of, part_shared
from tests.unit.builders import digest
from tests.unit.place_builders import API, COMMIT, RULES, SOURCE, TRACKING, place

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def linked(term: str, at: PlaceDetails, rules: LinkRules = RULES) -> list[tuple[str, str | None]]:
    """Text and address of what a place links to under one term."""
    return [
        (link.text, link.url) for link in links_of(at, "orders · api", rules) if link.term == term
    ]


@pytest.mark.parametrize(
    ("written", "text", "path"),
    [
        ("api-prod:apps/Deployment:shop/api", "api-prod", "argocd/api-prod"),
        ("team-a_api-prod:apps/Deployment:shop/api", "team-a/api-prod", "team-a/api-prod"),
        ("a..b:apps/Deployment:shop/api", "a..b", "argocd/a..b"),
    ],
)
def test_an_argo_cd_application_is_found_by_its_tracking_id(
    written: str, text: str, path: str
) -> None:
    expected = (text, f"https://argocd.example.com/applications/{path}")
    assert linked("Argo CD", place(annotations={TRACKING: written})) == [expected]


@pytest.mark.parametrize(
    "written", ["", "api-prod", "api-prod:apps/Deployment:shop/other", ":apps/Deployment:shop/api"]
)
def test_a_tracking_id_of_another_object_is_ignored(written: str) -> None:
    assert linked("Argo CD", place(annotations={TRACKING: written})) == []


def test_an_application_is_found_by_its_label_without_an_annotation() -> None:
    labelled = place(labels={"argocd.argoproj.io/instance": "api-prod"})
    address = "https://argocd.example.com/applications/argocd/api-prod"
    assert linked("Argo CD", labelled) == [("api-prod", address)]
    assert linked("Argo CD", labelled, LinkRules()) == [("api-prod", None)]


def test_flux_objects_are_found_by_their_labels() -> None:
    labels = {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        "helm.toolkit.fluxcd.io/name": "api",
        "helm.toolkit.fluxcd.io/namespace": "shop",
    }
    base = "https://flux.example.com/resource"
    assert linked("Flux", place(labels=labels)) == [
        ("Kustomization flux-system/apps", f"{base}/Kustomization/flux-system/apps"),
        ("HelmRelease shop/api", f"{base}/HelmRelease/shop/api"),
    ]


def test_a_helm_release_is_shown_with_its_chart() -> None:
    written = place(
        annotations={"meta.helm.sh/release-name": "api", "meta.helm.sh/release-namespace": "shop"},
        labels={"helm.sh/chart": "api-0.3.1"},
    )
    address = "https://helm.example.com/prod-eu/shop/api"
    assert linked("Helm release", written) == [("shop/api, chart api-0.3.1", address)]


def test_a_link_with_a_missing_value_is_text() -> None:
    written = place(annotations={"meta.helm.sh/release-name": "api"})
    assert linked("Helm release", written) == [("api", None)]


@pytest.mark.parametrize(
    ("image", "name", "address"),
    [
        (
            f"{ECR}/team/api:1.4.2",
            "ECR eu-west-1",
            "https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/123456789012/"
            f"team/api/_/image/{API}/details?region=eu-west-1",
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/api:1.4.2",
            "ECR cn-north-1",
            "https://cn-north-1.console.amazonaws.cn/ecr/repositories/private/123456789012/"
            f"api/_/image/{API}/details?region=cn-north-1",
        ),
        ("docker.io/library/nginx:1", "Docker Hub", "https://hub.docker.com/_/nginx/tags?name=1"),
        (
            "docker.io/envoyproxy/envoy:v1.31.3",
            "Docker Hub",
            "https://hub.docker.com/r/envoyproxy/envoy/tags?name=v1.31.3",
        ),
        ("ghcr.io/acme/api:1", "ghcr.io", "https://ghcr.io/acme/api"),
        ("quay.io/acme/api:1", "Quay", "https://quay.io/repository/acme/api?tab=tags&tag=1"),
        ("public.ecr.aws/acme/api:1", "ECR Public", "https://gallery.ecr.aws/acme/api"),
        (
            "europe-docker.pkg.dev/acme/all/api:1",
            "europe-docker.pkg.dev",
            "https://europe-docker.pkg.dev/acme/all/api",
        ),
        (
            "registry.example.com/shop/api:1.4.2",
            "registry.example.com",
            f"https://harbor.example.com/shop/api?tag=1.4.2&digest={API.replace(':', '%3A')}",
        ),
    ],
)
def test_an_image_is_shown_in_its_registry(image: str, name: str, address: str) -> None:
    assert linked("Image in", place(image)) == [(name, address)]


def test_an_image_whose_pods_disagree_is_shown_by_its_repository() -> None:
    image = f"{ECR}/team/api"
    mixed = place(f"{image}:1", digests=(f"{image}@{API}", f"{image}@{digest('other')}"))
    ((_, address),) = linked("Image in", mixed)
    assert address is not None
    assert address.endswith("/private/123456789012/team/api?region=eu-west-1")


def test_an_image_of_an_unknown_registry_has_no_link_without_a_template() -> None:
    assert linked("Image in", place(), LinkRules()) == []


def test_an_image_that_cannot_be_parsed_has_no_link() -> None:
    assert linked("Image in", place("not an image")) == []


@pytest.mark.parametrize(
    ("source", "commit_page"),
    [
        ("https://github.com/acme/api", "https://github.com/acme/api/commit/4be1c09"),
        ("https://github.com/acme/api/tree/main/x", "https://github.com/acme/api/commit/4be1c09"),
        ("https://gitlab.acme.io/a/b/api", "https://gitlab.acme.io/a/b/api/-/commit/4be1c09"),
        ("https://gitlab.com/a/api/-/tree/x", "https://gitlab.com/a/api/-/commit/4be1c09"),
        ("git@bitbucket.org:acme/api.git", "https://bitbucket.org/acme/api/commits/4be1c09"),
        ("https://github.com/acme", None),
        ("https://git.example.com/acme/api", None),
        ("javascript:alert(1)//github/a/b", None),
    ],
)
def test_a_commit_has_the_page_that_its_forge_gives_it(
    source: str, commit_page: str | None
) -> None:
    written = place(annotations={SOURCE: source, COMMIT: "4be1c09"})
    assert linked("Commit", written, LinkRules()) == [("4be1c09", commit_page)]


def test_a_commit_template_comes_before_the_known_forges() -> None:
    written = place(annotations={SOURCE: "https://github.com/acme/api", COMMIT: "4be1c09"})
    assert linked("Commit", written) == [
        ("4be1c09", "https://git.example.com/shop/api/commit/4be1c09")
    ]


def test_a_commit_may_be_a_label_or_the_version_itself() -> None:
    assert linked("Commit", place(labels={COMMIT: "4be1c09"}))[0][0] == "4be1c09"
    assert linked("Commit", place(version="d07ab51"))[0][0] == "d07ab51"
    assert linked("Commit", place(version="1.4.2")) == []


def test_the_source_annotation_comes_before_the_template() -> None:
    written = place(annotations={SOURCE: "https://github.com/acme/api.git"})
    assert linked("Source", written) == [("github.com/acme/api", "https://github.com/acme/api")]
    assert linked("Source", place()) == [
        ("git.example.com/shop/api", "https://git.example.com/shop/api")
    ]
    assert linked("Source", place(), LinkRules()) == []


def test_a_source_that_is_no_web_address_is_text() -> None:
    written = place(annotations={SOURCE: "javascript:alert(1)"})
    assert linked("Source", written, LinkRules()) == [("javascript:alert(1)", None)]


def test_further_links_have_the_names_that_the_file_gives_them() -> None:
    address = "https://logs.example.com/prod-eu/shop/Deployment/api/main"
    assert linked("More", place()) == [("Logs", address)]
    rules = LinkRules(more={"Row": "https://a.b/{service}", "Bill": "https://a.b/{customer}"})
    assert linked("More", place(), rules) == [("Row", "https://a.b/orders%20%C2%B7%20api")]


def test_links_that_all_places_share_are_split_from_the_rest() -> None:
    same, eu, us = Link("Source", "a", None), Link("More", "eu", None), Link("More", "us", None)
    assert part_shared([[same, eu], [us, same]]) == ([same], [[eu], [us]])
    assert part_shared([]) == ([], [])
