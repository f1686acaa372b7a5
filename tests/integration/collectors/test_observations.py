"""Fields of an observation besides images."""

from datetime import UTC, datetime

from reldash.domain.workloads.observations import ContainerRole
from tests.integration.collectors.conftest import Read
from tests.integration.collectors.kubernetes_objects import deployment, deployment_pod, template
from tests.integration.recorded_server import LISTS, ApiServer

DEPLOYMENTS = LISTS["deployments"]


def test_every_observation_is_of_the_moment_when_the_read_began(
    server: ApiServer, read: Read
) -> None:
    server.lists[DEPLOYMENTS] = [deployment("one"), deployment("two")]
    found = read()
    assert {o.observed_at for o in found.observations} == {found.started_at}
    assert (
        found.started_at.utcoffset()
        == found.finished_at.utcoffset()
        == datetime.now(UTC).utcoffset()
    )
    assert found.started_at < found.finished_at


def test_creation_times_are_utc(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [deployment(creationTimestamp="2026-11-01T10:00:00+02:00")]
    created_at = read().observations[0].created_at
    assert created_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert created_at.tzinfo is UTC


def test_labels_of_the_workload_win_over_those_of_its_template(
    server: ApiServer, read: Read
) -> None:
    server.lists[DEPLOYMENTS] = [deployment(labels={"app": "shop", "team": "core"})]
    assert read().observations[0].labels == {"app": "shop", "team": "core"}
    server.lists[DEPLOYMENTS] = [deployment(labels={"team": "core"})]
    assert read().observations[0].labels == {"app": "api", "team": "core"}


def test_only_the_annotations_that_the_dashboard_reads_are_kept(
    server: ApiServer, read: Read
) -> None:
    kept = {"argocd.argoproj.io/tracking-id": "shop:apps", "meta.helm.sh/release-name": "shop"}
    noise = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    described = deployment(annotations={**kept, **noise})
    described["spec"]["template"] = template(
        "shop/api:1", annotations={"kubectl.kubernetes.io/default-container": "api"}
    )
    server.lists[DEPLOYMENTS] = [described]
    observation = read().observations[0]
    assert observation.annotations == kept
    assert observation.default_container == "api"


def test_source_and_commit_are_those_of_the_pod_template_or_of_the_workload(
    server: ApiServer, read: Read
) -> None:
    source, commit = "org.opencontainers.image.source", "org.opencontainers.image.revision"
    described = deployment(annotations={source: "https://git.example.com/shop", commit: "0ld"})
    described["spec"]["template"] = template("shop/api:1", annotations={commit: "4be1c09"})
    server.lists[DEPLOYMENTS] = [described]
    assert read().observations[0].annotations == {
        source: "https://git.example.com/shop",
        commit: "4be1c09",
    }


def test_containers_come_with_role_and_place(server: ApiServer, read: Read) -> None:
    described = deployment()
    described["spec"]["template"]["spec"] = {
        "containers": [{"name": "api", "image": "a:1"}, {"name": "proxy", "image": "p:1"}],
        "initContainers": [
            {"name": "migrate", "image": "m:1"},
            {"name": "logs", "image": "l:1", "restartPolicy": "Always"},
        ],
    }
    server.lists[DEPLOYMENTS] = [described]
    assert [(o.container, o.role, o.position) for o in read().observations] == [
        ("api", ContainerRole.MAIN, 0),
        ("proxy", ContainerRole.MAIN, 1),
        ("migrate", ContainerRole.INIT, 0),
        ("logs", ContainerRole.SIDECAR, 1),
    ]


def test_replicas_left_out_mean_one_and_zero_means_none(server: ApiServer, read: Read) -> None:
    default, idle = deployment("default"), deployment("idle")
    del default["spec"]["replicas"]
    idle["spec"]["replicas"] = 0
    server.lists[DEPLOYMENTS] = [default, idle]
    assert {o.workload: o.wanted for o in read().observations} == {"default": 1, "idle": 0}


def test_the_image_that_runs_is_read_from_the_pods_spec_and_not_its_status(
    server: ApiServer, read: Read
) -> None:
    server.lists[DEPLOYMENTS] = [deployment()]
    rewritten = deployment_pod("api", "1", "mirror.local/shop/api:1.0.0")
    rewritten["status"]["containerStatuses"][0]["image"] = "sha256:of-something-else"
    server.lists[LISTS["pods"]] = [rewritten]
    (running,) = read().observations[0].running or ()
    assert running.image == "mirror.local/shop/api:1.0.0"
