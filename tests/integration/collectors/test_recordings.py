"""Every recording of a real API server passes through the collector."""

from collections import Counter
from typing import Any

import pytest

from reldash.domain.workloads.observations import ContainerRole, Progress
from reldash.domain.workloads.reads import not_requested
from tests.integration.collectors.conftest import Fail, Read
from tests.integration.recorded_server import LISTS, Answer, ApiServer, items, recording

KINDS = {
    "deployments": "Deployment",
    "statefulsets": "StatefulSet",
    "daemonsets": "DaemonSet",
    "cronjobs": "CronJob",
}


def containers_of(cluster: str) -> Counter[tuple[str, ...]]:
    """Every container of the recorded workloads, counted from the JSON alone."""
    found = Counter[tuple[str, ...]]()
    for plural, kind in KINDS.items():
        for each in items(f"{cluster}.{plural}"):
            spec = each["spec"]
            spec = spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]
            meta = each["metadata"]
            for container in [*spec["containers"], *spec.get("initContainers", [])]:
                place = (kind, meta["namespace"], meta["name"])
                found[(*place, container["name"], container["image"])] += 1
    return found


def live_pods_of(cluster: str) -> Counter[tuple[str, str, str]]:
    """Every main container of the recorded pods, with the image id it runs."""
    return Counter(
        (pod["metadata"]["namespace"], each["name"], each["imageID"])
        for pod in items(f"{cluster}.pods")
        for each in pod["status"]["containerStatuses"]
    )


@pytest.mark.parametrize("cluster", ["dev-eu", "staging-eu", "prod-eu"])
def test_every_container_of_the_full_lists_comes_out(
    server: ApiServer, read: Read, cluster: str
) -> None:
    server.serve_recordings(cluster)
    found = read()
    assert (found.bad, found.unread) == ((), ())
    assert containers_of(cluster) == Counter(
        (o.kind.value, o.namespace, o.workload, o.container, o.image) for o in found.observations
    )


@pytest.mark.parametrize("cluster", ["dev-eu", "staging-eu", "prod-eu", "trouble"])
def test_every_running_container_is_found_at_its_workload(
    server: ApiServer, read: Read, cluster: str
) -> None:
    server.serve_recordings("prod-eu")
    server.serve_recordings(cluster)
    counted = Counter[tuple[str, str, str]]()
    for o in read().observations:
        for running in o.running or ():
            if o.role is ContainerRole.MAIN:
                counted[o.namespace, o.container, running.image_id] += running.pods
    assert counted == live_pods_of(cluster)


@pytest.mark.parametrize("revisions", [False, True])
def test_all_pods_of_a_quiet_cluster_are_of_the_current_revision(
    server: ApiServer, read: Read, revisions: bool
) -> None:
    server.serve_recordings("dev-eu")
    found = read(revisions=revisions).observations
    assert {r.current for o in found for r in o.running or ()} == {True}
    assert {o.status.progress for o in found} == {Progress.COMPLETE}


def test_reading_replica_sets_besides_changes_no_observation(server: ApiServer, read: Read) -> None:
    server.serve_recordings("prod-eu")
    server.serve_recordings("trouble")

    def without_time(revisions: bool) -> list[Any]:
        return [
            (o.key, o.image, o.status, o.revision, o.running, o.labels)
            for o in read(revisions=revisions).observations
        ]

    assert without_time(revisions=False) == without_time(revisions=True)


def test_the_stuck_rollout_shows_what_it_waits_for_beside_what_still_runs(
    server: ApiServer, read: Read
) -> None:
    server.serve_recordings("prod-eu")
    server.serve_recordings("trouble")
    stuck = next(
        o
        for o in read().observations
        if (o.workload, o.container) == ("asset-proxy", "asset-proxy")
    )
    new, old = stuck.running or ()
    assert stuck.status.progress is Progress.PROGRESSING
    assert (new.current, new.pods, new.ready) == (True, 1, 0)
    assert new.waiting == ("ImagePullBackOff",)
    assert (old.current, old.pods, old.ready, old.waiting) == (False, 2, 2, ())


def test_a_tag_that_moved_shows_as_two_digests_of_one_image(server: ApiServer, read: Read) -> None:
    server.serve_recordings("prod-eu")
    server.serve_recordings("trouble")
    moved = [
        o for o in read().observations if (o.workload, o.container) == ("asset-resolver", "app")
    ]
    assert [len({r.image_id for r in o.running or ()}) for o in moved] == [2]
    assert {r.image for o in moved for r in o.running or ()} == {moved[0].image}


