"""Pods count at the workload that owns them, while they live."""

from typing import Any

import pytest

from tests.integration.collectors.conftest import Read
from tests.integration.collectors.kubernetes_objects import (
    LATER,
    Json,
    deployment,
    deployment_pod,
    meta,
    owned,
    pod,
    replica_set,
    template,
)
from tests.integration.collectors.read_results import counted, only
from tests.integration.recorded_server import LISTS, ApiServer

DEPLOYMENTS, PODS, REPLICA_SETS = LISTS["deployments"], LISTS["pods"], LISTS["replicasets"]


def waiting(reason: str) -> Json:
    state = {"waiting": {"reason": reason}}
    return {"containerStatuses": [{"name": "api", "ready": False, "imageID": "", "state": state}]}


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param({"status": {"phase": "Succeeded"}}, id="succeeded"),
        pytest.param({"status": {"phase": "Failed"}}, id="failed"),
        pytest.param({"status": {"phase": "Failed", "reason": "Evicted"}}, id="evicted"),
        pytest.param({"deletionTimestamp": LATER}, id="terminating"),
    ],
)
def test_pods_that_no_longer_live_do_not_count(server: ApiServer, read: Read, gone: Json) -> None:
    server.lists[DEPLOYMENTS] = [deployment()]
    server.lists[PODS] = [
        deployment_pod("api", "1"),
        deployment_pod("api", "1", name="gone", **gone),
    ]
    assert counted(only(read())) == [("1", True, 1)]


def test_no_pods_is_not_the_same_as_pods_unread(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [deployment()]
    assert only(read()).running == ()


def test_waiting_reasons_and_unknown_image_ids_are_kept(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [deployment()]
    server.lists[PODS] = [
        deployment_pod("api", "1", name="a", status=waiting("ErrImagePull")),
        deployment_pod("api", "1", name="b", status=waiting("CrashLoopBackOff")),
    ]
    (running,) = only(read()).running or ()
    assert (running.pods, running.ready, running.image_id) == (2, 0, "")
    assert running.waiting == ("CrashLoopBackOff", "ErrImagePull")


def test_a_pod_without_a_node_says_why(server: ApiServer, read: Read) -> None:
    scheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    nowhere = {"phase": "Pending", "containerStatuses": None, "conditions": [scheduled]}
    server.lists[DEPLOYMENTS] = [deployment()]
    server.lists[PODS] = [deployment_pod("api", "1", status=nowhere)]
    (running,) = only(read()).running or ()
    assert running.waiting == ("Unschedulable",)


def test_pods_of_a_workload_with_a_common_name_prefix_are_not_taken(
    server: ApiServer, read: Read
) -> None:
    server.lists[DEPLOYMENTS] = [deployment("api"), deployment("api-5d4f")]
    server.lists[PODS] = [
        deployment_pod("api", "77"),
        deployment_pod("api-5d4f", "88"),
        pod("bare", ("ReplicaSet", "api-5d4f")),
    ]
    found = {o.workload: counted(o) for o in read().observations}
    assert found == {"api": [("77", True, 1)], "api-5d4f": [("88", True, 1)]}


def test_pods_that_the_selector_does_not_match_are_not_taken(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [deployment()]
    server.lists[PODS] = [deployment_pod("api", "1", labels={"app": "other"})]
    assert only(read()).running == ()


def test_pods_of_another_namespace_are_not_taken(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [deployment()]
    server.lists[PODS] = [deployment_pod("api", "1", namespace="billing")]
    assert only(read()).running == ()


@pytest.mark.parametrize("revisions", [False, True])
def test_pods_of_a_recreated_workload_are_assigned_by_uid(
    server: ApiServer, read: Read, revisions: bool
) -> None:
    server.lists[DEPLOYMENTS] = [deployment(uid="new", creationTimestamp=LATER)]
    old = replica_set("api", "old", ownerReferences=owned("Deployment", "api", uid="old"))
    adopted = replica_set("api", "kept", ownerReferences=owned("Deployment", "api", uid="new"))
    server.lists[REPLICA_SETS] = [old, adopted]
    server.lists[PODS] = [
        deployment_pod("api", "old"),
        deployment_pod("api", "kept"),
        deployment_pod("api", "new", creationTimestamp=LATER),
    ]
    assert {r[0] for r in counted(only(read(revisions=revisions)))} == {"kept", "new"}


def test_pods_in_doubt_whose_replica_set_is_gone_are_not_taken(
    server: ApiServer, read: Read
) -> None:
    server.lists[DEPLOYMENTS] = [deployment(creationTimestamp=LATER)]
    server.lists[PODS] = [deployment_pod("api", "1")]
    assert only(read()).running == ()


def test_replica_sets_are_only_read_in_doubt(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [
        deployment("api"),
        deployment("web", creationTimestamp=LATER),
    ]
    server.lists[PODS] = [deployment_pod("api", "1"), deployment_pod("web", "2")]
    read()
    asked = [request for request in server.requests if "replicasets" in request.path]
    assert [request.query["labelSelector"] for request in asked] == ["pod-template-hash in (2)"]


def test_where_replica_sets_are_refused_the_names_are_believed(
    server: ApiServer, read: Read
) -> None:
    server.lists[DEPLOYMENTS] = [deployment(creationTimestamp=LATER)]
    server.lists[PODS] = [deployment_pod("api", "1")]
    server.refuse("/apis/apps/v1/namespaces/shop/replicasets")
    found = read()
    assert counted(only(found)) == [("1", True, 1)]
    assert [part.kind for part in found.unread] == ["ReplicaSet"]


def test_a_restored_cluster_reads_all_replica_sets_at_once(server: ApiServer, read: Read) -> None:
    names = [f"api-{number}" for number in range(21)]
    server.lists[DEPLOYMENTS] = [deployment(name, creationTimestamp=LATER) for name in names]
    server.lists[PODS] = [deployment_pod(name, "1") for name in names]
    server.lists[REPLICA_SETS] = [replica_set(name, "1", uid=f"uid-{name}-1") for name in names]
    assert all(counted(o) == [("1", True, 1)] for o in read().observations)
    assert len([r for r in server.requests if "replicasets" in r.path]) == 1


def cron_job(**spec: Any) -> Json:
    job = {"spec": {"template": template("shop/api:1")}}
    return {"metadata": meta("report"), "spec": {"jobTemplate": job, **spec}}


def job(name: str, created: str) -> Json:
    owner = owned("CronJob", "report")
    return {"metadata": meta(name, creationTimestamp=created, ownerReferences=owner)}


def test_a_cron_job_runs_what_its_newest_job_ran(server: ApiServer, read: Read) -> None:
    server.lists[LISTS["cronjobs"]] = [cron_job()]
    server.lists[LISTS["jobs"]] = [
        job("report-2", LATER),
        job("report-1", "2026-11-01T08:00:00Z"),
    ]
    done = {"phase": "Succeeded"}
    server.lists[PODS] = [
        pod("old", ("Job", "report-1"), digest="a", status=done),
        pod("new", ("Job", "report-2"), digest="b", status=done),
        pod("evicted", ("Job", "report-2"), status={"phase": "Failed", "reason": "Evicted"}),
    ]
    observation = only(read())
    (running,) = observation.running or ()
    assert running.image_id == f"shop/api@sha256:{'b' * 64}"
    assert (running.pods, running.ready, running.revision, running.current) == (1, 1, None, None)
    assert observation.wanted is None


def test_a_suspended_cron_job_wants_nothing(server: ApiServer, read: Read) -> None:
    server.lists[LISTS["cronjobs"]] = [cron_job(suspend=True)]
    assert only(read()).wanted == 0
