"""The page of an image in the web console of its registry."""

from typing import Final
from urllib.parse import quote

from reldash.domain.images.ecr_names import parse_ecr
from reldash.domain.images.references import DEFAULT_REGISTRY, OFFICIAL_REPOSITORIES, Image

# The console of each AWS partition, by the prefix of its region names.
_CONSOLES: Final = {
    "cn-": "console.amazonaws.cn",
    "us-gov-": "console.amazonaws-us-gov.com",
    "eusc-": "console.amazonaws-eusc.eu",
}
_CONSOLE: Final = "console.aws.amazon.com"

# Registries that redirect a browser from a repository's address to its page.
_REDIRECTING: Final = ("ghcr.io", "gcr.io")
_REDIRECTING_SUFFIXES: Final = (".gcr.io", "-docker.pkg.dev")


def console_of(image: Image, digest: str) -> tuple[str, str] | None:
    """The name of a registry's web console, and the address of an image in it.

    Args:
        image: the requested image.
        digest: the running digest as its registry knows it; "" if it is not known.

    Returns:
        None for a registry without a known console.
    """
    repository = quote(image.repository, safe="/")
    tag = quote(image.tag or "", safe="")
    ecr = parse_ecr(image.registry)
    if ecr is not None:
        hosts = (host for start, host in _CONSOLES.items() if ecr.region.startswith(start))
        host = f"{ecr.region}.{next(hosts, _CONSOLE)}"
        base = f"https://{host}/ecr/repositories/private/{ecr.account}"
        page = f"/_/image/{quote(digest, safe=':')}/details" if digest else ""
        return f"ECR {ecr.region}", f"{base}/{repository}{page}?region={ecr.region}"
    if image.registry == DEFAULT_REGISTRY:
        official, _, name = repository.partition("/")
        path = f"_/{name}" if official == OFFICIAL_REPOSITORIES else f"r/{repository}"
        query = f"?name={tag}" if tag else ""
        return "Docker Hub", f"https://hub.docker.com/{path}/tags{query}"
    if image.registry == "public.ecr.aws":
        return "ECR Public", f"https://gallery.ecr.aws/{repository}"
    if image.registry == "quay.io":
        query = f"?tab=tags&tag={tag}" if tag else ""
        return "Quay", f"https://quay.io/repository/{repository}{query}"
    if image.registry in _REDIRECTING or image.registry.endswith(_REDIRECTING_SUFFIXES):
        return image.registry, f"https://{image.registry}/{repository}"
    return None
