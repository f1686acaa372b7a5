"""Rollouts read over HTTP: the matrix, the history and the inventory agree on what ran."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.collectors.kubernetes_objects import (
    Json,
    deployment,
    deployment_pod,
    meta,
    owned,
    pod,
    template,
)
from tests.integration.commands.conftest import Run
from tests.integration.commands.two_clusters import Fleet, objects, two_clusters
from tests.integration.recorded_server import LISTS

OLD, NEW = "shop/api:1.0.0", "shop/api:2.0.0"


@pytest.fixture
def fleet(run: Run, tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Fleet]:
    with two_clusters(run, tmp_path, new_database) as fleet:
        for server in fleet.servers.values():
            server.lists |= objects(("shop", "api", "1.0.0"))
        yield fleet


def serve(fleet: Fleet, plural: str, workload: Json, *pods: Json) -> None:
    """Let stg have one workload with its pods."""
    lists = fleet.servers["stg"].lists
    lists |= {path: [] for path in LISTS.values()}
    lists[LISTS[plural]], lists[LISTS["pods"]] = [workload], list(pods)


def moved(image: str, updated: int, reason: str, message: str, **spec: Any) -> Json:
    """The Deployment with a newer template; its one old pod still serves."""
    found = deployment("api", image, uid="shop-api", labels={"app": "api"}, generation=2)
    found["spec"] |= spec
    found["status"] |= {
        "observedGeneration": 2,
        "replicas": 1 + updated,
        "updatedReplicas": updated,
        "conditions": [
            {"type": "Progressing", "status": "False", "reason": reason, "message": message}
        ],
    }
    return found


def waiting_pod() -> Json:
    """A pod of the newer template that cannot pull its image."""
    found = deployment_pod("api", "2", NEW, name="api-2-x")
    found["status"]["containerStatuses"] = [
        {"name": "api", "ready": False, "state": {"waiting": {"reason": "ImagePullBackOff"}}}
    ]
    return found


def inventory(fleet: Fleet) -> tuple[str, str]:
    """Version and start of the one container in stg."""
    found = json.loads(fleet.run("inventory", "--format", "json").out)
    (row,) = (row for row in found if row["cluster"] == "stg")
    return row["version"], row["since"]


def test_a_rollout_that_never_became_ready_is_started_and_not_finished(fleet: Fleet) -> None:
    fleet.collect()
    before = inventory(fleet)
    message = 'ReplicaSet "api-2" has timed out progressing.'
    stuck = moved(NEW, 1, "ProgressDeadlineExceeded", message)
    serve(fleet, "deployments", stuck, deployment_pod("api", "1", OLD, digest="1"), waiting_pod())
    fleet.collect()
    fleet.collect()

    cell = fleet.cell("api")
    assert (cell["version"], cell["state"]) == ("1.0.0", "in_step")
    assert {"stuck", "degraded"} <= set(cell["flags"])
    assert inventory(fleet) == before
    assert fleet.events("api") == [("shop", "unfinished", "2.0.0")]
    assert json.loads(fleet.run("history", "api", "--promotions", "--format", "json").out) == []

    fleet.servers["stg"].lists |= objects(("shop", "api", "1.0.0"))
    fleet.collect()
    assert inventory(fleet) == before
    assert fleet.events("api") == [("shop", "unfinished", "2.0.0")]
    assert fleet.cell("api")["flags"] == []


def paused(fleet: Fleet) -> None:
    message = 'ReplicaSet "api-1" has successfully progressed.'
    found = moved(NEW, 0, "NewReplicaSetAvailable", message, paused=True)
    serve(fleet, "deployments", found, deployment_pod("api", "1", OLD, digest="1"))


def resumed(fleet: Fleet) -> None:
    serve(
        fleet,
        "deployments",
        deployment("api", NEW, uid="shop-api", labels={"app": "api"}),
        deployment_pod("api", "2", NEW, digest="b"),
    )


def on_delete(fleet: Fleet, image: str, running: str, digest: str) -> None:
    found = {
        "metadata": meta("api", uid="ds", labels={"app": "api"}),
        "spec": {"template": template(image), "updateStrategy": {"type": "OnDelete"}},
        "status": {
            "observedGeneration": 1,
            "desiredNumberScheduled": 1,
            "updatedNumberScheduled": int(image == running),
            "numberReady": 1,
        },
    }
    own = pod(
        "api-x",
        ("DaemonSet", "api"),
        running,
        owner_uid="ds",
        labels={"controller-revision-hash": running[-5:]},
        digest=digest,
    )
    serve(fleet, "daemonsets", found, own)


def cron_job(fleet: Fleet, image: str, running: str, digest: str) -> None:
    job_template = {"spec": {"template": template(image)}}
    found = {
        "metadata": meta("api", uid="cj", labels={"app": "api"}),
        "spec": {"jobTemplate": job_template},
    }
    name = f"api-{digest}"
    own = pod(f"{name}-x", ("Job", name), running, owner_uid=name, digest=digest)
    own["status"]["phase"] = "Succeeded"
    serve(fleet, "cronjobs", found, own)
    owners = owned("CronJob", "api", uid="cj")
    job = {"metadata": meta(name, uid=name, ownerReferences=owners), "spec": {}}
    fleet.servers["stg"].lists[LISTS["jobs"]] = [job]


Step = Callable[[Fleet], None]


@pytest.mark.parametrize(
    ("first", "template_alone", "pods_follow"),
    [
        pytest.param(None, paused, resumed, id="a paused Deployment"),
        pytest.param(
            lambda f: on_delete(f, OLD, OLD, "a"),
            lambda f: on_delete(f, NEW, OLD, "a"),
            lambda f: on_delete(f, NEW, NEW, "b"),
            id="a DaemonSet with OnDelete",
        ),
        pytest.param(
            lambda f: cron_job(f, OLD, OLD, "a"),
            lambda f: cron_job(f, NEW, OLD, "a"),
            lambda f: cron_job(f, NEW, NEW, "b"),
            id="a CronJob before its next Job",
        ),
    ],
)
def test_a_template_that_moves_before_its_pods_is_one_change_when_they_follow(
    fleet: Fleet, first: Step | None, template_alone: Step, pods_follow: Step
) -> None:
    if first is not None:
        first(fleet)
    fleet.collect()
    template_alone(fleet)
    fleet.collect()
    fleet.collect()
    assert fleet.events("api") == []
    assert (fleet.cell("api")["version"], inventory(fleet)[0]) == ("1.0.0", "1.0.0")

    pods_follow(fleet)
    fleet.collect()
    fleet.collect()
    assert fleet.events("api") == [("shop", "changed", "2.0.0")]
    assert (fleet.cell("api")["version"], inventory(fleet)[0]) == ("2.0.0", "2.0.0")


def test_a_tag_pushed_again_and_rolled_pod_by_pod_is_one_event(fleet: Fleet) -> None:
    fleet.collect()
    both = [deployment_pod("api", "1", OLD, name=n, digest=n) for n in ("a", "b")]
    workload = deployment("api", OLD, uid="shop-api", labels={"app": "api"})
    old = objects(("shop", "api", "1.0.0"))[LISTS["pods"]][0]
    serve(fleet, "deployments", workload, old, both[1])
    fleet.collect()
    assert fleet.events("api") == []
    serve(fleet, "deployments", workload, both[1])
    fleet.collect()
    fleet.collect()
    ((_, kind, after),) = fleet.events("api")
    assert (kind, after) == ("rebuilt", f"1.0.0 @{12 * 'b'}")
