"""Split a name that covers different things.

`name · component`, `name · repository`, and `name · instance` for releases of one chart.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from itertools import combinations

from reldash.domain.grouping.primary_container import registry_name, repository_end, repository_path


def hold_different(found: Iterable[tuple[Hashable, str]]) -> bool:
    """Whether any one place holds different components, or releases, of a name.

    Args:
        found: for each workload its place and the value of its label; "" (not labelled) is a value
            like any other.
    """
    seen: dict[Hashable, str] = {}
    return any(seen.setdefault(place, component) != component for place, component in found)


def repository_names(found: Iterable[tuple[Hashable, str]]) -> Mapping[str, str]:
    """The repository names that distinguish images of one name, if one place holds several.

    Repositories are different if their last parts are; with equal last parts only if both are in
    one registry and neither path ends in the other (`library/redis` and `bitnami/redis`): a copy
    in another registry, or below a mirror's prefix, is the same thing.

    Args:
        found: for each workload its place, and its primary container's image reference.

    Returns:
        For each image as many last parts of its repository as are needed; empty if no place
        holds different ones, so that moving to a mirror from one environment to the next, or
        from one month to the next, makes no new row.
    """
    pairs = set(found)
    images = {image for _, image in pairs}
    if len({repository_path(image) for image in images}) < 2:
        return {}
    places: dict[Hashable, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for place, image in pairs:
        places[place][repository_end(image)].add(image)
    depths: dict[str, int] = {}
    for by_end in places.values():
        for end, members in by_end.items():
            depths[end] = max(depths.get(end, 1), _depth(members))
    if all(len(by_end) == 1 for by_end in places.values()) and max(depths.values(), default=1) == 1:
        return {}
    return {
        image: "/".join(repository_path(image)[-depths[repository_end(image)] :])
        for image in images
    }


def release_name(instance: str, places: Collection[str]) -> str:
    """An instance without the places that it runs in: `orders-dev` and `orders-prod` are `orders`.

    Args:
        instance: the name of the release.
        places: the environment, the cluster and the customer of the workload.
    """
    name = instance
    for place in filter(None, places):
        name = name.removesuffix(f"-{place}").removeprefix(f"{place}-") or name
    return name


def _depth(images: Iterable[str]) -> int:
    """The number of last parts that distinguish images whose very last parts are equal."""
    repositories = {(registry_name(image), repository_path(image)) for image in images}
    return max(
        (
            _common_parts(a, b) + 1
            for (registry, a), (other, b) in combinations(sorted(repositories), 2)
            if registry == other and _common_parts(a, b) < min(len(a), len(b))
        ),
        default=1,
    )


def _common_parts(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """The number of equal parts at the end of two paths."""
    count = 0
    for left, right in zip(reversed(a), reversed(b), strict=False):
        if left != right:
            break
        count += 1
    return count
