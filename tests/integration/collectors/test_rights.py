"""Missing rights are reported; everything that the account may read is still read."""

import pytest

from reldash.domain.workloads.reads import ClusterRead, not_requested
from tests.integration.collectors.conftest import Fail, Read
from tests.integration.collectors.kubernetes_objects import (
    Json,
    deployment,
    deployment_pod,
    meta,
    template,
)
from tests.integration.recorded_server import LISTS, ROLLOUTS, ApiServer, recording, status


def cron_job() -> Json:
    job = {"spec": {"template": template("shop/report:1")}}
    return {"metadata": meta("report"), "spec": {"jobTemplate": job}}


def unread(found: ClusterRead) -> list[tuple[str, str | None]]:
    return [(part.kind, part.namespace) for part in found.unread if not part.is_by_choice]


def refuse_everywhere(server: ApiServer) -> None:
    for path in LISTS.values():
        server.refuse(path)


@pytest.fixture(autouse=True)
def objects(server: ApiServer) -> None:
    server.lists[LISTS["deployments"]] = [
        deployment(),
        deployment("api", namespace="billing", uid="other"),
    ]
    server.lists[LISTS["pods"]] = [
        deployment_pod("api", "1"),
        deployment_pod("api", "2", namespace="billing"),
    ]


def test_a_refused_kind_is_unread_and_the_others_are_read(server: ApiServer, read: Read) -> None:
    server.refuse(LISTS["statefulsets"])
    found = read()
    assert len(found.observations) == 2
    assert unread(found) == [("StatefulSet", None)]
    part = found.unread[0]
    assert part.title == "Not allowed"
    assert part.message == "the account may not list statefulsets in API group 'apps'"


def test_refused_pods_leave_what_runs_unknown(server: ApiServer, read: Read) -> None:
    server.refuse(LISTS["pods"])
    found = read()
    assert unread(found) == [("Pod", None)]
    assert [o.running for o in found.observations] == [None, None]


def test_pods_are_not_requested_when_switched_off(server: ApiServer, read: Read) -> None:
    server.lists[LISTS["cronjobs"]] = [cron_job()]
    found = read(pods=False)
    assert unread(found) == [("Pod", None)]
    assert {o.running for o in found.observations} == {None}
    assert not server.requests_for(LISTS["pods"])
    assert not server.requests_for(LISTS["jobs"])


def test_refused_jobs_leave_unknown_what_cron_jobs_run(server: ApiServer, read: Read) -> None:
    server.lists[LISTS["cronjobs"]] = [cron_job()]
    server.refuse(LISTS["jobs"])
    found = read()
    assert unread(found) == [("Job", None)]
    assert [o.running for o in found.observations if o.workload == "report"] == [None]


def test_everything_refused_is_a_failure_that_names_the_missing_right(
    server: ApiServer, fail: Fail
) -> None:
    for path in LISTS.values():
        server.answer(path, status=403, body=recording("forbidden"))
    failure = fail()
    assert failure.title == "Not allowed"
    assert 'User "nobody" cannot list resource "deployments"' in failure.message
    assert "missing right: list deployments in API group 'apps' in all namespaces" in (
        failure.message
    )
    assert "deploy/rbac.yaml" in failure.remedy


def test_where_all_is_refused_the_namespaces_of_the_entry_are_read(
    server: ApiServer, read: Read
) -> None:
    refuse_everywhere(server)
    found = read(namespaces=("shop", "billing"))
    assert {o.namespace for o in found.observations} == {"shop", "billing"}
    assert [[r.pods for r in o.running or ()] for o in found.observations] == [[1], [1]]
    assert found.unread == (not_requested(("billing", "shop")),)


def test_a_namespace_that_is_refused_is_unread(server: ApiServer, read: Read) -> None:
    refuse_everywhere(server)
    server.refuse("/apis/apps/v1/namespaces/billing/deployments")
    server.refuse("/api/v1/namespaces/shop/pods")
    found = read(namespaces=("shop", "billing"))
    assert {o.namespace for o in found.observations} == {"shop"}
    assert set(unread(found)) == {("Deployment", "billing"), ("Pod", "shop")}
    assert [o.running for o in found.observations] == [None]


def test_only_a_refusal_is_retried_in_each_namespace(server: ApiServer, read: Read) -> None:
    server.answer(LISTS["cronjobs"], status=404, body=status(404, "no"))
    assert unread(read(namespaces=("shop",))) == [("CronJob", None)]
    assert not server.requests_for("/apis/batch/v1/namespaces/shop/cronjobs")


def test_all_namespaces_refused_is_a_failure(server: ApiServer, fail: Fail) -> None:
    refuse_everywhere(server)
    for plural, path in LISTS.items():
        server.refuse(f"{path.rpartition('/')[0]}/namespaces/shop/{plural}")
    failure = fail(namespaces=("shop",))
    assert failure.title == "Not allowed"
    assert "in the namespaces shop" in failure.message


def test_other_namespaces_than_those_of_the_entry_are_left_out(
    server: ApiServer, read: Read
) -> None:
    found = read(namespaces=("billing",))
    assert {o.namespace for o in found.observations} == {"billing"}
    assert len(server.requests_for(LISTS["deployments"])) == 1


def test_refused_revisions_are_unread_and_cost_nothing_else(server: ApiServer, read: Read) -> None:
    server.refuse(LISTS["replicasets"])
    server.refuse(LISTS["controllerrevisions"])
    found = read(revisions=True)
    assert found.revisions == ()
    assert set(unread(found)) == {("ReplicaSet", None), ("ControllerRevision", None)}
    assert len(found.observations) == 2


def test_argo_rollouts_that_exist_and_are_refused_are_unread(server: ApiServer, read: Read) -> None:
    server.install_argo([])
    server.refuse(ROLLOUTS)
    assert unread(read()) == [("Rollout", None)]


def test_argo_cd_alone_serves_no_rollouts(server: ApiServer, read: Read) -> None:
    group = ROLLOUTS.rpartition("/")[0]
    server.answer(group, body=b'{"resources": [{"name": "applications"}]}')
    assert read().unread == ()
    assert not server.requests_for(ROLLOUTS)


def test_a_kind_that_the_server_does_not_have_is_unread(server: ApiServer, read: Read) -> None:
    server.answer(LISTS["cronjobs"], status=404, body=status(404, "no"))
    assert [(part.kind, part.title) for part in read().unread] == [("CronJob", "Not served")]


def test_a_refused_sign_in_fails_the_cluster_wherever_it_comes(
    server: ApiServer, fail: Fail
) -> None:
    server.answer(LISTS["jobs"], status=401, body=recording("unauthorized"))
    server.answer(LISTS["pods"], status=401, body=recording("unauthorized"))
    failure = fail()
    assert failure.title == "Credentials rejected (401)"
    assert "(401)" in failure.message
    assert "token" in failure.remedy
