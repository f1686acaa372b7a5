"""The primary container of each workload, and which containers are sidecars."""

from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from reldash.domain.grouping.known_sidecars import KNOWN_SIDECARS
from reldash.domain.grouping.service_names import component_name
from reldash.domain.images.references import ImageError, parse_image
from reldash.domain.workloads.observations import ContainerRole, Observation


def is_sidecar(observation: Observation, patterns: tuple[str, ...]) -> bool:
    """Whether a container is a sidecar or init container: by its role, or by configured pattern.

    A pattern is matched with the container's name; one with a `/` with its image, with and
    without tag and digest (`*/envoy` matches `docker.io/envoyproxy/envoy:v1.30`).
    """
    return observation.role is not ContainerRole.MAIN or _matches_any(
        observation.container, observation.image, patterns
    )


def primary_containers(
    workloads: Sequence[tuple[str, Sequence[Observation]]], sidecars: tuple[str, ...]
) -> list[Observation | None]:
    """The primary container of each workload of one service, in the order given.

    A workload's own choice is the container that its annotation names; else the one whose name, or
    the last part of whose repository, is that of the service, the workload or the component; else
    the first that is no known sidecar. A workload of nothing but sidecars (a gateway) is a service
    by its main containers. If only the position decided, the
    repository that most workloads of the service chose counts, so that containers in another
    order change nothing.

    Args:
        workloads: for each workload the name of its service, and all its containers.
        sidecars: patterns, see `is_sidecar`.

    Returns:
        For each workload one of its containers; None if it has no main container.
    """
    candidates = [_candidates(containers, sidecars) for _, containers in workloads]
    sure = [
        _by_annotation(containers) or _by_name(service, own)
        for (service, containers), own in zip(workloads, candidates, strict=True)
    ]
    # A choice by annotation or name outweighs any number of choices by position.
    choices = [_without_known_sidecars(own) for own in candidates]
    votes: Counter[str] = Counter()
    for named, own in zip(sure, choices, strict=True):
        if own:
            votes[repository_end((named or own[0]).image)] += len(workloads) + 1 if named else 1
    return [
        named or max(own, key=lambda o: _standing(o, votes), default=None)
        for named, own in zip(sure, choices, strict=True)
    ]


def repository_end(image: str) -> str:
    """The last part of an image's repository, which copies in other registries keep.

    See `references.same_repository`.
    """
    return repository_path(image)[-1]


@lru_cache(maxsize=65536)
def repository_path(image: str) -> tuple[str, ...]:
    """The parts of an image's repository without its registry: ("library", "redis").

    A reference that cannot be parsed is its own repository.
    """
    try:
        return tuple(parse_image(image).repository.split("/"))
    except ImageError:
        return (image,)


@lru_cache(maxsize=65536)
def registry_name(image: str) -> str:
    """The registry that an image is pulled from; "" if the reference cannot be parsed."""
    try:
        return parse_image(image).registry
    except ImageError:
        return ""


def _candidates(containers: Sequence[Observation], sidecars: tuple[str, ...]) -> list[Observation]:
    """The containers that may be primary, in the order of the pod template."""
    main = sorted((o for o in containers if o.role is ContainerRole.MAIN), key=lambda o: o.position)
    return [o for o in main if not is_sidecar(o, sidecars)] or main


def _by_annotation(containers: Sequence[Observation]) -> Observation | None:
    return next(
        (
            o
            for o in containers
            if o.role is ContainerRole.MAIN and o.container == o.default_container
        ),
        None,
    )


def _without_known_sidecars(candidates: Sequence[Observation]) -> Sequence[Observation]:
    """The candidates that are no known sidecar; all of them if every one is."""
    return [o for o in candidates if not is_sidecar(o, KNOWN_SIDECARS)] or candidates


def _by_name(service: str, candidates: Sequence[Observation]) -> Observation | None:
    """The candidate named like the service, else like the workload, else like the component."""
    if not candidates:
        return None
    names = (service, candidates[0].workload, component_name(candidates[0]))
    for name in filter(None, names):
        for name_of in (_container_name, _repository_name):
            for observation in candidates:
                if name_of(observation) == name:
                    return observation
    return None


def _container_name(observation: Observation) -> str:
    return observation.container


def _repository_name(observation: Observation) -> str:
    return repository_end(observation.image)


def _standing(observation: Observation, votes: Counter[str]) -> tuple[int, str, str]:
    """The sort key that decides between a workload's containers; never their position."""
    end = repository_end(observation.image)
    return votes[end], end, observation.container


@lru_cache(maxsize=65536)
def _matches_any(container: str, image: str, patterns: tuple[str, ...]) -> bool:
    bare = _without_version(image)
    for pattern in patterns:
        texts = (bare, image) if "/" in pattern else (container,)
        if any(fnmatchcase(text, pattern) for text in texts):
            return True
    return False


def _without_version(image: str) -> str:
    try:
        return parse_image(image).name
    except ImageError:
        return image
