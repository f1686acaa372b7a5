"""moto in this process: accounts, a user, EKS clusters, and responses to calls.

Its data are set directly: creating them over HTTP would make the start seconds slower.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from moto.ecr.models import ecr_backends
from moto.eks.models import Cluster, eks_backends
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sts.models import sts_backends
from werkzeug.test import Client

from reldash.demo.aws.accounts import CLOSED_ACCOUNT, USER
from reldash.demo.aws.signatures import SigningKeys
from reldash.demo.topology import PLATFORM_ACCOUNT, SOLUTIONS_ACCOUNT

_ACCOUNTS = (PLATFORM_ACCOUNT, SOLUTIONS_ACCOUNT, CLOSED_ACCOUNT)
_PARTITION = "aws"


@dataclass(frozen=True, slots=True)
class MotoResponse:
    """A response of moto."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller: its account, the ARN of its user or role session, and its signing keys."""

    account: str
    arn: str
    keys: SigningKeys = field(repr=False)


@dataclass(slots=True)
class MotoBackend:
    """The demo's AWS accounts in moto; at most one per process, reset at each start.

    Attributes:
        access_key, secret_key: of the dashboard's user.
    """

    access_key: str = field(init=False)
    secret_key: str = field(init=False, repr=False)
    _client: Client = field(init=False)

    def __post_init__(self) -> None:
        # They would log a line per call, and warnings about features that the demo does not use.
        for name in ("werkzeug", "moto", "botocore"):
            logging.getLogger(name).setLevel(logging.ERROR)
        for backends in (eks_backends, ecr_backends, iam_backends, sts_backends):
            for account in _ACCOUNTS:
                backends.pop(account, None)
        people = iam_backends[PLATFORM_ACCOUNT][_PARTITION]
        people.create_user("us-east-1", USER)
        key = people.create_access_key(USER)
        self.access_key, self.secret_key = key.access_key_id, key.secret_access_key
        self._client = Client(DomainDispatcherApplication(create_backend_app), use_cookies=False)

    def caller(self, access_key: str) -> Caller | None:
        """Return the caller with this access key; None if there is none."""
        if access_key == self.access_key:
            arn = f"arn:aws:iam::{PLATFORM_ACCOUNT}:user/{USER}"
            return Caller(PLATFORM_ACCOUNT, arn, SigningKeys(self.secret_key, ""))
        for account in _ACCOUNTS:
            role = sts_backends[account][_PARTITION].get_assumed_role_from_access_key(access_key)
            if role is not None:
                keys = SigningKeys(role.secret_access_key, role.session_token)
                return Caller(account, role.arn, keys)
        return None

    def add_cluster(
        self, account: str, region: str, name: str, minor: int, tags: Mapping[str, str]
    ) -> Cluster:
        """Create an EKS cluster; returns moto's object, whose endpoint the caller sets."""
        # Not by moto's `create_cluster`, which loads all of botocore's endpoints every time.
        made = Cluster(
            name=name,
            role_arn=f"arn:aws:iam::{account}:role/eks-cluster",
            resources_vpc_config={"subnetIds": ["subnet-0a1b2c3d"]},
            account_id=account,
            region_name=region,
            aws_partition=_PARTITION,
            version=f"1.{minor}",
            tags=dict(tags),
        )
        eks_backends[account][region].clusters[name] = made
        return made

    def call(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> MotoResponse:
        """Return moto's response to a request, as in server mode. Thread-safe."""
        answer = self._client.open(target, method=method, headers=dict(headers), data=body)
        return MotoResponse(answer.status_code, dict(answer.headers), answer.get_data())
