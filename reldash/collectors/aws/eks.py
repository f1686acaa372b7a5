"""EKS clusters: where they are, by DescribeCluster; and tokens for them, made in process.

A token is a presigned request of GetCallerIdentity that names the cluster in a signed header; the
cluster sends it to STS to learn who asks. Format and life:
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

from reldash.collectors.aws.clients import AwsClients, Identity, get_clients
from reldash.collectors.http.errors import FaultyAnswerError, ReadError
from reldash.collectors.http.expiring import Renewed
from reldash.collectors.http.transport import SignIn
from reldash.config import EksAccess

# Clusters take a token for 15 minutes after it was signed, whatever its URL says, but not beyond
# the credentials that signed it: those are good for 10 minutes (`clients.SPARE`).
TOKEN_LIFE: Final = timedelta(minutes=9)
URL_LIFE: Final = 60  # seconds; the authenticator refuses URLs without it
PREFIX: Final = "k8s-aws-v1."
QUERY: Final = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
GRANT: Final = (
    "give the role (or user) that signs in an access entry of the cluster, with the group"
    " release-dashboard-readers (deploy/iam/README.md)"
)
REACH: Final = (
    "see that the cluster's API endpoint can be reached from here (public access, or from inside"
    " its VPC); its address and authority are asked for anew next time"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a cluster is: the URL of its API server, and its authority's certificate (PEM)."""

    url: str
    ca: str


@dataclass(slots=True)
class _Kept:
    """What is known of one cluster."""

    place: Renewed[Endpoint] = field(default_factory=Renewed)
    token: Renewed[SignIn] = field(default_factory=Renewed)


class EksClusters:
    """Places and tokens of EKS clusters, kept for all threads of a process."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._kept: dict[EksAccess, _Kept] = {}

    def locate(self, access: EksAccess, deadline: float) -> Endpoint:
        """Where the cluster is; asked for once, and again after `forget_place`.

        Raises:
            ReadError: AWS does not tell, or the cluster is not ready.
        """

        def fetch() -> tuple[Endpoint, None]:
            answer = self._clients.call(
                "eks", "DescribeCluster", _identity(access), deadline, name=access.cluster
            )
            return _place(access, answer["cluster"]), None

        return self._of(access).place.get(deadline, fetch)

    def sign_in(self, access: EksAccess, deadline: float) -> SignIn:
        """The header with a token that is good for minutes; kept while it is.

        Raises:
            ReadError: there are no credentials to sign it with.
        """

        def fetch() -> tuple[SignIn, datetime]:
            signed_at = datetime.now(UTC)
            return self._signed(access, deadline), signed_at + TOKEN_LIFE

        return self._of(access).token.get(deadline, fetch)

    def forget_place(self, access: EksAccess) -> None:
        """Ask AWS again next time: nothing trustworthy was met at the address."""
        self._of(access).place.drop()

    def forget_token(self, access: EksAccess) -> None:
        """Sign a new one next time, because the cluster refused the one it got."""
        self._of(access).token.drop()

    def _of(self, access: EksAccess) -> _Kept:
        with self._lock:
            return self._kept.setdefault(access, _Kept())

    def _signed(self, access: EksAccess, deadline: float) -> SignIn:
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
        return SignIn({"Authorization": f"Bearer {token}"}, secrets)


def _identity(access: EksAccess) -> Identity:
    return Identity(access.region, access.role_arn, access.external_id)


def _place(access: EksAccess, cluster: Mapping[str, Any]) -> Endpoint:
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
        raise FaultyAnswerError("Unreadable answer", message, "look at it in AWS") from error
    if not url.startswith("https://"):
        message = f"EKS cluster {access.cluster} in {access.region}: its endpoint is not https"
        raise FaultyAnswerError("Unreadable answer", message, "look at it in AWS")
    return Endpoint(url, ca)


_shared = EksClusters(get_clients())


def get_eks() -> EksClusters:
    """The process's own."""
    return _shared
