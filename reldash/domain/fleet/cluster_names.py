"""Short names of clusters, for text in which a cell has little room."""

from collections.abc import Iterable


def short_names(clusters: Iterable[str]) -> dict[str, str]:
    """The clusters' names without the words that all of them begin with.

    Of `platform-prod-eu` and `platform-stg`, `prod-eu` and `stg`. A word ends at a hyphen, and
    the last one always stays.
    """
    words = {name: name.split("-") for name in clusters}
    if len(words) < 2:
        return {name: name for name in words}
    common = 0
    for parts in zip(*(own[:-1] for own in words.values()), strict=False):
        if len(set(parts)) > 1:
            break
        common += 1
    return {name: "-".join(own[common:]) for name, own in words.items()}
