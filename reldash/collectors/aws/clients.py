"""boto3 clients: one session per process, assumed roles cached, calls bounded.

boto3 has no types, so the calls in use are wrapped here. Credentials come from its standard chain
(environment, profiles, SSO, IRSA, Pod Identity, instance), which renews those that expire.
"""

import logging
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from reldash.collectors.aws.errors import (
    are_credentials_unknown,
    error_of_call,
    is_transient,
    no_credentials,
)
from reldash.collectors.http.expiring import ExpiringValue
from reldash.collectors.http.responses import retry_after
from reldash.config import export_aws_variables

TRIES: Final = 4
FIRST_WAIT: Final = 0.5  # seconds before the second try; doubled each time, give or take half
IDLE_SECONDS: Final = 5  # limit for connecting, and for a pause in a response
# Credentials that expire sooner are renewed first. boto3's own chain keeps the same margin, so
# that a signature made with credentials from here is valid for this long.
MIN_LIFETIME: Final = timedelta(minutes=10)
SESSION_NAME: Final = "reldash"  # of assumed roles, shown by CloudTrail


@dataclass(frozen=True, slots=True)
class AwsIdentity:
    """Identity and region of a call: a role to assume, or (None) that of the standard chain."""

    region: str
    role_arn: str | None = None
    external_id: str | None = None

    def __str__(self) -> str:
        """For messages: `region eu-west-1 as arn:aws:iam::111122223333:role/reader`."""
        return f"region {self.region}" + (f" as {self.role_arn}" if self.role_arn else "")


_Role = tuple[str, str, str | None]


