"""EKS clusters: endpoints by DescribeCluster, and tokens made in process.

A token is a presigned request of GetCallerIdentity that names the cluster in a signed header; the
cluster sends it to STS to authenticate the caller. Format and lifetime:
https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
"""

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from reldash.collectors.aws.clients import AwsClients, AwsIdentity, get_clients
from reldash.collectors.http.errors import InvalidResponseError, ReadError
from reldash.collectors.http.expiring import ExpiringValue
from reldash.collectors.http.transport import RequestCredentials
from reldash.config import EksAccess

# Clusters accept a token for 15 minutes after signing, whatever its URL says, but not beyond the
# credentials that signed it: those are valid for 10 minutes (`clients.MIN_LIFETIME`).
TOKEN_LIFE: Final = timedelta(minutes=9)
URL_LIFE: Final = 60  # seconds; the authenticator refuses URLs without it
PREFIX: Final = "k8s-aws-v1."
QUERY: Final = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
GRANT: Final = (
    "create an access entry of the cluster for the role (or user) that signs in, with the group"
    " release-dashboard-readers (deploy/iam/README.md)"
)
REACH: Final = (
    "make the cluster's API endpoint reachable from here (public access, or from inside its VPC);"
    " its address and authority are read again next time"
)


@dataclass(frozen=True, slots=True)
class EksEndpoint:
    """Address of a cluster: the URL of its API server and the certificate of its CA (PEM)."""

    url: str
    ca: str


@dataclass(slots=True)
class _CachedAccess:
    """Endpoint and token of one cluster."""

    endpoint: ExpiringValue[EksEndpoint] = field(default_factory=ExpiringValue)
    token: ExpiringValue[RequestCredentials] = field(default_factory=ExpiringValue)


class EksClusters:
    """Endpoints and tokens of EKS clusters, cached for all threads of a process."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._kept: dict[EksAccess, _CachedAccess] = {}

    def locate(self, access: EksAccess, deadline: float) -> EksEndpoint:
        """The cluster's endpoint; read once, and again after `forget_endpoint`.

        Raises:
            ReadError: DescribeCluster failed, or the cluster is not ready.
        """

        def fetch() -> tuple[EksEndpoint, None]:
            answer = self._clients.call(
                "eks", "DescribeCluster", _identity(access), deadline, name=access.cluster
            )
            return _endpoint(access, answer["cluster"]), None

        return self._of(access).endpoint.get(deadline, fetch)

    def sign_in(self, access: EksAccess, deadline: float) -> RequestCredentials:
        """The request header with a token, cached until it expires.

        Raises:
            ReadError: there are no credentials to sign it with.
        """

        def fetch() -> tuple[RequestCredentials, datetime]:
            signed_at = datetime.now(UTC)
            return self._signed(access, deadline), signed_at + TOKEN_LIFE

        return self._of(access).token.get(deadline, fetch)

    def forget_endpoint(self, access: EksAccess) -> None:
        """Discard the endpoint: no server, or no trusted one, is at the address."""
        self._of(access).endpoint.drop()

    def forget_token(self, access: EksAccess) -> None:
        """Discard the token: the cluster rejected it."""
        self._of(access).token.drop()

    def _of(self, access: EksAccess) -> _CachedAccess:
        with self._lock:
            return self._kept.setdefault(access, _CachedAccess())

    def _signed(self, access: EksAccess, deadline: float) -> RequestCredentials:
        keys = self._clients.credentials(_identity(access), deadline)
        request = AWSRequest(
            method="GET",
            url=f"{self._clients.endpoint('sts', access.region)}/",
            params=QUERY,
            headers={"x-k8s-aws-id": access.cluster},
        )
        credentials = Credentials(keys.access_key, keys.secret_key, keys.token)
        SigV4QueryAuth(credentials, "sts", access.region, expires=URL_LIFE).add_auth(request)
        url = str(request.prepare().url)
        token = PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
        secrets = (token, url, *(each for each in keys[:3] if each))
        return RequestCredentials({"Authorization": f"Bearer {token}"}, secrets)


def _identity(access: EksAccess) -> AwsIdentity:
    return AwsIdentity(access.region, access.role_arn, access.external_id)


def _endpoint(access: EksAccess, cluster: Mapping[str, Any]) -> EksEndpoint:
    url = str(cluster.get("endpoint") or "").rstrip("/")
    data = str(cluster.get("certificateAuthority", {}).get("data") or "")
    if not url or not data:
        status = cluster.get("status", "unknown")
        message = f"EKS cluster {access.cluster} in {access.region}: its status is {status}"
        raise ReadError("Cluster not ready", message, "wait until it is ACTIVE")
    try:
        ca = base64.b64decode(data, validate=True).decode("ascii")
    except ValueError as error:
        message = f"EKS cluster {access.cluster} in {access.region}: its CA is no base64 of PEM"
        raise InvalidResponseError(
            "Unreadable answer", message, "check the cluster in AWS"
        ) from error
    if not url.startswith("https://"):
        message = f"EKS cluster {access.cluster} in {access.region}: its endpoint is not https"
        raise InvalidResponseError("Unreadable answer", message, "check the cluster in AWS")
    return EksEndpoint(url, ca)


_shared = EksClusters(get_clients())


def get_eks() -> EksClusters:
    """The instance shared by this process."""
    return _shared
