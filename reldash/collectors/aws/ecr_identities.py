"""Calls to ECR as the first of several identities that has access."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from reldash.collectors.aws.clients import AwsClients, AwsIdentity, get_clients
from reldash.collectors.aws.errors import NotInEcrError, ThrottledError
from reldash.collectors.http.errors import OutOfTimeError, ReadError
from reldash.domain.images.ecr_names import EcrRegistry

CALL_SECONDS: Final = 20.0  # limit for one call, retries included
MAX_IDENTITIES: Final = 5  # tried for one repository

IdentitiesByRegistry = Mapping[EcrRegistry, Sequence[AwsIdentity]]


class EcrClient:
    """Calls to ECR for all threads of a process; remembers which identity had access where.

    Repositories may grant access to different accounts, so the identity that had access to one
    is only the first guess for the others.
    """

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._had_access: dict[tuple[EcrRegistry, str], AwsIdentity] = {}

    def call(
        self,
        registry: EcrRegistry,
        repository: str,
        operation: str,
        identities: Sequence[AwsIdentity],
        deadline: float,
        **arguments: object,
    ) -> Mapping[str, Any]:
        """Call an operation as one of the identities, the most likely first.

        Raises:
            LackingError: an answer too: there is no such repository, image or scan.
            ReadError: why the first of the identities was not answered, if none was.
        """
        failure: ReadError | None = None
        for identity in self._ordered(registry, repository, identities)[:MAX_IDENTITIES]:
            limit = min(deadline, time.monotonic() + CALL_SECONDS)
            try:
                answer = self._clients.call(
                    "ecr",
                    operation,
                    identity,
                    limit,
                    registryId=registry.account,
                    repositoryName=repository,
                    **arguments,
                )
            except NotInEcrError:
                self._remember(registry, repository, identity)
                raise
            except (OutOfTimeError, ThrottledError):
                raise  # another identity would not help
            except ReadError as error:
                if failure is None or identity == identities[0]:
                    failure = error
            else:
                self._remember(registry, repository, identity)
                return answer
        if failure is None:
            message = f"{registry.host}: no identity to read it as"
            raise ReadError("Registry not queried", message, "name a role for it in registry.ecr")
        raise failure

    def _ordered(
        self, registry: EcrRegistry, repository: str, identities: Sequence[AwsIdentity]
    ) -> list[AwsIdentity]:
        with self._lock:
            known = [self._had_access.get((registry, each)) for each in (repository, "")]
        likely = [each for each in known if each is not None and each in identities]
        return list(dict.fromkeys([*likely, *identities]))

    def _remember(self, registry: EcrRegistry, repository: str, identity: AwsIdentity) -> None:
        with self._lock:
            self._had_access[registry, repository] = self._had_access[registry, ""] = identity


_shared = EcrClient(get_clients())


def get_ecr_client() -> EcrClient:
    """The instance shared by this process."""
    return _shared
