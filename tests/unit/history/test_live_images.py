"""What live pods run besides the history, and why an answer is not complete."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reldash.domain.history.live_images import live_images, not_known
from reldash.domain.workloads.observations import ContainerRole, Observation, Running, WorkloadKind
from reldash.domain.workloads.pod_containers import POD_CONTAINERS, PodContainer, PodRole
from reldash.domain.workloads.reads import BadObject, ClusterStatus, Unread, not_requested
from tests.unit.builders import NOW, READ_AT, days_ago, observation, running, sighting, snapshot

OLD, NEW = "r.io/shop/api:1.4.2", "r.io/shop/api:1.5.0"


def live(*observations: Observation, pods: tuple[PodContainer, ...] = ()) -> list[tuple[str, str]]:
    seen = replace(
        snapshot(observations, sightings=[sighting(o) for o in observations]), pod_containers=pods
    )
    return [(one.image, str(one.role)) for one in live_images(seen)]


def pod_container(**fields: object) -> PodContainer:
    values: dict[str, object] = {
        "cluster": "prod", "namespace": "shop", "kind": "Deployment", "workload": "api",
        "container": "proxy", "role": PodRole.INJECTED, "image": "istio/proxy:1",
        "image_id": "", "pods": 2, "ready": 2, "observed_at": READ_AT,
    }  # fmt: skip
    return PodContainer(**(values | fields))  # type: ignore[arg-type]


def lingering() -> Running:
    return running(OLD, pods=1, current=False)


def test_pods_of_another_revision_are_found_besides_the_rollout_of_the_history() -> None:
    assert live(observation(image=NEW, running=(running(NEW), lingering()))) == [(OLD, "main")]


def test_what_the_history_has_an_open_rollout_of_is_not_found_twice() -> None:
    assert live(observation(image=NEW)) == []


def test_pods_that_never_got_their_image_run_nothing() -> None:
    failed = replace(lingering(), image_id="", ready=0, waiting=("ImagePullBackOff",))
    assert live(observation(image=NEW, running=(running(NEW), failed))) == []


def test_pods_that_start_count_as_running() -> None:
    starting = replace(lingering(), image_id="", ready=0, waiting=("ContainerCreating",))
    assert live(observation(image=NEW, running=(running(NEW), starting))) == [(OLD, "main")]


def test_finished_pods_of_a_cron_job_run_nothing() -> None:
    o = observation(image=NEW, kind=WorkloadKind.CRON_JOB, running=(lingering(),))
    assert live(o) == []


def test_what_only_pods_have_is_found() -> None:
    assert live(pods=(pod_container(),)) == [("istio/proxy:1", "injected")]


def test_roles_of_pods_are_no_roles_of_templates() -> None:
    assert not {role.value for role in PodRole} & {role.value for role in ContainerRole}


def gaps(status: ClusterStatus) -> tuple[str, ...]:
    return not_known(["prod"], {"prod": status}, now=NOW, stale_after=timedelta(hours=1))


READ = ClusterStatus("prod", read_at=READ_AT)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ClusterStatus("prod"), "prod has never been read"),
        (ClusterStatus("prod", read_at=days_ago(2)), "prod was last read 2 d ago"),
        (replace(READ, unread=(not_requested(["pay"]),)), "prod is only read in the namespace pay"),
        (replace(READ, unread=(Unread("Pod", "shop", "", ""),)), "Pods of prod in shop could not"),
        (replace(READ, unread=(Unread(POD_CONTAINERS, None, "", ""),)), "prod has too many images"),
        (replace(READ, bad=(BadObject("Pod", "shop", "api-x", ""),)), "Pod shop/api-x of prod"),
    ],
)
def test_what_was_not_read_is_named(status: ClusterStatus, expected: str) -> None:
    (words,) = gaps(status)
    assert words.startswith(expected)


@pytest.mark.parametrize("kind", ["ReplicaSet", "ControllerRevision", "Job"])
def test_kinds_without_images_of_their_own_are_not_missed(kind: str) -> None:
    assert gaps(replace(READ, unread=(Unread(kind, None, "", ""),))) == ()


def test_a_cluster_without_any_status_was_never_read() -> None:
    assert not_known(["new"], {}, now=NOW, stale_after=timedelta(hours=1)) == (
        "new has never been read",
    )
