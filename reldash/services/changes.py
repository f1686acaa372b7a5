"""What changed last: one interval of a container following another."""

from collections.abc import Iterable, Sequence

import pandas as pd

from reldash.domain.fleet import FleetRules
from reldash.domain.images import parse_image_id, short_digest
from reldash.domain.model import ContainerKey, ContainerRole, Rollout
from reldash.domain.running import build_of
from reldash.domain.tables import times

# A change is two intervals of one container, and the earlier one may lie far back in the list.
CHANGES_LOADED = 2000

COLUMNS = [
    "at",
    "environment",
    "cluster",
    "namespace",
    "workload",
    "container",
    "from",
    "to",
    "source",
]


def changes_frame(rollouts: Sequence[Rollout], rules: FleetRules, limit: int) -> pd.DataFrame:
    """The last changes of main containers, the newest first.

    Args:
        rollouts: the newest first, as the store gives them.
        rules: the fleet's, for the environments.
        limit: how many rows at most.

    Returns:
        A row a change: at (aware UTC), environment, cluster, namespace, workload, container,
        from and to (versions; text), source ("observed" or "revision": approximate).

    An interval without an earlier one is no change: it is what was found when the cluster was
    first read, or a workload that has just come.
    """
    clusters = {cluster.name: cluster for cluster in rules.clusters}
    rows = []
    for rollout, before in _pairs(rollouts):
        key = rollout.key
        cluster = clusters.get(key.cluster)
        rows.append(
            (
                rollout.started_at,
                (cluster.environment_of(key.namespace) if cluster else None) or "",
                key.cluster,
                key.namespace,
                key.workload,
                key.container,
                *versions_between(before, rollout),
                str(rollout.source),
            )
        )
        if len(rows) == limit:
            break
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["at"] = times(frame["at"].tolist())
    return frame


def _pairs(rollouts: Iterable[Rollout]) -> Iterable[tuple[Rollout, Rollout]]:
    """Each interval with the one before it, the newest first, main containers only."""
    main = [r for r in rollouts if r.key.role is ContainerRole.MAIN]
    later: dict[ContainerKey, int] = {}
    before: dict[int, Rollout] = {}
    for index, rollout in enumerate(main):
        if rollout.key in later:
            before[later[rollout.key]] = rollout
        later[rollout.key] = index
    return ((rollout, before[i]) for i, rollout in enumerate(main) if i in before)


def versions_between(before: Rollout, after: Rollout) -> tuple[str, str]:
    """Both versions; where they have the same text, with the digests that tell them apart."""
    versions = version_of(before), version_of(after)
    digests = _digest(before), _digest(after)
    if versions[0] == versions[1] and all(digests) and digests[0] != digests[1]:
        return f"{versions[0]} {digests[0]}", f"{versions[1]} {digests[1]}"
    return versions


def version_of(rollout: Rollout) -> str:
    """The version of what a rollout brought."""
    return build_of(rollout.image, _only(rollout.digests)).version


def _digest(rollout: Rollout) -> str:
    found = parse_image_id(_only(rollout.digests))
    return f"@{short_digest(found.value)}" if found else ""


def _only(digests: Sequence[str]) -> str:
    return digests[0] if len(digests) == 1 else ""
