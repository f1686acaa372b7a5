"""Observations of one workload: one for each container of its pod template."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reldash.collectors.kubernetes.object_checks import MAX_TEXT
from reldash.collectors.kubernetes.pod_counts import PodGroup, containers_of, image_of
from reldash.collectors.kubernetes.wire.common import (
    NO_ANNOTATIONS,
    Annotations,
    ObjectMeta,
    PodTemplate,
)
from reldash.domain.workloads.observations import ContainerRole, Observation, Running, WorkloadKind


def transform_containers(
    cluster: str,
    observed_at: datetime,
    kind: WorkloadKind,
    meta: ObjectMeta,
    template: PodTemplate,
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
        template: its pod template; labels of the workload win over its labels. Where the image of
            a container is blank, that of its pods is taken, and "" without any.
        groups: the workload's pods; None if they were not read.
        revision: the one that the controller is rolling out to; None if unknown.
        annotations: kept besides those that the dashboard reads.
        values: fields of Observation that all containers share.
    """
    labels = {**_labels_of(template), **(meta.labels or {})}
    kept = {**_kept_annotations(meta.notes(), _annotations_of(template)), **(annotations or {})}
    default = _default_container(template)
    running = None if groups is None else _running(groups, revision)
    created_at = meta.creation_timestamp.astimezone(UTC)
    positions: dict[bool, int] = {}
    observations = []
    for container, role in containers_of(template.spec):
        main = role is ContainerRole.MAIN
        runs = None if running is None else running.get((container.name, role), ())
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
                image=image_of(container) or _filled_in(runs),
                observed_at=observed_at,
                created_at=created_at,
                labels=labels,
                annotations=kept,
                default_container=default,
                position=position,
                revision=revision,
                running=runs,
                **values,
            )
        )
    return observations


def _running(
    groups: Iterable[PodGroup], revision: str | None
) -> dict[tuple[str, ContainerRole], tuple[Running, ...]]:
    """Running images by container, those of the current revision first, then by pod count."""
    found: dict[tuple[str, ContainerRole], list[Running]] = {}
    for group in groups:
        current = None if revision is None else group.revision == revision
        for (container, role, image, image_id), count in group.images.items():
            running = Running(
                image=image,
                image_id=image_id,
                revision=group.revision,
                current=current,
                pods=count.pods,
                ready=count.ready,
                waiting=tuple(sorted(count.waiting)) if count.waiting else (),
            )
            found.setdefault((container, role), []).append(running)
    return {
        key: tuple(sorted(each, key=_by_weight) if len(each) > 1 else each)
        for key, each in found.items()
    }


def _filled_in(runs: Sequence[Running] | None) -> str:
    """What the pods run where the template's image is blank; "" if that is not known."""
    return next((run.image for run in runs or () if run.current is not False and run.image), "")


def _by_weight(running: Running) -> tuple[bool, int, str, str, str]:
    return (
        not running.current,
        -running.pods,
        running.image,
        running.image_id,
        running.revision or "",
    )


def _labels_of(template: PodTemplate) -> Mapping[str, str]:
    labels = template.metadata.labels if template.metadata is not None else None
    return labels or {}


def _annotations_of(template: PodTemplate) -> Annotations:
    meta = template.metadata
    return (meta and meta.annotations) or NO_ANNOTATIONS


def _kept_annotations(own: Annotations, template: Annotations) -> dict[str, str]:
    """The annotations kept with an observation.

    Source and commit are taken from the pod template, which changes with each rollout, else from
    the workload.
    """
    kept = {
        "argocd.argoproj.io/tracking-id": own.tracking_id,
        "meta.helm.sh/release-name": own.release_name,
        "meta.helm.sh/release-namespace": own.release_namespace,
        "org.opencontainers.image.source": template.source or own.source,
        "org.opencontainers.image.revision": template.commit or own.commit,
    }
    return {key: value for key, value in kept.items() if value is not None and _is_fit(value)}


def _default_container(template: PodTemplate) -> str | None:
    name = _annotations_of(template).default_container
    return name if name is not None and _is_fit(name) else None


def _is_fit(text: str) -> bool:
    return len(text) <= MAX_TEXT and text.isprintable()