def test_replica_sets_become_revisions_of_their_deployments(server: ApiServer, read: Read) -> None:
    server.serve_recordings("prod-eu")
    server.serve_recordings("trouble")
    revisions = read(revisions=True).revisions or ()
    assert len(revisions) == len(items("trouble.replicasets"))
    proxy = sorted(r.number for r in revisions if r.workload == "asset-proxy")
    assert proxy == [1, 2]


def test_revisions_are_only_read_on_request(server: ApiServer, read: Read) -> None:
    server.serve_recordings("prod-eu")
    assert read().revisions is None
    assert not server.requests_for(LISTS["replicasets"])
    assert not server.requests_for(LISTS["controllerrevisions"])


def test_the_version_of_kubernetes_is_read(server: ApiServer, read: Read) -> None:
    found = read()
    assert found.kubernetes_version == "v1.36.2"
    assert found.requests == len(server.requests)


def test_recorded_pages_are_read_one_after_the_other(server: ApiServer, read: Read) -> None:
    deployments, pages = LISTS["deployments"], ["page1", "page2"]
    last = recording("namespaced")
    server.answer_in_turn(
        deployments, *(Answer(body=recording(page)) for page in pages), Answer(body=last)
    )
    found = {(o.namespace, o.workload) for o in read().observations}
    names = {
        (each["metadata"]["namespace"], each["metadata"]["name"])
        for name in [*pages, "namespaced"]
        for each in items(name)
    }
    assert found == names
    assert [bool(r.query.get("continue")) for r in server.requests_for(deployments)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(("refusal", "code"), [("expired-continue", 410), ("bad-continue", 400)])
def test_a_rejected_continue_token_restarts_the_list(
    server: ApiServer, read: Read, refusal: str, code: int
) -> None:
    server.answer_in_turn(
        LISTS["deployments"],
        Answer(body=recording("page1")),
        Answer(code, recording(refusal)),
        Answer(body=recording("namespaced")),
    )
    found = {o.workload for o in read().observations}
    assert found == {each["metadata"]["name"] for each in items("namespaced")}


def test_a_list_that_always_expires_is_given_up(server: ApiServer, fail: Fail) -> None:
    def expire(request: Any) -> Answer:
        token = request.query.get("continue")
        return Answer(410 if token else 200, recording("expired-continue" if token else "page1"))

    for path in LISTS.values():
        server.handlers[path] = expire
    failure = fail()
    assert failure.title == "List expired"
    assert len(server.requests_for(LISTS["deployments"])) == 8


@pytest.mark.parametrize(
    ("name", "code", "title"),
    [
        ("unauthorized", 401, "Credentials rejected (401)"),
        ("forbidden-anonymous", 403, "Credentials rejected (403)"),
        ("forbidden", 403, "Not allowed"),
        ("namespaced-forbidden", 403, "Not allowed"),
        ("table", 200, "Unreadable answer"),
        ("watch-deployments", 200, "Unreadable answer"),
        ("watch-expired", 200, "Unreadable answer"),
        ("watchlist-deployments", 200, "Unreadable answer"),
    ],
)
def test_what_is_no_list_is_a_failure_with_its_reason(
    server: ApiServer, fail: Fail, name: str, code: int, title: str
) -> None:
    for path in LISTS.values():
        server.answer(path, status=code, body=recording(name))
    failure = fail()
    assert failure.title == title
    assert failure.message


def test_objects_without_their_spec_are_each_left_out(server: ApiServer, read: Read) -> None:
    server.answer_in_turn(
        LISTS["deployments"], Answer(body=recording("partial")), Answer(body=b'{"items": []}')
    )
    found = read()
    assert found.observations == ()
    assert [bad.name for bad in found.bad] == [
        each["metadata"]["name"] for each in items("partial")
    ]


def test_an_account_of_one_namespace_reads_the_namespaces_that_the_entry_names(
    server: ApiServer, read: Read
) -> None:
    for plural, path in LISTS.items():
        server.answer(path, status=403, body=recording("namespaced-forbidden"))
        root, _, _ = path.rpartition("/")
        server.answer(f"{root}/namespaces/payments/{plural}", body=b'{"items": []}')
    path = "/apis/apps/v1/namespaces/payments/deployments"
    server.answer(path, body=recording("namespaced"))
    found = read(namespaces=("payments",))
    assert len({o.workload for o in found.observations}) == len(items("namespaced"))
    assert found.unread == (not_requested(("payments",)),)


def test_without_argo_rollouts_its_list_is_not_requested(server: ApiServer, read: Read) -> None:
    rollouts = "/apis/argoproj.io/v1alpha1/rollouts"
    server.answer(rollouts, status=403, body=recording("not-found-crd"))
    assert read().unread == ()
    assert not server.requests_for(rollouts)
