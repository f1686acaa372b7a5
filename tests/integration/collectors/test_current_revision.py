"""Pods of the current revision are distinguished from those of earlier ones."""

import pytest

from tests.integration.collectors.conftest import Read
from tests.integration.collectors.kubernetes_objects import (
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


def rolling(message: str | None, *, updated: int, replicas: int) -> Json:
    found = deployment(image="shop/api:2")
    found["status"] |= {"replicas": replicas, "updatedReplicas": updated}
    if message is not None:
        condition = {"type": "Progressing", "status": "True", "message": message}
        found["status"]["conditions"] = [condition]
    return found


@pytest.mark.parametrize(
    ("described", "images", "current"),
    [
        pytest.param(
            rolling('ReplicaSet "api-b" is progressing.', updated=1, replicas=2),
            {"a": "mirror/api:2", "b": "mirror/api:2"},
            "b",
            id="by the controller's words",
        ),
        pytest.param(
            rolling(None, updated=1, replicas=1), {"b": "mirror/api:2"}, "b", id="by its counts"
        ),
        pytest.param(
            rolling("Deployment is paused", updated=0, replicas=2),
            {"a": "shop/api:1", "b": "shop/api:2"},
            "b",
            id="by images",
        ),
        pytest.param(
            rolling(None, updated=1, replicas=2),
            {"a": "shop/api:2", "b": "shop/api:2"},
            None,
            id="not at all",
        ),
    ],
)
def test_the_current_revision_of_a_deployment_is_found(
    server: ApiServer, read: Read, described: Json, images: dict[str, str], current: str | None
) -> None:
    server.lists[DEPLOYMENTS] = [described]
    server.lists[PODS] = [deployment_pod("api", key, image) for key, image in images.items()]
    found = only(read())
    assert found.revision == current
    expected = {key: None if current is None else key == current for key in images}
    assert {revision: told for revision, told, _ in counted(found)} == expected


def test_replica_sets_that_were_read_give_the_revision_by_its_number(
    server: ApiServer, read: Read
) -> None:
    number = "deployment.kubernetes.io/revision"
    server.lists[DEPLOYMENTS] = [deployment(annotations={number: "7"})]
    server.lists[REPLICA_SETS] = [
        replica_set("api", "a", annotations={number: "6"}),
        replica_set("api", "b", annotations={number: "7"}),
    ]
    server.lists[PODS] = [deployment_pod("api", "a"), deployment_pod("api", "b")]
    assert only(read(revisions=True)).revision == "b"


def daemon_set(**annotations: str) -> Json:
    return {
        "metadata": meta("agent", annotations=annotations),
        "spec": {"selector": {}, "template": template("shop/api:2")},
        "status": {"desiredNumberScheduled": 2, "updatedNumberScheduled": 1, "numberReady": 2},
    }


def daemon_pod(revision: str, generation: str, image: str = "mirror/api") -> Json:
    labels = {"controller-revision-hash": revision, "pod-template-generation": generation}
    return pod(f"agent-{revision}", ("DaemonSet", "agent"), image, labels=labels)


def controller_revision(owner: tuple[str, str], name: str, number: int, image: str) -> Json:
    data = {"spec": {"template": {"$patch": "replace", **template(image)}}}
    labels = {"controller-revision-hash": name.rpartition("-")[2]} if "agent" in name else {}
    return {
        "metadata": meta(name, labels=labels, ownerReferences=owned(*owner)),
        "revision": number,
        "data": data,
    }


def test_a_daemon_sets_revision_is_found_by_its_template_generation(
    server: ApiServer, read: Read
) -> None:
    generation = {"deprecated.daemonset.template.generation": "2"}
    server.lists[LISTS["daemonsets"]] = [daemon_set(**generation)]
    server.lists[PODS] = [daemon_pod("a", "1"), daemon_pod("b", "2")]
    assert counted(only(read())) == [("b", True, 1), ("a", False, 1)]


def test_a_daemon_sets_revision_is_found_by_its_controller_revisions(
    server: ApiServer, read: Read
) -> None:
    server.lists[LISTS["daemonsets"]] = [daemon_set()]
    server.lists[PODS] = [daemon_pod("a", "1"), daemon_pod("b", "1")]
    owner = ("DaemonSet", "agent")
    server.lists[LISTS["controllerrevisions"]] = [
        controller_revision(owner, "agent-b", 2, "shop/api:2"),
        controller_revision(owner, "agent-a", 1, "shop/api:1"),
    ]
    found = read(revisions=True)
    assert counted(only(found)) == [("b", True, 1), ("a", False, 1)]
    told = {(r.workload, r.number, r.template_hash, r.images[0][2]) for r in found.revisions or ()}
    assert told == {("agent", 1, "a", "shop/api:1"), ("agent", 2, "b", "shop/api:2")}


def test_controller_revisions_of_other_controllers_are_left_out(
    server: ApiServer, read: Read
) -> None:
    server.lists[LISTS["daemonsets"]] = [daemon_set()]
    other = controller_revision(("Tenant", "agent"), "other", 1, "x")
    broken = controller_revision(("DaemonSet", "agent"), "agent-c", 1, "x")
    broken["data"] = {"spec": "?"}
    server.lists[LISTS["controllerrevisions"]] = [other, broken]
    found = read(revisions=True)
    assert found.revisions == ()
    assert [bad.name for bad in found.bad] == ["agent-c"]


def test_a_stateful_sets_pods_are_distinguished_by_its_update_revision(
    server: ApiServer, read: Read
) -> None:
    stateful_set = {
        "metadata": meta("db"),
        "spec": {"replicas": 2, "selector": {}, "template": template("shop/api:2")},
        "status": {"updateRevision": "db-b", "currentRevision": "db-a"},
    }
    server.lists[LISTS["statefulsets"]] = [stateful_set]
    server.lists[PODS] = [
        pod(f"db-{key}", ("StatefulSet", "db"), labels={"controller-revision-hash": f"db-{key}"})
        for key in "ab"
    ]
    assert counted(only(read())) == [("db-b", True, 1), ("db-a", False, 1)]
