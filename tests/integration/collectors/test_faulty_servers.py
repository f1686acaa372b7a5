"""Any response of a server is read, fails the read or costs one object; nothing crashes."""

import gzip
import json
from typing import Any

import pytest
import trustme

from reldash.collectors.http import transport
from tests.integration.collectors.conftest import TOKEN, Fail, Read
from tests.integration.collectors.kubernetes_objects import (
    Json,
    deployment,
    deployment_pod,
    template,
)
from tests.integration.recorded_server import LISTS, Answer, ApiServer, Request, listed, status

DEPLOYMENTS, PODS = LISTS["deployments"], LISTS["pods"]
PAGE = b"<html><title>Sign in</title></html>"


def answer_all(server: ApiServer, **values: Any) -> None:
    for path in ["/version", *LISTS.values()]:
        server.answer(path, **values)


def with_spec(**values: Any) -> Json:
    broken = deployment("broken")
    broken["spec"].update(values)
    return broken


def with_meta(**values: Any) -> Json:
    broken = deployment("broken")
    broken["metadata"].update(values)
    return broken


def test_a_page_of_a_proxy_is_no_api_server(server: ApiServer, fail: Fail) -> None:
    answer_all(server, body=PAGE, content_type="text/html")
    failure = fail()
    assert failure.title == "Not a Kubernetes API server"
    assert "text/html" in failure.message
    assert "proxy" in failure.remedy


def test_a_redirect_is_not_followed(server: ApiServer, fail: Fail) -> None:
    answer_all(server, status=302, headers={"Location": f"{server.url}/sign-in"})
    assert fail().title == "Redirected"
    assert not server.requests_for("/sign-in")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"{}", b'{"items": 1}', b'{"items": {}}', b"\xff\xfe"]
)
def test_a_body_that_is_no_list_leaves_that_kind_unread(
    server: ApiServer, read: Read, body: bytes
) -> None:
    server.answer(DEPLOYMENTS, body=body)
    found = read()
    assert [(part.kind, part.title) for part in found.unread] == [
        ("Deployment", "Unreadable answer")
    ]


@pytest.mark.parametrize("body", [b'{"items": null}', b'{"items": [], "metadata": {}}'])
def test_an_empty_list_may_be_written_as_null(server: ApiServer, read: Read, body: bytes) -> None:
    server.answer(DEPLOYMENTS, body=body)
    assert read().unread == ()


def test_json_nested_without_end_leaves_that_kind_unread(server: ApiServer, read: Read) -> None:
    server.answer(DEPLOYMENTS, body=b'{"items": ' + b"[" * 200_000)
    assert [part.kind for part in read().unread] == ["Deployment"]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({}, id="empty"),
        pytest.param(7, id="a number"),
        pytest.param({"metadata": {"name": "broken", "namespace": "shop"}}, id="no spec"),
        pytest.param(with_spec(template={}), id="no pod spec"),
        pytest.param(with_spec(template={"spec": {"containers": []}}), id="no containers"),
        pytest.param(with_spec(template=template("shop/api:\u0000")), id="control in image"),
        pytest.param(with_spec(template=template("x" * 5000)), id="endless image"),
        pytest.param(with_spec(template=template("a", name="Not A Name")), id="container name"),
        pytest.param(with_spec(replicas="three"), id="replicas in words"),
        pytest.param(with_spec(replicas=2**40), id="too many replicas"),
        pytest.param(with_spec(replicas=-1), id="negative replicas"),
        pytest.param(with_meta(name="broken\u0000"), id="control in name"),
        pytest.param(with_meta(namespace="../kube-system"), id="namespace that is a path"),
        pytest.param(with_meta(labels={"app": "\u001b[31m"}), id="control in label"),
        pytest.param(with_meta(labels={"app": 1}), id="label that is a number"),
        pytest.param(with_meta(creationTimestamp="yesterday"), id="creation time"),
        pytest.param(with_meta(creationTimestamp="2026-11-01T08:00:00"), id="no time zone"),
        pytest.param(with_meta(creationTimestamp="0001-01-01T00:00:00+05:00"), id="before time"),
        pytest.param(with_meta(creationTimestamp="9999-12-31T23:59:59-05:00"), id="after time"),
        pytest.param(with_meta(uid="\n"), id="uid"),
    ],
)
def test_a_broken_object_among_good_ones_costs_that_object_alone(
    server: ApiServer, read: Read, broken: Any
) -> None:
    server.lists[DEPLOYMENTS] = [deployment("one"), broken, deployment("two")]
    found = read()
    assert {o.workload for o in found.observations} == {"one", "two"}
    assert [bad.kind for bad in found.bad] == ["Deployment"]
    bad = found.bad[0]
    assert all(text.isprintable() for text in (bad.name, bad.namespace, bad.reason))
    assert bad.reason


