"""An Argo Rollout runs its stable ReplicaSet; the canary or preview stands beside it."""

from dataclasses import replace
from typing import Any

import pytest

from reldash.domain.drift.states import State
from reldash.domain.matrix.build import build_matrix
from reldash.domain.workloads.observations import Candidate, Progress, WorkloadKind
from reldash.domain.workloads.snapshot import Snapshot
from tests.integration.collectors.conftest import Read
from tests.integration.collectors.kubernetes_objects import (
    LATER,
    Json,
    deployment,
    meta,
    owned,
    pod,
    replica_set,
    template,
)
from tests.integration.collectors.read_results import only
from tests.integration.recorded_server import LISTS, ApiServer
from tests.unit.builders import fleet_rules, status

NEW, OLD = "shop/api:1.5.0", "shop/api:1.4.0"
NAMESPACED = "/apis/apps/v1/namespaces/shop/replicasets"
CANARY = {"canary": {"steps": [{"setWeight": 10}, {"pause": {}}, {"setWeight": 50}]}}
BLUE_GREEN = {"blueGreen": {"activeService": "api", "previewService": "api-preview"}}


def rollout(*, spec: Json | None = None, **status: Any) -> Json:
    """A Rollout from 1.4.0 (hash old) to 1.5.0 (hash new), paused at its first step."""
    return {
        "metadata": meta("api"),
        "spec": {
            "replicas": 4,
            "selector": {"matchLabels": {"app": "api"}},
            "template": template(NEW),
            "strategy": CANARY,
            **(spec or {}),
        },
        "status": {
            "observedGeneration": "1",
            "phase": "Paused",
            "message": "CanaryPauseStep",
            "currentPodHash": "new",
            "stableRS": "old",
            "currentStepIndex": 1,
            "readyReplicas": 4,
            **status,
        },
    }


def argo_replica_set(template_hash: str, image: str) -> Json:
    labels = {"rollouts-pod-template-hash": template_hash}
    number = {"rollout.argoproj.io/revision": "2" if template_hash == "new" else "1"}
    owners = owned("Rollout", "api")
    return replica_set(
        "api", template_hash, image, labels=labels, ownerReferences=owners, annotations=number
    )


def argo_pod(template_hash: str, image: str, number: int = 1) -> Json:
    owner = ("ReplicaSet", f"api-{template_hash}")
    labels = {"rollouts-pod-template-hash": template_hash}
    return pod(f"api-{template_hash}-{number}", owner, image, labels=labels)


@pytest.fixture(autouse=True)
def objects(server: ApiServer) -> None:
    server.lists[LISTS["replicasets"]] = [
        argo_replica_set("old", OLD),
        argo_replica_set("new", NEW),
    ]
    stable = [argo_pod("old", OLD, number) for number in range(3)]
    server.lists[LISTS["pods"]] = [*stable, argo_pod("new", NEW)]


@pytest.mark.parametrize("revisions", [False, True])
def test_a_canary_stands_beside_the_stable_version(
    server: ApiServer, read: Read, revisions: bool
) -> None:
    server.install_argo([rollout()])
    found = only(read(revisions=revisions))
    assert found.image == OLD
    assert found.candidate == Candidate(NEW, "canary", 10, 1)
    assert (found.status.progress, found.status.message) == (Progress.HELD, "CanaryPauseStep")
    assert (found.wanted, found.ready) == (4, 4)
    told = [(r.image, r.current, r.pods) for r in found.running or ()]
    assert told == [(NEW, True, 1), (OLD, False, 3)]


def test_only_the_stable_and_current_replica_sets_are_requested(
    server: ApiServer, read: Read
) -> None:
    server.install_argo([rollout()])
    read()
    selectors = [request.query["labelSelector"] for request in server.requests_for(NAMESPACED)]
    assert selectors == ["rollouts-pod-template-hash in (new,old)"]
    assert not server.requests_for(LISTS["replicasets"])


def test_a_rollout_at_rest_needs_no_replica_set(server: ApiServer, read: Read) -> None:
    server.install_argo([rollout(phase="Healthy", stableRS="new", message="")])
    found = only(read())
    assert (found.image, found.candidate) == (NEW, None)
    assert found.status.progress is Progress.COMPLETE
    assert not server.requests_for(NAMESPACED)


def test_a_first_rollout_has_no_stable_version_yet(server: ApiServer, read: Read) -> None:
    server.install_argo([rollout(phase="Progressing", stableRS="")])
    found = only(read())
    assert (found.image, found.candidate) == (NEW, None)


def test_an_aborted_rollout_is_stuck_on_its_stable_version(server: ApiServer, read: Read) -> None:
    server.install_argo([rollout(phase="Degraded", abort=True, message="RolloutAborted: metric")])
    found = only(read())
    assert found.image == OLD
    assert (found.status.progress, found.status.message) == (
        Progress.STUCK,
        "RolloutAborted: metric",
    )
    assert found.candidate == Candidate(NEW, "canary", None, 1)


@pytest.mark.parametrize(
    ("status", "weight"),
    [
        ({"currentStepIndex": 0}, 10),
        ({"currentStepIndex": 2}, 50),
        ({"currentStepIndex": 9}, 50),
        ({"canary": {"weights": {"canary": {"weight": 25}}}}, 25),
    ],
)
def test_the_weight_is_the_routed_one_or_that_of_the_step(
    server: ApiServer, read: Read, status: Json, weight: int
) -> None:
    server.install_argo([rollout(**status)])
    candidate = only(read()).candidate
    assert candidate is not None
    assert candidate.weight == weight


