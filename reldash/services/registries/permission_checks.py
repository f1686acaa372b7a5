"""The rows of `check` for registries: each permission tried with a real request."""

import time
from collections.abc import Callable
from typing import Final

from reldash.collectors.aws.ecr import ImageQuery, get_children, get_findings, get_image_facts
from reldash.collectors.aws.ecr_identities import get_ecr_client
from reldash.collectors.aws.errors import NotInEcrError
from reldash.collectors.http.errors import ReadError
from reldash.config import Fleet
from reldash.domain.images.ecr_names import EcrRegistry
from reldash.services.context import Context
from reldash.services.registries.due import EcrImages, transform_running
from reldash.services.registries.identities import identities_of

Row = tuple[str, str, bool, str, str]  # what, step, ok, found, remedy

SECONDS: Final = 20.0  # for one registry
# No image has this digest, so that a request for it is not a pull.
ABSENT_DIGEST: Final = f"sha256:{0:064x}"


def check_registries(context: Context, fleet: Fleet) -> list[Row]:
    """Try each ECR registry that running images are known to come from, with one of its images.

    Raises:
        StoreError: the database cannot be reached.
    """
    if not context.written.registry.enabled:
        return []
    names = [entry.cluster.name for entry in fleet.entries]
    running = transform_running(context.store.registries.load_running(names))
    if not running.clusters:
        return [("registries", "images", True, "no running image from ECR is known yet", "")]
    found = []
    for registry in sorted(running.clusters, key=lambda each: each.host):
        found += _rows_of(registry, fleet, running)
    return found


def _rows_of(registry: EcrRegistry, fleet: Fleet, running: EcrImages) -> list[Row]:
    """A row for each permission, tried on a repository with running images."""
    deadline = time.monotonic() + SECONDS
    identities, registries = identities_of(fleet, running), get_ecr_client()
    wanted = _one_of(registry, running)
    answer = get_image_facts([wanted], identities, registries, deadline)
    failed = next((read for read in answer.reads if read.title), None)
    if failed is not None:
        error = f"{failed.title}: {failed.message}"
        return [(registry.host, "images", False, error, failed.remedy)]

    def attempt(step: str, request: Callable[[], object]) -> Row:
        try:
            request()
        except NotInEcrError:
            pass  # permitted; there is just no data
        except ReadError as error:
            return registry.host, step, False, f"{error.title}: {error.message}", error.remedy
        return registry.host, step, True, f"{wanted.repository} read", ""

    digest = next(iter(wanted.digests), ABSENT_DIGEST)
    how = identities, registries, deadline
    return [
        (registry.host, "images", True, f"{wanted.repository} read", ""),
        attempt("findings", lambda: get_findings(registry, wanted.repository, digest, *how)),
        attempt(
            "platforms", lambda: get_children(registry, wanted.repository, [ABSENT_DIGEST], *how)
        ),
    ]


def _one_of(registry: EcrRegistry, running: EcrImages) -> ImageQuery:
    """An image of the registry's first repository with a running image."""
    repositories = [each for each in running.repositories if each[0] == registry]
    place = next((each for each in repositories if each in running.digests), repositories[0])
    digests, tags = running.digests.get(place, ()), running.tags.get(place, ())
    if digests:
        return ImageQuery(registry, place[1], frozenset([min(digests)]), frozenset())
    return ImageQuery(registry, place[1], frozenset(), frozenset([min(tags)]))