def test_a_broken_object_is_named(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [with_spec(replicas="three")]
    bad = read().bad[0]
    assert (bad.namespace, bad.name) == ("shop", "broken")
    assert "replicas" in bad.reason


def test_two_containers_of_one_name_are_invalid(server: ApiServer, read: Read) -> None:
    twice = with_spec()
    twice["spec"]["template"]["spec"]["containers"] *= 2
    server.lists[DEPLOYMENTS] = [twice]
    assert "two containers" in read().bad[0].reason


def test_a_broken_pod_costs_that_pod_alone(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [deployment()]
    broken = deployment_pod("api", "1", name="broken")
    broken["status"]["containerStatuses"][0]["imageID"] = "\u0007"
    server.lists[PODS] = [deployment_pod("api", "1"), broken]
    found = read()
    assert [bad.name for bad in found.bad] == ["broken"]
    assert [r.pods for o in found.observations for r in o.running or ()] == [1]


def test_an_object_sent_twice_is_one(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [deployment(), deployment()]
    assert len(read().observations) == 1


def test_what_the_controller_says_comes_out_as_one_printable_line(
    server: ApiServer, read: Read
) -> None:
    loud = deployment()
    loud["status"]["conditions"] = [
        {
            "type": "Progressing",
            "status": "False",
            "reason": "ProgressDeadlineExceeded",
            "message": "timed\nout \u001b[31m" + "!" * 5000,
        }
    ]
    server.lists[DEPLOYMENTS] = [loud]
    message = read().observations[0].status.message
    assert message.isprintable()
    assert message.startswith("timed out")
    assert len(message) <= 300


def test_a_list_that_never_ends_is_given_up(server: ApiServer, read: Read) -> None:
    server.answer(DEPLOYMENTS, body=listed([deployment()], token="again"))
    assert [part.title for part in read().unread] == ["Endless list"]


def test_a_page_larger_than_any_real_one_is_not_taken(
    server: ApiServer, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_BODY", 2**20)
    bomb = gzip.compress(b'{"items": []}' + b" " * 2**21)
    server.answer(DEPLOYMENTS, body=bomb, headers={"Content-Encoding": "gzip"})
    found = read()
    assert [part.message for part in found.unread] == ["more than 1 MiB in one page"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        Answer(body=gzip.compress(b'{"items": []}')[:-6], headers={"Content-Encoding": "gzip"}),
        Answer(body=b"x", headers={"Content-Encoding": "br"}),
    ],
)
def test_a_broken_compression_leaves_that_kind_unread(
    server: ApiServer, read: Read, answer: Answer
) -> None:
    server.handlers[DEPLOYMENTS] = lambda _: answer
    assert [part.kind for part in read().unread] == ["Deployment"]


def test_large_responses_are_requested_and_read_compressed(server: ApiServer, read: Read) -> None:
    server.lists[DEPLOYMENTS] = [deployment(f"api-{number}") for number in range(700)]
    found = read()
    assert len(found.observations) == 700
    asked = server.requests_for(DEPLOYMENTS)
    assert [request.query["limit"] for request in asked] == ["500", "500"]
    assert {request.headers["Accept-Encoding"] for request in asked} == {"gzip"}


def test_the_token_is_sent_and_never_shown(server: ApiServer, fail: Fail) -> None:
    def echo(request: Request) -> Answer:
        sent = request.headers.get("Authorization", "")
        return Answer(403, status(403, f"go away with your {sent}"))

    for path in LISTS.values():
        server.handlers[path] = echo
    failure = fail()
    assert server.requests[-1].headers["Authorization"] == f"Bearer {TOKEN}"
    assert "go away with your Bearer ***" in failure.message
    assert TOKEN not in json.dumps([failure.title, failure.message, failure.remedy])


def test_a_certificate_of_another_authority_is_not_trusted(server: ApiServer, fail: Fail) -> None:
    trustme.CA().cert_pem.write_to_path(str(server.ca_file))
    failure = fail()
    assert failure.title == "Certificate not trusted"
    assert "authority" in failure.remedy
    assert not server.requests
