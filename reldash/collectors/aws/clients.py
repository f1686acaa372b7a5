"""AWS through boto3: one session a process, roles assumed and kept, calls bounded.

boto3 has no types: what of it is used is wrapped here. Credentials come from its standard chain
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

from reldash.collectors.aws.errors import is_stale, is_transient, no_credentials, translated
from reldash.collectors.http.expiring import Renewed
from reldash.collectors.http.responses import retry_after
from reldash.config import export_aws_variables

TRIES: Final = 4
FIRST_WAIT: Final = 0.5  # seconds before the second try; doubled each time, give or take half
SILENCE: Final = 5  # seconds that connecting, or waiting for an answer, may last
# Credentials that end sooner are renewed first. boto3's own chain keeps the same distance, so
# whatever is signed with credentials given out here is good for this long.
SPARE: Final = timedelta(minutes=10)
SESSION_NAME: Final = "reldash"  # of assumed roles, as CloudTrail shows it


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks AWS: a role to assume, or whom the standard chain finds; and in which region."""

    region: str
    role_arn: str | None = None
    external_id: str | None = None

    def __str__(self) -> str:
        """For messages: `region eu-west-1 as arn:aws:iam::111122223333:role/reader`."""
        return f"region {self.region}" + (f" as {self.role_arn}" if self.role_arn else "")


_Role = tuple[str, str, str | None]


class AwsClients:
    """Calls to AWS for all threads of a process.

    Credentials and clients are made once and shared; a client is made anew when its credentials
    were renewed (it costs under 2 ms; a session of its own for each would cost 44 ms).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # boto3's clients are safe to share, making them is not
        self._session: Any = None
        self._clients: dict[tuple[str, Identity], tuple[ReadOnlyCredentials, Any]] = {}
        self._endpoints: dict[tuple[str, str], str] = {}
        self._chain: Renewed[Any] = Renewed()
        self._roles: dict[_Role, Renewed[ReadOnlyCredentials]] = {}

    def call(
        self, service: str, operation: str, identity: Identity, deadline: float, **arguments: object
    ) -> Mapping[str, Any]:
        """The answer to one call; throttling and what may pass are tried again, in bounds.

        Args:
            service: in boto3's words, such as "eks"; also the prefix of its permissions.
            operation: in AWS's words, such as "DescribeCluster".
            identity: who asks, and where.
            deadline: of `time.monotonic()`; nothing is tried again after it.
            arguments: of the operation.

        Raises:
            ReadError: with the missing permission, if that is what it was.
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
                if is_stale(error):
                    self.forget()
                if attempt == TRIES or wait is None or time.monotonic() + wait > deadline:
                    # Its words may quote what was signed, the session token too: not chained.
                    named = (arguments.get(each) for each in ("RoleArn", "name", "repositoryName"))
                    what = next(filter(None, named), None)
                    where = f"{identity} on {what}" if what else str(identity)
                    raise translated(error, f"{service}:{operation}", where, keys) from None
            else:
                return answer
            time.sleep(wait)

    def credentials(self, identity: Identity, deadline: float) -> ReadOnlyCredentials:
        """Credentials of `identity` that are good for `SPARE` from now on.

        Raises:
            ReadError: there are none, or the role may not be assumed.
        """
        if identity.role_arn is None:
            return self._chain_credentials(deadline)
        role = (identity.role_arn, identity.region, identity.external_id)
        with self._lock:
            kept = self._roles.setdefault(role, Renewed())
        return kept.get(deadline, lambda: self._assume(identity, deadline))

    def endpoint(self, service: str, region: str) -> str:
        """The address of a service in a region, without a slash at its end."""
        with self._lock:
            found = self._endpoints.get((service, region))
            if found is None:
                client = self._open().client(
                    service,
                    region_name=region,
                    aws_access_key_id="-",  # it asks nothing, so it need not be anybody
                    aws_secret_access_key="-",  # noqa: S106 - likewise
                )
                found = self._endpoints[service, region] = client.meta.endpoint_url.rstrip("/")
        return found

    def forget(self) -> None:
        """Begin anew with what the standard chain finds now: files may have been rotated."""
        with self._lock:
            self._session = None
            self._clients.clear()
            self._roles.clear()
            self._chain = Renewed()

    def _client(self, service: str, identity: Identity, keys: ReadOnlyCredentials) -> Any:
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
        """The session; the lock is held."""
        if self._session is None:
            # Below this level botocore writes down what it signs and what it is answered.
            logging.getLogger("botocore").setLevel(logging.ERROR)
            export_aws_variables()
            core = botocore.session.get_session()
            core.set_config_variable("sts_regional_endpoints", "regional")  # EKS takes no others
            core.set_default_client_config(
                Config(
                    connect_timeout=SILENCE,
                    read_timeout=SILENCE,
                    retries={"mode": "standard", "total_max_attempts": 1},  # ours are bounded
                    user_agent_extra="reldash",
                )
            )
            self._session = boto3.Session(botocore_session=core)
        return self._session

    def _chain_credentials(self, deadline: float) -> ReadOnlyCredentials:
        try:
            found = self._chain.get(deadline, self._find_credentials)
            keys: ReadOnlyCredentials = found.get_frozen_credentials()  # renewed there if need be
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
        self, identity: Identity, deadline: float
    ) -> tuple[ReadOnlyCredentials, datetime | None]:
        """Credentials of the role, and when to renew them."""
        more = {"ExternalId": identity.external_id} if identity.external_id else {}
        answer = self.call(
            "sts",
            "AssumeRole",
            Identity(identity.region),
            deadline,
            RoleArn=identity.role_arn,
            RoleSessionName=SESSION_NAME,
            **more,
        )
        given = answer["Credentials"]
        keys = ReadOnlyCredentials(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        )
        return keys, given["Expiration"].astimezone(UTC) - SPARE


def _wait(error: Exception, attempt: int) -> float | None:
    """Seconds until the next try; None where another one would not help."""
    if not is_transient(error):
        return None
    if isinstance(error, ClientError):
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        said = retry_after({"Retry-After": str(headers.get("retry-after", ""))})
        if said is not None:
            return said
    return FIRST_WAIT * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, guards nothing


_shared = AwsClients()


def get_clients() -> AwsClients:
    """The process's own."""
    return _shared
