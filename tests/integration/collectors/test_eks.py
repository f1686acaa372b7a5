"""EKS clusters are found and signed in to through AWS, without its command line."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

from reldash.collectors.aws.clients import AwsClients
from reldash.collectors.aws.eks import EksClusters
from reldash.config import EksAccess
from reldash.domain.workloads.reads import ClusterRead
from tests.integration.collectors.aws_front import (
    POD_IDENTITY,
    REGION,
    AwsFront,
    presigned_url,
)
from tests.integration.collectors.eks_clusters import HOME, OTHER, failed, identity, read
from tests.integration.recorded_server import LISTS, Answer, ApiServer, Request, listed, running


@pytest.mark.usefixtures("home")
def test_a_cluster_is_read_by_its_name_alone() -> None:
    found = read(HOME)
    assert isinstance(found, ClusterRead), found
    assert [each.workload for each in found.observations] == ["api"]


def test_a_token_is_what_clusters_expect(front: AwsFront, home: ApiServer) -> None:
    read(HOME)
    request = home.requests[-1]
    url = urlsplit(presigned_url(request))
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}" == front.url
    assert query["Action"] == "GetCallerIdentity"
    assert query["X-Amz-Expires"] == "60"
    assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert f"/{REGION}/sts/aws4_request" in query["X-Amz-Credential"]
    assert "=" not in request.headers["Authorization"]
    assert identity(request, "home")


def test_endpoint_and_token_are_fetched_once(front: AwsFront, home: ApiServer) -> None:
    read(HOME)
    read(HOME)
    assert front.asked == ["DescribeCluster"]
    assert len({request.headers["Authorization"] for request in home.requests}) == 1


def test_a_recreated_cluster_is_found_again(
    front: AwsFront, home: ApiServer, authority: trustme.CA, tmp_path: Path
) -> None:
    with running(ApiServer(), authority, tmp_path) as old:
        front.place("home", old)
        assert isinstance(read(HOME), ClusterRead)
    front.place("home", home)
    gone = failed(read(HOME))
    assert (gone.title, "read again next time" in gone.remedy) == ("Connection refused", True)
    assert isinstance(read(HOME), ClusterRead)
    assert front.asked == ["DescribeCluster"] * 2


def test_a_wrong_authority_is_fetched_again(front: AwsFront, home: ApiServer) -> None:
    front.clusters["home"] = (home.url, trustme.CA().cert_pem.bytes())
    assert failed(read(HOME)).title == "Certificate not trusted"
    front.place("home", home)
    assert isinstance(read(HOME), ClusterRead)


def test_a_second_account_is_read_by_its_role(front: AwsFront, other: ApiServer) -> None:
    assert isinstance(read(OTHER), ClusterRead)
    assert front.asked == ["AssumeRole", "DescribeCluster"]
    assert "222222222222:assumed-role/reader/" in identity(other.requests[-1], "other")


def test_a_refused_token_is_not_used_again(home: ApiServer) -> None:
    home.answer("/version", status=401)
    read(HOME)
    first = home.requests[-1].headers["Authorization"]
    time.sleep(1.1)  # a token signed within one second is the same
    read(HOME)
    assert home.requests[-1].headers["Authorization"] != first


def test_a_long_read_goes_on_with_a_new_token(
    home: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.aws.eks.TOKEN_LIFE", timedelta(seconds=1.2))
    ages: list[timedelta] = []

    def slow(request: Request) -> Answer:
        query = parse_qs(urlsplit(presigned_url(request)).query)
        signed_at = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
        ages.append(datetime.now(UTC) - signed_at)
        time.sleep(0.7)
        page = len(ages)
        return Answer(body=listed([], token=str(page) if page < 5 else ""))

    home.handlers[LISTS["deployments"]] = slow
    assert isinstance(read(HOME), ClusterRead)
    tokens = [
        request.headers["Authorization"] for request in home.requests_for(LISTS["deployments"])
    ]
    assert len(tokens) == 5
    assert len(set(tokens)) > 1
    assert max(ages) < timedelta(seconds=2.3)  # the date in a token is cut to whole seconds


@pytest.mark.usefixtures("other")
def test_a_roles_credentials_are_renewed_before_they_end(
    front: AwsFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.aws.eks.TOKEN_LIFE", timedelta())
    soon = datetime.now(UTC) + timedelta(minutes=9)
    front.role_life = soon.strftime("%Y-%m-%dT%H:%M:%SZ")
    read(OTHER)
    first = front.asked.count("AssumeRole")
    front.role_life = None
    read(OTHER)
    renewed = front.asked.count("AssumeRole")
    read(OTHER)
    assert first > 1
    assert (renewed, front.asked.count("AssumeRole")) == (first + 1, first + 1)


@pytest.mark.usefixtures("other")
def test_many_threads_assume_a_role_once(front: AwsFront) -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(read(OTHER))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(each, ClusterRead) for each in found)
    assert front.asked == ["AssumeRole", "DescribeCluster"]


@pytest.mark.usefixtures("front")
def test_fifty_tokens_cost_little() -> None:
    eks = EksClusters(AwsClients())
    deadline = time.monotonic() + 60
    eks.sign_in(HOME, deadline)  # the session and the address of STS are made once a process
    began = time.thread_time()
    for number in range(50):
        eks.sign_in(EksAccess(f"c{number}", REGION), deadline)
    assert time.thread_time() - began < 0.05


def test_a_pod_signs_in_by_irsa(
    no_keys: AwsFront, home: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("a-service-account")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/release-dashboard")
    assert isinstance(read(HOME), ClusterRead)
    assert no_keys.asked[0] == "AssumeRoleWithWebIdentity"
    assert ":assumed-role/release-dashboard/" in identity(home.requests[-1], "home")


@pytest.mark.usefixtures("home")
def test_a_pod_signs_in_by_pod_identity(
    no_keys: AwsFront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("the-token-of-a-pod")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", no_keys.url + POD_IDENTITY)
    assert isinstance(read(HOME), ClusterRead)


def test_rotated_keys_are_taken_up_after_a_refusal(
    front: AwsFront, home: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = {"x-amzn-errortype": "UnrecognizedClientException"}
    front.faults["DescribeCluster"] = [Answer(403, b"{}", stale)]
    assert failed(read(HOME)).title == "Not signed in to AWS"
    front.faults.clear()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAROTATEDROTATED00")
    monkeypatch.setattr("reldash.collectors.http.expiring.FAILURE_SHARED_FOR", 0)
    assert isinstance(read(HOME), ClusterRead)
    assert "AKIAROTATEDROTATED00" in presigned_url(home.requests[-1])
