"""Flagger's canaries: the target Deployment beside its primary copy.

Flagger keeps `podinfo-primary`, which serves users, and scales its target `podinfo` up only while
it analyses a new version. So the primary copy is the service, and the target its canary.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reldash.domain.workloads.observations import Candidate, Observation

_Key = tuple[str, str, str, str]  # cluster, namespace, kind, workload
Placed = tuple[str, Observation]


def fold_canary_targets(inside: Sequence[Placed], suffixes: Sequence[str]) -> Iterator[Placed]:
    """All but the targets that have a primary copy; a copy shows its target's pods as its canary.

    Args:
        inside: observations with their environments.
        suffixes: of the names of primary copies (`services.strip_suffixes`).
    """
    copies = {
        (*_key(o)[:3], o.workload.removesuffix(suffix))
        for _, o in inside
        for suffix in suffixes
        if o.workload.endswith(suffix) and o.workload != suffix
    }
    targets = {(_key(o), o.container): o for _, o in inside if _key(o) in copies}
    for environment, observation in inside:
        if _key(observation) in copies:
            continue
        target = next(
            (
                found
                for suffix in suffixes
                if observation.workload.endswith(suffix)
                and (found := _target(observation, suffix, targets)) is not None
            ),
            None,
        )
        yield environment, _with_canary(observation, target)


def _key(observation: Observation) -> _Key:
    return observation.cluster, observation.namespace, observation.kind, observation.workload


def _target(
    copy: Observation, suffix: str, targets: dict[tuple[_Key, str], Observation]
) -> Observation | None:
    return targets.get(((*_key(copy)[:3], copy.workload.removesuffix(suffix)), copy.container))


def _with_canary(copy: Observation, target: Observation | None) -> Observation:
    pods = sum(run.pods for run in (target.running if target is not None else None) or ())
    if target is None or not (pods or target.wanted):
        return copy
    return replace(copy, candidate=Candidate(target.image, "canary", None, pods))
