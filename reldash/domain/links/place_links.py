"""The links of a place: to its image, its delivery tools, its source and commit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.fleet.rules import LinkRules
from reldash.domain.images.references import Image, ImageError, parse_image, parse_image_id
from reldash.domain.links.delivery_tools import Delivery, Owner, delivery_of
from reldash.domain.links.registry_consoles import console_of
from reldash.domain.links.web_addresses import fill, source_address, web_address

# By a word in a forge's host: the most path segments of a project (GitLab has nested groups), and
# the path between project and commit.
_FORGES = {"github": (2, "commit"), "gitlab": (20, "-/commit"), "bitbucket": (2, "commits")}


@dataclass(frozen=True, slots=True)
class Link:
    """A fact about a place, with the address of a page on it if one is known.

    Attributes:
        term: its label, such as "Argo CD" or "Source".
        text: its value, such as the application's name.
        url: http or https; None if no address is known.
    """

    term: str
    text: str
    url: str | None


def links_of(place: PlaceDetails, service: str, rules: LinkRules) -> list[Link]:
    """The links of a place, in the order in which they are shown; see `links` in docs/fleet.md.

    Args:
        place: the place.
        service: the name of its row.
        rules: the fleet's templates.
    """
    delivery = delivery_of(place)
    image = _image_of(place)
    values = _values_of(place, service, image, delivery)
    return [
        *_link_of_image(place, image, rules, values),
        *_links_of_tools(delivery, rules, values),
        *_links_of_source(delivery, rules, values),
        *(
            Link("More", name, url)
            for name, template in rules.more.items()
            if (url := fill(template, values))
        ),
    ]


def part_shared(found: Sequence[Sequence[Link]]) -> tuple[list[Link], list[list[Link]]]:
    """Split links into those that all places share and the remaining ones of each place."""
    shared = [link for link in found[0] if all(link in other for other in found)] if found else []
    return shared, [[link for link in own if link not in shared] for own in found]


def _image_of(place: PlaceDetails) -> Image | None:
    try:
        return parse_image(place.image)
    except ImageError:
        return None


def _digest_of(place: PlaceDetails, image: Image) -> str:
    """The requested digest, or the one that all pods run of the same repository; else ""."""
    if image.digest is not None:
        return image.digest
    known = [parse_image_id(text) for text in place.digests]
    if len(known) == 1 and known[0] is not None and known[0].repository == image.name:
        return known[0].value
    return ""


def _values_of(
    place: PlaceDetails, service: str, image: Image | None, delivery: Delivery
) -> dict[str, str]:
    """The values of `web_addresses.PLACEHOLDERS`; "" or left out if they are not known."""
    application = delivery.argocd
    flux = next(iter(delivery.flux), None)
    helm = delivery.helm
    values = {
        "cluster": place.cluster,
        "environment": place.environment,
        "namespace": place.namespace,
        "customer": place.customer or "",
        "kind": str(place.kind),
        "workload": place.workload,
        "container": place.container,
        "service": service,
        "version": place.version,
        "commit": delivery.commit,
    }
    if image is not None:
        values |= {"registry": image.registry, "repository": image.repository}
        values |= {"tag": image.tag or "", "digest": _digest_of(place, image)}
    if application is not None:
        # An application without a namespace is in Argo CD's own.
        values["application"] = application.name
        values["application_namespace"] = application.namespace or "argocd"
    if flux is not None:
        values |= _flux_values(flux)
    if helm is not None:
        values |= {"release": helm.name, "release_namespace": helm.namespace}
    return values


def _flux_values(owner: Owner) -> dict[str, str]:
    return {
        "flux_kind": owner.kind,
        "flux_name": owner.name,
        "flux_namespace": owner.namespace,
    }


def _link_of_image(
    place: PlaceDetails, image: Image | None, rules: LinkRules, values: dict[str, str]
) -> Iterator[Link]:
    if image is None:
        return
    known = console_of(image, _digest_of(place, image))
    if known is not None:
        yield Link("Image in", known[0], web_address(known[1]))
    elif url := fill(rules.registry, values):
        yield Link("Image in", image.registry, url)


def _links_of_tools(delivery: Delivery, rules: LinkRules, values: dict[str, str]) -> Iterator[Link]:
    if delivery.argocd is not None:
        yield Link("Argo CD", str(delivery.argocd), fill(rules.argocd, values))
    for owner in delivery.flux:
        url = fill(rules.flux, values | _flux_values(owner))
        yield Link("Flux", f"{owner.kind} {owner}", url)
    if delivery.helm is not None:
        chart = f", chart {delivery.chart}" if delivery.chart else ""
        yield Link("Helm release", f"{delivery.helm}{chart}", fill(rules.helm, values))


def _links_of_source(
    delivery: Delivery, rules: LinkRules, values: dict[str, str]
) -> Iterator[Link]:
    named = source_address(delivery.source)
    url = named or fill(rules.source, values)
    text = url.partition("://")[2] if url else delivery.source
    if text:
        yield Link("Source", text, url)
    if delivery.commit:
        page = fill(rules.commit, values) or _commit_page(named, delivery.commit)
        yield Link("Commit", delivery.commit, page)


def _commit_page(source: str | None, commit: str) -> str | None:
    """The page of a commit on GitHub, GitLab or Bitbucket; None for other hosts."""
    parts = urlsplit(source or "")
    project = parts.path.partition("/-/")[0].strip("/").split("/")  # not a folder in it
    for word, (steps, page) in _FORGES.items():
        if word in parts.netloc and len(project) > 1:
            base = f"{parts.scheme}://{parts.netloc}/{'/'.join(project[:steps])}"
            return fill(f"{base}/{page}/{{commit}}", {"commit": commit})
    return None