class AwsClients:
    """Calls to AWS for all threads of a process.

    Credentials and clients are shared; a client is recreated when its credentials were renewed
    (under 2 ms; a session for each would cost 44 ms).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # boto3's clients are safe to share, making them is not
        self._session: Any = None
        self._clients: dict[tuple[str, AwsIdentity], tuple[ReadOnlyCredentials, Any]] = {}
        self._endpoints: dict[tuple[str, str], str] = {}
        self._chain: ExpiringValue[Any] = ExpiringValue()
        self._roles: dict[_Role, ExpiringValue[ReadOnlyCredentials]] = {}

    def call(
        self,
        service: str,
        operation: str,
        identity: AwsIdentity,
        deadline: float,
        **arguments: object,
    ) -> Mapping[str, Any]:
        """Call an operation and return its response; transient errors are retried, in bounds.

        Args:
            service: boto3's name, such as "eks"; also the prefix of its permissions.
            operation: AWS's name, such as "DescribeCluster".
            identity: caller and region.
            deadline: of `time.monotonic()`; no retry after it.
            arguments: of the operation.

        Raises:
            ReadError: the call failed; names the permission if one is missing.
        """
        attempt = 0
        while True:
            attempt += 1
            keys = self.credentials(identity, deadline)
            try:
                client = self._client(service, identity, keys)
                answer: Mapping[str, Any] = getattr(client, xform_name(operation))(**arguments)
            except (BotoCoreError, ClientError, ValueError) as error:
                wait = _wait(error, attempt)
                if are_credentials_unknown(error):
                    self.forget()
                if attempt == TRIES or wait is None or time.monotonic() + wait > deadline:
                    # Not chained: its text may quote the signed request with the session token.
                    named = (arguments.get(each) for each in ("RoleArn", "name", "repositoryName"))
                    what = next(filter(None, named), None)
                    where = f"{identity} on {what}" if what else str(identity)
                    raise error_of_call(error, f"{service}:{operation}", where, keys) from None
            else:
                return answer
            time.sleep(wait)

    def credentials(self, identity: AwsIdentity, deadline: float) -> ReadOnlyCredentials:
        """Credentials of `identity`, valid for at least `MIN_LIFETIME`.

        Raises:
            ReadError: there are none, or the role may not be assumed.
        """
        if identity.role_arn is None:
            return self._chain_credentials(deadline)
        role = (identity.role_arn, identity.region, identity.external_id)
        with self._lock:
            credentials = self._roles.setdefault(role, ExpiringValue())
        return credentials.get(deadline, lambda: self._assume(identity, deadline))

    def endpoint(self, service: str, region: str) -> str:
        """The address of a service in a region, without a slash at its end."""
        with self._lock:
            found = self._endpoints.get((service, region))
            if found is None:
                client = self._open().client(
                    service,
                    region_name=region,
                    aws_access_key_id="-",  # this client sends no request
                    aws_secret_access_key="-",  # noqa: S106 - likewise
                )
                found = self._endpoints[service, region] = client.meta.endpoint_url.rstrip("/")
        return found

    def forget(self) -> None:
        """Discard all credentials and ask the standard chain again: files may have been rotated."""
        with self._lock:
            self._session = None
            self._clients.clear()
            self._roles.clear()
            self._chain = ExpiringValue()

    def _client(self, service: str, identity: AwsIdentity, keys: ReadOnlyCredentials) -> Any:
        with self._lock:
            made = self._clients.get((service, identity))
            if made is None or made[0] != keys:
                client = self._open().client(
                    service,
                    region_name=identity.region,
                    aws_access_key_id=keys.access_key,
                    aws_secret_access_key=keys.secret_key,
                    aws_session_token=keys.token,
                )
                made = self._clients[service, identity] = (keys, client)
        return made[1]

    def _open(self) -> Any:
        """The session; the caller holds the lock."""
        if self._session is None:
            # Below this level botocore logs requests with their signatures, and responses.
            logging.getLogger("botocore").setLevel(logging.ERROR)
            export_aws_variables()
            core = botocore.session.get_session()
            core.set_config_variable("sts_regional_endpoints", "regional")  # EKS accepts no others
            core.set_default_client_config(
                Config(
                    connect_timeout=IDLE_SECONDS,
                    read_timeout=IDLE_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": 1},  # `call` retries
                    user_agent_extra="reldash",
                )
            )
            self._session = boto3.Session(botocore_session=core)
        return self._session

    def _chain_credentials(self, deadline: float) -> ReadOnlyCredentials:
        try:
            found = self._chain.get(deadline, self._find_credentials)
            keys: ReadOnlyCredentials = found.get_frozen_credentials()  # renews them if needed
        except (BotoCoreError, ClientError, RuntimeError, OSError, ValueError) as error:
            raise no_credentials(error) from None  # as in `call`
        return keys

    def _find_credentials(self) -> tuple[Any, None]:
        with self._lock:
            session = self._open()
        try:
            found = session.get_credentials()
        except (BotoCoreError, ClientError, RuntimeError, OSError, ValueError) as error:
            raise no_credentials(error) from None  # as in `call`
        if found is None:
            raise no_credentials(None)
        return found, None

    def _assume(
        self, identity: AwsIdentity, deadline: float
    ) -> tuple[ReadOnlyCredentials, datetime | None]:
        """Credentials of the role, and when to renew them."""
        external_id = {"ExternalId": identity.external_id} if identity.external_id else {}
        answer = self.call(
            "sts",
            "AssumeRole",
            AwsIdentity(identity.region),
            deadline,
            RoleArn=identity.role_arn,
            RoleSessionName=SESSION_NAME,
            **external_id,
        )
        issued = answer["Credentials"]
        keys = ReadOnlyCredentials(
            issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"]
        )
        return keys, issued["Expiration"].astimezone(UTC) - MIN_LIFETIME


def _wait(error: Exception, attempt: int) -> float | None:
    """Seconds until the next attempt; None if a retry would not help."""
    if not is_transient(error):
        return None
    if isinstance(error, ClientError):
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        requested = retry_after({"Retry-After": str(headers.get("retry-after", ""))})
        if requested is not None:
            return requested
    return FIRST_WAIT * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, guards nothing


_shared = AwsClients()


def get_clients() -> AwsClients:
    """The instance shared by this process."""
    return _shared
