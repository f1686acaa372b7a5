"""What a place links to: its image, the tools that brought it there, its source and commit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.fleet.rules import LinkRules
from reldash.domain.images.references import Image, ImageError, parse_image, parse_image_id
from reldash.domain.links.delivery_tools import Delivery, Owner, delivery_of
from reldash.domain.links.registry_consoles import console_of
from reldash.domain.links.web_addresses import fill, source_address, web_address

# By a word in a forge's host: how many steps of a path name a project (GitLab has groups in
# groups), and what stands between it and a commit.
_FORGES = {"github": (2, "commit"), "gitlab": (20, "-/commit"), "bitbucket": (2, "commits")}


@dataclass(frozen=True, slots=True)
class Link:
    """A fact about a place, with an address to look further if one is known.

    Attributes:
        term: what it is: "Argo CD", "Source".
        text: what stands there, such as the application's name.
        url: http or https; None where nothing says where that is.
    """

    term: str
    text: str
    url: str | None


def links_of(place: PlaceDetails, service: str, rules: LinkRules) -> list[Link]:
    """What is known of a place, in the order people look; see `links` in docs/fleet.md.

    Args:
        place: as the cell has it.
        service: its row.
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
    """The links that all places share, and what is left to each of them."""
    shared = [link for link in found[0] if all(link in other for other in found)] if found else []
    return shared, [[link for link in own if link not in shared] for own in found]


def _image_of(place: PlaceDetails) -> Image | None:
    try:
        return parse_image(place.image)
    except ImageError:
        return None


def _digest_of(place: PlaceDetails, image: Image) -> str:
    """What is asked for, or what runs where all pods agree; "" unless that registry knows it."""
    if image.digest is not None:
        return image.digest
    known = [parse_image_id(text) for text in place.digests]
    if len(known) == 1 and known[0] is not None and known[0].repository == image.name:
        return known[0].value
    return ""


def _values_of(
    place: PlaceDetails, service: str, image: Image | None, delivery: Delivery
) -> dict[str, str]:
    """What placeholders stand for (`web.PLACEHOLDERS`); "" or left out where it is not known."""
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
        # An application that is called by its name alone is in Argo CD's own namespace.
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
    told = source_address(delivery.source)
    url = told or fill(rules.source, values)
    text = url.partition("://")[2] if url else delivery.source
    if text:
        yield Link("Source", text, url)
    if delivery.commit:
        page = fill(rules.commit, values) or _commit_page(told, delivery.commit)
        yield Link("Commit", delivery.commit, page)


def _commit_page(source: str | None, commit: str) -> str | None:
    """The page of a commit in a forge whose addresses are known."""
    parts = urlsplit(source or "")
    project = parts.path.partition("/-/")[0].strip("/").split("/")  # not a folder in it
    for word, (steps, page) in _FORGES.items():
        if word in parts.netloc and len(project) > 1:
            base = f"{parts.scheme}://{parts.netloc}/{'/'.join(project[:steps])}"
            return fill(f"{base}/{page}/{{commit}}", {"commit": commit})
    return None
