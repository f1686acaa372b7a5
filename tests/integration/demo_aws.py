"""Clients for the demo's AWS: boto3, or this process's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials

from reldash.collectors.aws.clients import AwsClients, get_clients
from reldash.collectors.aws.ecr_identities import EcrClient
from reldash.collectors.aws.eks import EksClusters
from reldash.demo import DemoFleet
from reldash.demo.aws.accounts import SOLUTIONS_ROLE
from reldash.demo.aws.simulated_aws import SimulatedAws


def cloud_of(fleet: DemoFleet) -> SimulatedAws:
    assert fleet.aws is not None
    return fleet.aws


def keys_of(fleet: DemoFleet, external_id: str | None = None) -> Credentials:
    """Return the dashboard user's credentials; with an external id, the solutions role's."""
    own = Credentials(
        fleet.environment["AWS_ACCESS_KEY_ID"], fleet.environment["AWS_SECRET_ACCESS_KEY"]
    )
    if external_id is None:
        return own
    sts = client(fleet, "sts", own)
    given = sts.assume_role(
        RoleArn=SOLUTIONS_ROLE.arn, RoleSessionName="test", ExternalId=external_id
    )["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def client(
    fleet: DemoFleet, service: str, keys: Credentials | None = None, region: str = "eu-west-1"
) -> Any:
    """Create a boto3 client without retries."""
    keys = keys or keys_of(fleet)
    return boto3.client(
        service,
        region,
        endpoint_url=cloud_of(fleet).url,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        config=Config(retries={"total_max_attempts": 1}),
    )


@contextmanager
def environment_of(fleet: DemoFleet) -> Iterator[None]:
    """Set the environment for the fleet's AWS, if it has one."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in fleet.environment.items():
            patch.setenv(name, value)
        clients = AwsClients()  # those of the process may know another fleet's AWS
        patch.setattr("reldash.collectors.aws.clients._shared", clients)
        patch.setattr("reldash.collectors.aws.eks._shared", EksClusters(clients))
        patch.setattr("reldash.collectors.aws.ecr_identities._shared", EcrClient(clients))
        get_clients().forget()
        yield
    get_clients().forget()
