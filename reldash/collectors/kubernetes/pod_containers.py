"""What live pods run besides the containers of the pod templates that were read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from reldash.collectors.http.text import one_line
from reldash.collectors.kubernetes.pod_counts import ImageCount, ImageKey, PodGroup
from reldash.domain.workloads.observations import ContainerRole, Observation, WorkloadKind
from reldash.domain.workloads.pod_containers import POD_CONTAINERS, PodContainer, PodRole
from reldash.domain.workloads.reads import Unread

# Of one cluster; more are combined by namespace, first those of pods that no workload controls: a
# build system starts a Job a minute. A mesh adds two to each workload, which stay apart as long as
# they are not too many.
MAX_POD_CONTAINERS: Final = 4000
_UNOWNED: Final = frozenset({PodRole.BARE_POD, PodRole.OTHER_OWNER})


@dataclass(frozen=True, slots=True)
class OwnedPods:
    """The pods of one collected workload.

    Attributes:
        images: of its template's containers.
        base: containers of the pods that were made from this template; None if it is not known
            which these are.
        shown: of a CronJob what its observations say of the newest Job's pods; else empty.
    """

    kind: WorkloadKind
    workload: str
    images: Mapping[tuple[str, ContainerRole], str]
    base: frozenset[tuple[str, ContainerRole]] | None
    shown: frozenset[ImageKey] = frozenset()


@dataclass(slots=True)
class PodsOfWorkloads:
    """Which groups of pods belong to which collected workload, by owner's UID and revision."""

    _owned: dict[tuple[str, str | None], OwnedPods] = field(default_factory=dict)

    def add(
        self, groups: Iterable[PodGroup], observations: Sequence[Observation], revision: str | None
    ) -> None:
        """Add the pods of the workload of these observations, made from `revision`'s template."""
        groups = list(groups)
        if not groups or not observations:
            return
        first = observations[0]
        own = [key[:2] for group in groups if group.revision == revision for key in group.images]
        owned = OwnedPods(
            first.kind,
            first.workload,
            {(o.container, o.role): o.image for o in observations},
            frozenset(own) if own and revision is not None else None,
            _images_shown(observations) if first.kind is WorkloadKind.CRON_JOB else frozenset(),
        )
        for group in groups:
            self._owned[group.owner_uid, group.revision] = owned

    def of(self, group: PodGroup) -> OwnedPods | None:
        """The workload of a group; None if no collected one owns it."""
        return self._owned.get((group.owner_uid, group.revision))


def transform_pod_containers(
    cluster: str, observed_at: datetime, groups: Iterable[PodGroup], owned: PodsOfWorkloads
) -> tuple[tuple[PodContainer, ...], list[Unread]]:
    """The containers and volumes that only pods have, one of each owner and image.

    Also returns why some are left out, if there are too many even after combining them.
    """
    found = _combined(
        one for group in groups for one in _of_group(cluster, observed_at, group, owned.of(group))
    )
    if len(found) > MAX_POD_CONTAINERS:
        apart = [one for one in found if one.role not in _UNOWNED]
        found = apart + _by_namespace(one for one in found if one.role in _UNOWNED)
    if len(found) > MAX_POD_CONTAINERS:
        found = _by_namespace(found)
    too_many = []
    if len(found) > MAX_POD_CONTAINERS:
        found.sort(key=lambda one: -one.pods)
        left_out = len(found) - MAX_POD_CONTAINERS
        message = f"{left_out} of {len(found)} images that only pods have are left out"
        too_many = [Unread(POD_CONTAINERS, None, "Too many", message)]
    return tuple(found[:MAX_POD_CONTAINERS]), too_many


def _of_group(
    cluster: str, observed_at: datetime, group: PodGroup, owned: OwnedPods | None
) -> Iterator[PodContainer]:
    kind, workload = group.owner_kind, group.owner_name
    if owned is not None:
        kind, workload = owned.kind.value, owned.workload
    of_job = owned is not None and owned.kind is WorkloadKind.CRON_JOB

    def made(
        name: str, role: PodRole, image: str, image_id: str, count: ImageCount
    ) -> PodContainer:
        return PodContainer(
            cluster, group.namespace, one_line(kind), one_line(workload), name, role,
            image, image_id, count.pods - count.finished, max(count.ready - count.finished, 0),
            observed_at, tuple(sorted(count.waiting)),
        )  # fmt: skip

    for key, count in group.images.items():
        container, role, image, image_id = key
        if owned is None:
            pod_role = PodRole.BARE_POD if group.owner_kind == "Pod" else PodRole.OTHER_OWNER
        elif (container, role) not in owned.images:
            of_base = owned.base is None or (container, role) in owned.base
            pod_role = PodRole.INJECTED if of_base else PodRole.OTHER_REVISION
        elif of_job and (owned.images[container, role] != image or key not in owned.shown):
            pod_role = PodRole.OTHER_REVISION
        else:
            continue
        if count.pods > count.finished:
            yield made(container, pod_role, image, image_id, count)
    for (name, extra, image, image_id), count in group.extras.items():
        yield made(name, extra, image, image_id, count)


def _images_shown(observations: Iterable[Observation]) -> frozenset[ImageKey]:
    return frozenset(
        (o.container, o.role, run.image, run.image_id)
        for o in observations
        for run in o.running or ()
    )


def _combined(found: Iterable[PodContainer]) -> list[PodContainer]:
    """Those of one owner with the same image as one: its pods are in a group for each revision."""
    alike: dict[tuple[str, ...], list[PodContainer]] = defaultdict(list)
    for one in found:
        key = one.namespace, one.kind, one.workload, one.container, one.role.value
        alike[*key, one.image, one.image_id].append(one)
    return [_sum(each) for each in alike.values()]


def _by_namespace(found: Iterable[PodContainer]) -> list[PodContainer]:
    """Those of all owners in a namespace with the same image as one."""
    alike: dict[tuple[str, ...], list[PodContainer]] = defaultdict(list)
    for one in found:
        key = one.namespace, one.role.value, one.container, one.image, one.image_id
        alike[key].append(one)
    return [
        each[0] if len(each) == 1
        else replace(_sum(each), kind="", workload=f"{len(each)} workloads")
        for each in alike.values()
    ]  # fmt: skip


def _sum(each: Sequence[PodContainer]) -> PodContainer:
    if len(each) == 1:
        return each[0]
    return replace(
        each[0],
        pods=sum(one.pods for one in each),
        ready=sum(one.ready for one in each),
        waiting=tuple(sorted({reason for one in each for reason in one.waiting})),
    )
