"""Makes observations: one per container of a workload's pod template."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from reldash.collectors.objects import MAX_TEXT
from reldash.collectors.pods import PodGroup, Tally, containers_of
from reldash.collectors.wire import Meta, Template
from reldash.domain.model import ContainerRole, Observation, Running, WorkloadKind

DEFAULT_CONTAINER: Final = "kubectl.kubernetes.io/default-container"
_KEPT: Final = frozenset({"argocd.argoproj.io/tracking-id"})
_KEPT_PREFIX: Final = "meta.helm.sh/"


def observe(
    cluster: str,
    observed_at: datetime,
    kind: WorkloadKind,
    meta: Meta,
    template: Template,
    *,
    groups: Sequence[PodGroup] | None,
    revision: str | None = None,
    annotations: Mapping[str, str] | None = None,
    **values: Any,
) -> list[Observation]:
    """Observations of all containers of one workload, in the order of its template.

    Args:
        cluster: its name.
        observed_at: when the read of the cluster began.
        kind: of the workload.
        meta: of the workload.
        template: its pod template; labels of the workload win over its labels.
        groups: the workload's pods; None where they were not read.
        revision: what the controller is moving to; None where that is not known.
        annotations: kept besides those of the workload that the dashboard reads.
        values: the fields of Observation that are alike for all containers.
    """
    labels = {**_labels_of(template), **(meta.labels or {})}
    kept = {**_kept(meta.annotations), **(annotations or {})}
    default = (template.metadata.annotations or {} if template.metadata else {}).get(
        DEFAULT_CONTAINER
    )
    positions: dict[bool, int] = {}
    observations = []
    for container, role in containers_of(template.spec):
        main = role is ContainerRole.MAIN
        position = positions[main] = positions.get(main, -1) + 1
        observations.append(
            Observation(
                cluster=cluster,
                namespace=meta.namespace,
                kind=kind,
                workload=meta.name,
                container=container.name,
                role=role,
                uid=meta.uid,
                image=container.image,
                observed_at=observed_at,
                created_at=meta.creation_timestamp.astimezone(UTC),
                labels=labels,
                annotations=kept,
                default_container=default if _is_fit(default or "") else None,
                position=position,
                revision=revision,
                running=None
                if groups is None
                else _running(groups, container.name, role, revision),
                **values,
            )
        )
    return observations


def _running(
    groups: Iterable[PodGroup], container: str, role: ContainerRole, revision: str | None
) -> tuple[Running, ...]:
    """What the pods run for one container: of the current revision first, then the most pods."""
    found: dict[tuple[str, str, str | None], Tally] = {}
    for group in groups:
        for (name, its_role, image, image_id), tally in group.images.items():
            if name == container and its_role is role:
                total = found.setdefault((image, image_id, group.revision), Tally())
                total.pods += tally.pods
                total.ready += tally.ready
                total.waiting |= tally.waiting
    running = [
        Running(
            image=image,
            image_id=image_id,
            revision=its_revision,
            current=None if revision is None else its_revision == revision,
            pods=tally.pods,
            ready=tally.ready,
            waiting=tuple(sorted(tally.waiting)),
        )
        for (image, image_id, its_revision), tally in found.items()
    ]
    running.sort(key=lambda r: (not r.current, -r.pods, r.image, r.image_id, r.revision or ""))
    return tuple(running)


def _labels_of(template: Template) -> Mapping[str, str]:
    labels = template.metadata.labels if template.metadata is not None else None
    return labels or {}


def _kept(annotations: Mapping[str, str] | None) -> dict[str, str]:
    return {
        key: value
        for key, value in (annotations or {}).items()
        if (key in _KEPT or key.startswith(_KEPT_PREFIX)) and _is_fit(key) and _is_fit(value)
    }


def _is_fit(text: str) -> bool:
    return len(text) <= MAX_TEXT and text.isprintable()