def test_a_blue_green_rollout_runs_what_is_active_and_previews_the_other(
    server: ApiServer, read: Read
) -> None:
    active = {"activeSelector": "old", "previewSelector": "new"}
    server.install_argo([rollout(spec={"strategy": BLUE_GREEN}, blueGreen=active)])
    found = only(read())
    assert found.image == OLD
    assert found.candidate == Candidate(NEW, "preview", None, 1)


def test_a_blue_green_rollout_that_was_switched_runs_the_new_version_before_it_is_stable(
    server: ApiServer, read: Read
) -> None:
    active = {"activeSelector": "new", "previewSelector": "new"}
    server.install_argo([rollout(spec={"strategy": BLUE_GREEN}, blueGreen=active)])
    found = only(read())
    assert (found.image, found.candidate) == (NEW, None)


def test_where_replica_sets_are_refused_the_pods_give_the_stable_image(
    server: ApiServer, read: Read
) -> None:
    server.install_argo([rollout()])
    server.refuse(NAMESPACED)
    found = read()
    assert only(found).image == OLD
    assert [(part.kind, part.namespace) for part in found.unread] == [("ReplicaSet", "shop")]


def test_a_workload_ref_takes_its_template_from_the_deployment_and_names_it(
    server: ApiServer, read: Read
) -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "source"}
    server.install_argo([rollout(spec={"template": None, "workloadRef": reference})])
    idle = deployment("source", NEW)
    idle["spec"]["replicas"] = 0
    server.lists[LISTS["deployments"]] = [idle]
    (found,) = (o for o in read().observations if o.workload == "api")
    assert found.annotations == {"reldash/workload-ref": "Deployment/source"}
    assert found.candidate == Candidate(NEW, "canary", 10, 1)
    assert found.image == OLD


@pytest.mark.parametrize("name", ["api", "source"])
def test_a_deployment_scaled_to_zero_for_a_workload_ref_is_one_live_row_with_its_rollout(
    server: ApiServer, read: Read, name: str
) -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec = {"template": None, "selector": None, "workloadRef": reference}
    done = {"currentPodHash": "new", "stableRS": "new", "phase": "Healthy", "message": None}
    server.install_argo([rollout(spec=spec, **done)])
    server.lists[LISTS["pods"]] = [argo_pod("new", NEW, number) for number in range(4)]
    taken = deployment(name, NEW)
    taken["spec"]["replicas"] = 0
    taken["status"] = {"observedGeneration": 1}
    taken["metadata"]["labels"] = {"app.kubernetes.io/name": "checkout"}
    server.lists[LISTS["deployments"]] = [taken]
    found = [replace(o, cluster="prod") for o in read().observations]
    now = found[0].observed_at
    known = Snapshot(tuple(found), (), {"prod": status("prod", now)})
    matrix = build_matrix(known, fleet_rules(["prod"]), "platform", now=now)
    assert [row.service for row in matrix.rows] == ["checkout"]
    cell = matrix.cell("checkout", "prod")
    assert (cell.version, cell.state, cell.flags) == ("1.5.0", State.LEADING, ())
    (place,) = cell.places
    assert (place.kind, place.ready, place.wanted) == (WorkloadKind.ROLLOUT, 4, 4)


def test_a_workload_ref_to_another_kind_takes_its_template_from_the_replica_set(
    server: ApiServer, read: Read
) -> None:
    reference = {"apiVersion": "v1", "kind": "PodTemplate", "name": "source"}
    server.install_argo(
        [rollout(spec={"template": None, "workloadRef": reference}, stableRS="new")]
    )
    assert only(read()).image == NEW


def test_a_workload_ref_to_nothing_is_a_bad_object(server: ApiServer, read: Read) -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone"}
    broken = rollout(
        spec={"template": None, "workloadRef": reference}, currentPodHash="", stableRS=""
    )
    server.install_argo([broken])
    found = read()
    assert found.observations == ()
    assert [(bad.kind, bad.name) for bad in found.bad] == [("Rollout", "api")]


def test_a_deployments_pods_are_not_taken_for_a_rollouts(server: ApiServer, read: Read) -> None:
    server.install_argo([rollout()])
    server.lists[LISTS["deployments"]] = [deployment("api", NEW)]
    found = {o.kind.value: o.running for o in read().observations}
    assert found["Deployment"] == ()
    assert sum(r.pods for r in found["Rollout"] or ()) == 4


def test_replica_sets_of_a_rollout_are_its_revisions(server: ApiServer, read: Read) -> None:
    server.install_argo([rollout()])
    found = read(revisions=True).revisions or ()
    told = {(r.kind.value, r.number, r.template_hash, r.images[0][2]) for r in found}
    assert told == {("Rollout", 1, "old", OLD), ("Rollout", 2, "new", NEW)}


def test_a_broken_rollout_costs_itself_alone(server: ApiServer, read: Read) -> None:
    broken = rollout()
    broken["metadata"] = meta("broken", creationTimestamp=LATER)
    broken["status"] = {"currentStepIndex": "first"}
    server.install_argo([broken, rollout()])
    found = read()
    assert only(found).workload == "api"
    assert [bad.name for bad in found.bad] == ["broken"]
