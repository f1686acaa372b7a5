"""Containers that only pods have: combined by owner, and bounded."""

from reldash.collectors.kubernetes.pod_containers import (
    MAX_POD_CONTAINERS,
    PodsOfWorkloads,
    transform_pod_containers,
)
from reldash.collectors.kubernetes.pod_counts import ImageCount, PodGroup
from reldash.domain.workloads.observations import ContainerRole, WorkloadKind
from reldash.domain.workloads.pod_containers import POD_CONTAINERS, PodContainer
from reldash.domain.workloads.reads import Unread
from tests.unit.builders import NOW, observation, running


def group(number: int, image: str = "x:1", image_id: str = "", **fields: str | None) -> PodGroup:
    owner = f"job-{number}"
    values = {"owner_kind": "Job", "owner_name": owner, "owner_uid": owner, "revision": None}
    images = {("main", ContainerRole.MAIN, image, image_id): ImageCount(pods=1, ready=1)}
    return PodGroup("ci", labels={}, oldest_at=NOW, pods=1, images=images, **(values | fields))  # type: ignore[arg-type]


def transform(
    *groups: PodGroup, owned: PodsOfWorkloads | None = None
) -> tuple[tuple[PodContainer, ...], list[Unread]]:
    return transform_pod_containers("prod", NOW, groups, owned or PodsOfWorkloads())


def test_two_revisions_of_one_owner_are_one() -> None:
    (one,), _ = transform(group(1, revision="a"), group(1, revision="b"))
    assert (one.workload, one.pods) == ("job-1", 2)


def test_containers_of_the_template_are_not_among_them() -> None:
    owned = PodsOfWorkloads()
    owned.add([group(1)], [observation(container="main")], None)
    assert transform(group(1), owned=owned) == ((), [])


def test_a_container_that_only_older_pods_have_is_of_another_revision() -> None:
    owned = PodsOfWorkloads()
    old = group(1, revision="old")
    new = group(2, revision="new")
    new.images = {("api", ContainerRole.MAIN, "x:2", ""): ImageCount(pods=1)}
    owned.add([old, new], [observation(container="api")], "new")
    (one,), _ = transform(old, new, owned=owned)
    assert (one.container, one.role) == ("main", "other revision")


def test_an_earlier_job_that_runs_another_build_of_the_same_tag_is_among_them() -> None:
    newest = running("x:1", image_id="x@sha256:b")
    cron_job = observation(
        container="main", image="x:1", kind=WorkloadKind.CRON_JOB, running=(newest,)
    )
    owned = PodsOfWorkloads()
    earlier, alike = group(1, image_id="x@sha256:a"), group(2, image_id="x@sha256:b")
    owned.add([earlier], [cron_job], None)
    owned.add([alike], [cron_job], None)
    (one,), _ = transform(earlier, alike, owned=owned)
    assert (one.role, one.image_id) == ("other revision", "x@sha256:a")


def test_what_a_mesh_injects_stays_apart_beside_very_many_jobs() -> None:
    owned = PodsOfWorkloads()
    web = group(0, "mesh/proxy:1")
    owned.add([web], [observation(workload="web")], None)
    found, _ = transform(
        web, *(group(each) for each in range(1, MAX_POD_CONTAINERS + 2)), owned=owned
    )
    assert [one.workload for one in found] == ["web", f"{MAX_POD_CONTAINERS + 1} workloads"]


def test_very_many_of_one_image_are_combined_by_namespace() -> None:
    number = MAX_POD_CONTAINERS + 1
    (one,), too_many = transform(*(group(each) for each in range(number)))
    assert (one.kind, one.workload, one.pods) == ("", f"{number} workloads", number)
    assert too_many == []


def test_what_is_left_out_of_very_many_images_is_named_as_unread() -> None:
    number = MAX_POD_CONTAINERS + 3
    found, (unread,) = transform(*(group(each, f"x:{each}") for each in range(number)))
    assert len(found) == MAX_POD_CONTAINERS
    assert unread.kind == POD_CONTAINERS
    assert unread.message.startswith("3 of ")
