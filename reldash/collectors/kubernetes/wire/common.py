"""JSON fields that several kinds of objects share, as msgspec Structs; other fields are skipped.

Field names and meanings: https://kubernetes.io/docs/reference/kubernetes-api/ . Go omits empty
fields, other writers send null, so every field that may be empty allows both. A number outside
the range of Kubernetes (int32) makes its object invalid. Decoders of these types are made at
import (`resources.py`): msgspec 0.22 crashes when threads first use a type at the same time.
"""

from datetime import datetime
from typing import Annotated

import msgspec

Int = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Generation = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Time = Annotated[datetime, msgspec.Meta(tz=True)]
Texts = dict[str, str]


class Wire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Base of all decoded structs: JSON keys in camelCase, attributes in snake_case.

    `gc=False`, and tuples for lists, because JSON has no cycles: searching 10,000 objects for
    them would take longer than decoding.
    """


class ListMeta(Wire, frozen=True):
    """`metadata` of a list page: the continue token."""

    continue_: str | None = msgspec.field(name="continue", default=None)


class OwnerReference(Wire, frozen=True):
    """One of `metadata.ownerReferences`."""

    kind: str
    name: str
    uid: str
    api_version: str = ""
    controller: bool | None = None


class Annotations(Wire, frozen=True):
    """The annotations that are read; others may be long, and are skipped."""

    tracking_id: str | None = msgspec.field(name="argocd.argoproj.io/tracking-id", default=None)
    release_name: str | None = msgspec.field(name="meta.helm.sh/release-name", default=None)
    release_namespace: str | None = msgspec.field(
        name="meta.helm.sh/release-namespace", default=None
    )
    source: str | None = msgspec.field(name="org.opencontainers.image.source", default=None)
    commit: str | None = msgspec.field(name="org.opencontainers.image.revision", default=None)
    default_container: str | None = msgspec.field(
        name="kubectl.kubernetes.io/default-container", default=None
    )
    deployment_revision: str | None = msgspec.field(
        name="deployment.kubernetes.io/revision", default=None
    )
    rollout_revision: str | None = msgspec.field(name="rollout.argoproj.io/revision", default=None)
    template_generation: str | None = msgspec.field(
        name="deprecated.daemonset.template.generation", default=None
    )


NO_ANNOTATIONS = Annotations()


class BaseMeta(Wire, frozen=True):
    """`metadata` of a namespaced object: the fields read for all kinds."""

    name: str
    namespace: str
    uid: str
    creation_timestamp: Time
    owner_references: tuple[OwnerReference, ...] | None = None
    deletion_timestamp: str | None = None

    def controller(self) -> OwnerReference | None:
        """The owner that controls this object, or None."""
        for owner in self.owner_references or ():
            if owner.controller:
                return owner
        return None


class ObjectMeta(BaseMeta, frozen=True):
    """`metadata` of all kinds but pods."""

    generation: Generation = 0
    labels: Texts | None = None
    annotations: Annotations | None = None

    def notes(self) -> Annotations:
        """Its annotations, empty if there are none."""
        return self.annotations or NO_ANNOTATIONS


class ContainerSpec(Wire, frozen=True):
    """A container of a pod template or a pod."""

    name: str
    image: str | None = None  # blank or missing where a controller or webhook fills it in
    restart_policy: str | None = None


class PodSpec(Wire, frozen=True):
    """The containers of a pod template or a pod."""

    containers: tuple[ContainerSpec, ...]
    init_containers: tuple[ContainerSpec, ...] | None = None


class PodTemplateMeta(Wire, frozen=True):
    """`metadata` of a pod template."""

    labels: Texts | None = None
    annotations: Annotations | None = None


class PodTemplate(Wire, frozen=True):
    """A pod template."""

    spec: PodSpec
    metadata: PodTemplateMeta | None = None


class SelectorRequirement(Wire, frozen=True):
    """One of a selector's `matchExpressions`."""

    key: str
    operator: str
    values: list[str] | None = None


class LabelSelector(Wire, frozen=True):
    """A label selector."""

    match_labels: Texts | None = None
    match_expressions: tuple[SelectorRequirement, ...] | None = None


class StatusCondition(Wire, frozen=True):
    """One of `status.conditions`."""

    type: str
    status: str = ""
    reason: str | None = None
    message: str | None = None
