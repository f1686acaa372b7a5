"""EKS clusters are found and signed in to through AWS, without its command line."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
import trustme
import urllib3
from moto.server import ThreadedMotoServer
from psycopg2 import sql

from reldash.collectors.aws import TRIES, AwsClients
from reldash.collectors.eks import EksClusters, get_eks
from reldash.collectors.kubernetes import check_cluster, get_cluster
from reldash.config import ClusterEntry, EksAccess, Settings, load_fleet
from reldash.domain.fleet import Cluster, CollectRules
from reldash.domain.model import ClusterRead, ReadFailure
from reldash.services.collect import Collector
from reldash.services.context import Context
from reldash.store import Store
from tests.integration.collectors.aws_front import (
    ACCESS_KEY,
    GOES_ON,
    OTHER_ROLE,
    POD_IDENTITY,
    REGION,
    SECRET_KEY,
    THROTTLED,
    TOO_MANY,
    AwsFront,
    denied,
    fronting,
    presigned_url,
)
from tests.integration.collectors.objects import deployment
from tests.integration.recorded_server import LISTS, Answer, ApiServer, Request, listed, running

RULES = CollectRules(timeout=timedelta(seconds=10))
HOME = EksAccess("home", REGION)
OTHER = EksAccess("other", REGION, OTHER_ROLE, "ours")


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """One moto for the run."""
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def front(moto_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsFront]:
    """An AWS of this test's own, which the environment names, and nothing kept of another."""
    urllib3.request("POST", f"{moto_url}/moto-api/reset")
    for name, value in {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("reldash.collectors.eks._shared", EksClusters(AwsClients()))
    with fronting(moto_url) as started:
        monkeypatch.setenv("AWS_ENDPOINT_URL", started.url)
        yield started


@pytest.fixture
def home(front: AwsFront, server: ApiServer) -> ApiServer:
    """A cluster with a workload, in the account of the chain's credentials."""
    server.lists[LISTS["deployments"]] = [deployment()]
    front.add_cluster("home", server)
    return server


@pytest.fixture
def other(front: AwsFront, server: ApiServer) -> ApiServer:
    """A cluster in a second account, whose role asks for an external id."""
    front.add_cluster("other", server, OTHER_ROLE)
    front.external_ids[OTHER_ROLE] = "ours"
    return server


def read(access: EksAccess, rules: CollectRules = RULES) -> ClusterRead | ReadFailure:
    return get_cluster(entry_of(access), rules, revisions=False)


def entry_of(access: EksAccess) -> ClusterEntry:
    return ClusterEntry(Cluster(access.cluster, ("platform",), {"dev": ("*",)}), access)


def failed(found: ClusterRead | ReadFailure) -> ReadFailure:
    assert isinstance(found, ReadFailure), found
    assert found.mend
    return found


def identity(request: Request, cluster: str) -> str:
    """Who STS says it is, asked as a cluster asks it."""
    found = urllib3.request("GET", presigned_url(request), headers={"x-k8s-aws-id": cluster})
    assert found.status == 200
    assert b"<Arn>" in found.data, found.data
    return found.data.decode().partition("<Arn>")[2].partition("</Arn>")[0]


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


def test_place_and_token_are_asked_for_once(front: AwsFront, home: ApiServer) -> None:
    read(HOME)
    read(HOME)
    assert front.asked == ["DescribeCluster"]
    assert len({request.headers["Authorization"] for request in home.requests}) == 1


def test_a_cluster_that_was_made_anew_is_found_again(
    front: AwsFront, home: ApiServer, authority: trustme.CA, tmp_path: Path
) -> None:
    with running(ApiServer(), authority, tmp_path) as old:
        front.place("home", old)
        assert isinstance(read(HOME), ClusterRead)
    front.place("home", home)
    gone = failed(read(HOME))
    assert (gone.title, "asked for anew" in gone.mend) == ("Connection refused", True)
    assert isinstance(read(HOME), ClusterRead)
    assert front.asked == ["DescribeCluster"] * 2


def test_an_authority_that_does_not_fit_is_asked_for_again(
    front: AwsFront, home: ApiServer
) -> None:
    front.clusters["home"] = (home.url, trustme.CA().cert_pem.bytes())
    assert failed(read(HOME)).title == "Certificate not trusted"
    front.place("home", home)
    assert isinstance(read(HOME), ClusterRead)


def test_a_second_account_is_read_by_its_role(front: AwsFront, other: ApiServer) -> None:
    assert isinstance(read(OTHER), ClusterRead)
    assert front.asked == ["AssumeRole", "DescribeCluster"]
    assert "222222222222:assumed-role/reader/" in identity(other.requests[-1], "other")


@pytest.mark.usefixtures("other")
def test_a_wrong_external_id_fails_that_cluster_alone(front: AwsFront, server: ApiServer) -> None:
    front.add_cluster("home", server)
    found = failed(read(EksAccess("other", REGION, OTHER_ROLE, "theirs")))
    assert found.title == "Not allowed by AWS"
    assert "missing permission sts:AssumeRole" in found.message
    assert OTHER_ROLE in found.message
    assert "is not authorized to perform: sts:AssumeRole" in found.message
    assert "external_id" in found.mend
    assert isinstance(read(HOME), ClusterRead)


@pytest.mark.usefixtures("home")
def test_check_names_the_missing_permission(front: AwsFront) -> None:
    front.faults["DescribeCluster"] = [denied("eks:DescribeCluster")]
    (check,) = check_cluster(entry_of(HOME), RULES)
    assert not check.ok
    assert "missing permission eks:DescribeCluster in region eu-west-1 on home" in check.message
    assert "deploy/iam/policy.json" in check.mend


def test_check_names_a_missing_access_entry(home: ApiServer) -> None:
    home.answer("/version", status=401)
    check = check_cluster(entry_of(HOME), RULES)[-1]
    assert (check.step, check.ok) == ("signed in", False)
    assert "access entry" in check.mend


def test_a_refused_token_is_not_used_again(home: ApiServer) -> None:
    home.answer("/version", status=401)
    read(HOME)
    first = home.requests[-1].headers["Authorization"]
    time.sleep(1.1)  # a token signed within one second is the same
    read(HOME)
    assert home.requests[-1].headers["Authorization"] != first


@pytest.mark.usefixtures("front")
def test_a_cluster_that_does_not_exist_is_named() -> None:
    found = failed(read(HOME))
    assert found.title == "Not found in AWS"
    assert "home" in found.message


@pytest.mark.parametrize("fault", [THROTTLED, TOO_MANY], ids=["ThrottlingException", "429"])
@pytest.mark.usefixtures("home")
def test_throttling_is_waited_out(
    front: AwsFront, fault: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.aws.FIRST_WAIT", 0.05)
    front.faults["DescribeCluster"] = [fault, fault, GOES_ON]
    assert isinstance(read(HOME), ClusterRead)
    assert front.asked == ["DescribeCluster"] * 3


@pytest.mark.parametrize("fault", [THROTTLED, TOO_MANY], ids=["ThrottlingException", "429"])
@pytest.mark.usefixtures("home")
def test_throttling_without_end_is_given_up(
    front: AwsFront, fault: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.aws.FIRST_WAIT", 0.01)
    front.faults["DescribeCluster"] = [fault]
    assert failed(read(HOME)).title == "Throttled by AWS"
    assert len(front.asked) == TRIES


@pytest.mark.usefixtures("home")
def test_throttling_is_not_waited_for_beyond_the_time_limit(
    front: AwsFront,
) -> None:
    front.faults["DescribeCluster"] = [THROTTLED]
    began = time.monotonic()
    assert failed(read(HOME, CollectRules(timeout=timedelta(seconds=1))))
    assert time.monotonic() - began < 2


def test_a_long_read_goes_on_with_a_new_token(
    home: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.eks.TOKEN_LIFE", timedelta(seconds=1.2))
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
    tokens = [request.headers["Authorization"] for request in home.asked(LISTS["deployments"])]
    assert len(tokens) == 5
    assert len(set(tokens)) > 1
    assert max(ages) < timedelta(seconds=2.3)  # the date in a token is cut to whole seconds


@pytest.mark.usefixtures("other")
def test_a_roles_credentials_are_renewed_before_they_end(
    front: AwsFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.eks.TOKEN_LIFE", timedelta())
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


@pytest.fixture
def no_keys(front: AwsFront, monkeypatch: pytest.MonkeyPatch) -> AwsFront:
    """An environment without keys, as a pod's."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    return front


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
def test_a_refused_irsa_role_is_named(
    no_keys: AwsFront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("a-service-account")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/release-dashboard")
    no_keys.faults["AssumeRoleWithWebIdentity"] = [denied("sts:AssumeRoleWithWebIdentity")]
    assert "missing permission sts:AssumeRoleWithWebIdentity" in failed(read(HOME)).message


@pytest.mark.usefixtures("home")
def test_a_pod_signs_in_by_pod_identity(
    no_keys: AwsFront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("the-token-of-a-pod")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", no_keys.url + POD_IDENTITY)
    assert isinstance(read(HOME), ClusterRead)


@pytest.mark.usefixtures("home", "no_keys")
def test_without_credentials_it_says_where_they_come_from() -> None:
    found = failed(read(HOME))
    assert found.title == "No AWS credentials"
    assert "AWS_PROFILE" in found.mend


@pytest.mark.usefixtures("home")
def test_aws_that_is_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert failed(read(HOME)).title == "AWS not reached"


def test_rotated_keys_are_taken_up_after_a_refusal(
    front: AwsFront, home: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = {"x-amzn-errortype": "UnrecognizedClientException"}
    front.faults["DescribeCluster"] = [Answer(403, b"{}", stale)]
    assert failed(read(HOME)).title == "Not signed in to AWS"
    front.faults.clear()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAROTATEDROTATED00")
    monkeypatch.setattr("reldash.collectors.renewed.SHARED", 0)
    assert isinstance(read(HOME), ClusterRead)
    assert "AKIAROTATEDROTATED00" in presigned_url(home.requests[-1])


def echo(request: Request) -> Answer:
    """A refusal that repeats what it was sent."""
    words = f"{request.headers['Authorization']} {presigned_url(request)}"
    return Answer(403, b'{"kind": "Status", "message": "%s"}' % words.encode())


def test_nothing_secret_is_logged_or_told(
    front: AwsFront,
    other: ApiServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("reldash.collectors.renewed.SHARED", 0)  # each answer is met

    for path in LISTS.values():
        other.handlers[path] = echo
    told = [repr(failed(read(OTHER))), repr(check_cluster(entry_of(OTHER), RULES))]
    token = other.requests[-1].headers["Authorization"].removeprefix("Bearer ")
    quoted = f"signed {' '.join(front.given)}"
    for code in ("SignatureDoesNotMatch", "AccessDeniedException", "InvalidParameterException"):
        headers = {"x-amzn-errortype": code}
        body = b'{"message": "%s"}' % quoted.encode()
        front.faults["DescribeCluster"] = [Answer(403, body, headers)]
        get_eks().forget_place(OTHER)
        told.append(repr(failed(read(OTHER))))
        told.append(repr(check_cluster(entry_of(OTHER), RULES)))
    text = "\n".join([*told, caplog.text])
    secrets = [SECRET_KEY, ACCESS_KEY, token, "X-Amz-Signature", *front.given]
    assert len(front.given) >= 3
    assert "Refused by AWS" in text
    assert [secret for secret in secrets if secret in text] == []


def test_nothing_secret_reaches_the_database(
    front: AwsFront, other: ApiServer, database_url: str, tmp_path: Path
) -> None:
    other.lists[LISTS["deployments"]] = [deployment()]
    other.handlers[LISTS["statefulsets"]] = echo
    fleet = tmp_path / "fleet.yaml"
    eks = f"{{cluster: other, region: {REGION}, role_arn: '{OTHER_ROLE}', external_id: ours}}"
    fleet.write_text(
        "environments: [dev]\ndashboards: {platform: {environments: [dev]}}\n"
        f"clusters: [{{name: other, dashboard: platform, environment: dev, eks: {eks}}}]\n"
    )
    context = Context(Settings(fleet=fleet), load_fleet(fleet), Store.open(database_url))
    collector = Collector(context)
    (first,) = collector.collect()
    assert isinstance(first, ClusterRead)
    for path in LISTS.values():
        other.handlers[path] = echo
    (second,) = collector.collect()
    assert isinstance(second, ReadFailure)
    context.close()
    rows = all_rows(database_url)
    assert OTHER_ROLE not in rows
    assert second.title in rows
    token = other.requests[-1].headers["Authorization"].removeprefix("Bearer ")
    secrets = [SECRET_KEY, ACCESS_KEY, token, "X-Amz-Signature", *front.given]
    assert [secret for secret in secrets if secret in rows] == []


def all_rows(url: str) -> str:
    """Everything that a database holds, as text."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema='public'"
        )
        found = []
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name)))
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)
