"""The demo's AWS, through boto3 and a cluster's authenticator."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError

from reldash.demo import DemoFleet
from reldash.demo.aws.accounts import CLOSED_ROLE, EXTERNAL_ID, SOLUTIONS_ROLE
from tests.integration.demo_aws import client, cloud_of, keys_of

CLUSTERS = ("platform-dev", "platform-nonprod", "platform-stg", "platform-shared-us")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFleet]:
    with DemoFleet.start(
        tmp_path_factory.mktemp("fleet"),
        speed=0,
        clusters=[*CLUSTERS, "solutions-prod-ch"],
        aws=True,
    ) as running:
        cloud_of(running).api.faults.throttle_every = 0
        yield running


def token(
    fleet: DemoFleet,
    cluster: str,
    keys: Credentials | None = None,
    at: datetime | None = None,
    expires: int = 60,
    action: str = "GetCallerIdentity",
) -> str:
    """Create a bearer token for a cluster, by default signed now by the user."""
    request = AWSRequest(
        method="GET",
        url=f"{cloud_of(fleet).url}/",
        params={"Action": action, "Version": "2011-06-15"},
        headers={"x-k8s-aws-id": cluster},
    )
    signer = SigV4QueryAuth(keys or keys_of(fleet), "sts", "eu-west-1", expires=expires)
    stamp = (at or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "botocore.auth.get_current_datetime",
            lambda: datetime.strptime(stamp, "%Y%m%dT%H%M%SZ"),  # noqa: DTZ007 - botocore's are naive
        )
        signer.add_auth(request)
    url = str(request.prepare().url)
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def takes(fleet: DemoFleet, cluster: str, bearer: str) -> bool:
    return fleet.accounts[cluster].is_signed_in(f"Bearer {bearer}")


def test_clusters_are_listed_in_pages_with_their_endpoint(
    fleet: DemoFleet,
) -> None:
    eks = client(fleet, "eks")
    first = eks.list_clusters()
    assert first["nextToken"]
    names = [n for page in eks.get_paginator("list_clusters").paginate() for n in page["clusters"]]
    assert set(names) == {"data-lab", "platform-dev", "platform-nonprod", "platform-stg"}
    found = eks.describe_cluster(name="platform-nonprod")["cluster"]
    assert found["endpoint"] == fleet.urls["platform-nonprod"]
    authority = base64.b64decode(found["certificateAuthority"]["data"])
    assert authority == fleet.authority.cert_pem.bytes()
    assert found["tags"]["environment"] == "nonprod"
    assert eks.describe_cluster(name="data-lab")["cluster"]["tags"] == {}


def test_a_second_account_shows_its_clusters_to_its_role(fleet: DemoFleet) -> None:
    eks = client(fleet, "eks", keys_of(fleet, EXTERNAL_ID), "eu-central-2")
    assert eks.list_clusters()["clusters"] == ["solutions-prod-ch"]
    tags = eks.describe_cluster(name="solutions-prod-ch")["cluster"]["tags"]
    assert tags["release-dashboard-namespaces"] == "cust-helvetia cust-matterhorn"


@pytest.mark.parametrize(
    ("role", "external_id"), [(SOLUTIONS_ROLE, "another"), (CLOSED_ROLE, EXTERNAL_ID)]
)
def test_a_wrong_external_id_or_a_role_that_trusts_nobody_is_refused(
    fleet: DemoFleet, role: Any, external_id: str
) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        client(fleet, "sts").assume_role(
            RoleArn=role.arn, RoleSessionName="test", ExternalId=external_id
        )


def test_an_action_without_permission_is_denied_by_name(fleet: DemoFleet) -> None:
    with pytest.raises(ClientError, match=r"AccessDeniedException.*ecr:DescribeRepositories"):
        client(fleet, "ecr").describe_repositories()


def test_an_unknown_access_key_is_refused(fleet: DemoFleet) -> None:
    stranger = Credentials("AKIA0000000000000000", "secret")
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        client(fleet, "eks", stranger).list_clusters()


def test_calls_are_throttled_from_time_to_time(fleet: DemoFleet) -> None:
    faults = cloud_of(fleet).api.faults
    faults.throttle = 1
    with pytest.raises(ClientError, match="ThrottlingException"):
        client(fleet, "eks").list_clusters()
    assert client(fleet, "eks").list_clusters()["clusters"]


def test_aws_can_be_down_or_refuse_and_recover(fleet: DemoFleet) -> None:
    fleet.set_refused("aws")
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        client(fleet, "eks").list_clusters()
    fleet.set_refused("aws", refused=False)
    fleet.set_down("aws")
    with pytest.raises(EndpointConnectionError):
        client(fleet, "eks").list_clusters()
    fleet.set_down("aws", down=False)
    assert client(fleet, "eks").list_clusters()["clusters"]


def test_a_cluster_accepts_tokens_made_for_it(fleet: DemoFleet) -> None:
    bearer = token(fleet, "platform-dev")
    assert takes(fleet, "platform-dev", bearer)
    assert takes(fleet, "platform-dev", bearer)
    other = token(fleet, "solutions-prod-ch", keys_of(fleet, EXTERNAL_ID))
    assert takes(fleet, "solutions-prod-ch", other)


def test_a_cluster_refuses_tokens_for_others_and_principals_without_an_access_entry(
    fleet: DemoFleet,
) -> None:
    assert not takes(fleet, "platform-stg", token(fleet, "platform-dev"))
    assert not takes(
        fleet, "platform-dev", token(fleet, "platform-dev", keys_of(fleet, EXTERNAL_ID))
    )
    assert not takes(fleet, "platform-shared-us", token(fleet, "platform-shared-us"))


def test_a_token_is_valid_for_15_minutes(fleet: DemoFleet) -> None:
    now = datetime.now(UTC)
    assert takes(
        fleet, "platform-dev", token(fleet, "platform-dev", at=now - timedelta(minutes=14))
    )
    old = token(fleet, "platform-dev", at=now - timedelta(minutes=15, seconds=1))
    assert not takes(fleet, "platform-dev", old)


@pytest.mark.parametrize(
    "bearer",
    [
        "",
        "abc",
        "k8s-aws-v1.",
        "k8s-aws-v1.%%%",
        "k8s-aws-v1." + base64.b64encode(b"http://x/").decode(),
    ],
)
def test_a_malformed_token_is_refused(fleet: DemoFleet, bearer: str) -> None:
    assert not takes(fleet, "platform-dev", bearer)


def test_a_token_with_a_wrong_signature_expiry_or_action_is_refused(
    fleet: DemoFleet,
) -> None:
    own = keys_of(fleet)
    forged = token(fleet, "platform-dev", Credentials(own.access_key, "guessed"))
    assert not takes(fleet, "platform-dev", forged)
    assert not takes(fleet, "platform-dev", token(fleet, "platform-dev", expires=3600))
    assert not takes(fleet, "platform-dev", token(fleet, "platform-dev", action="GetSessionToken"))


def test_the_fleet_file_has_no_clusters_and_only_its_owner_can_read_the_keys(
    fleet: DemoFleet,
) -> None:
    text = fleet.fleet_file.read_text()
    assert "clusters:" not in text
    assert not any(url in text for url in fleet.urls.values())
    secrets = fleet.fleet_file.with_name("environment")
    assert secrets.stat().st_mode & 0o077 == 0
    assert fleet.environment["AWS_SECRET_ACCESS_KEY"] in secrets.read_text()
