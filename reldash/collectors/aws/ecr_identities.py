"""Asking a registry of ECR as the first of several identities that may."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from reldash.collectors.aws.clients import AwsClients, Identity, get_clients
from reldash.collectors.aws.errors import LackingError, ThrottledError
from reldash.collectors.http.errors import OutOfTimeError, ReadError
from reldash.domain.images.ecr_names import EcrRegistry

CALL_SECONDS: Final = 20.0  # for one call with all its tries
MAX_ASKED: Final = 5  # identities tried for one repository

Identities = Mapping[EcrRegistry, Sequence[Identity]]


class Registries:
    """Calls to ECR for all threads of a process; remembers who was let in where.

    Policies of repositories may let different accounts in, so what is remembered of one is only
    a first guess for its neighbours.
    """

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._welcome: dict[tuple[EcrRegistry, str], Identity] = {}

    def call(
        self,
        registry: EcrRegistry,
        repository: str,
        operation: str,
        identities: Sequence[Identity],
        deadline: float,
        **arguments: object,
    ) -> Mapping[str, Any]:
        """The answer of a registry, asked as one of the identities, likely ones first.

        Raises:
            LackingError: an answer too: there is no such repository, image or scan.
            ReadError: why the first of the identities was not answered, if none was.
        """
        failure: ReadError | None = None
        for identity in self._ordered(registry, repository, identities)[:MAX_ASKED]:
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
            except LackingError:
                self._remember(registry, repository, identity)
                raise
            except (OutOfTimeError, ThrottledError):
                raise  # as anybody else, it would be no different
            except ReadError as error:
                if failure is None or identity == identities[0]:
                    failure = error
            else:
                self._remember(registry, repository, identity)
                return answer
        if failure is None:
            message = f"{registry.host}: no identity to ask it as"
            raise ReadError("Registry not asked", message, "name a role for it in registry.ecr")
        raise failure

    def _ordered(
        self, registry: EcrRegistry, repository: str, identities: Sequence[Identity]
    ) -> list[Identity]:
        with self._lock:
            known = [self._welcome.get((registry, each)) for each in (repository, "")]
        likely = [each for each in known if each is not None and each in identities]
        return list(dict.fromkeys([*likely, *identities]))

    def _remember(self, registry: EcrRegistry, repository: str, identity: Identity) -> None:
        with self._lock:
            self._welcome[registry, repository] = self._welcome[registry, ""] = identity


_shared = Registries(get_clients())


def get_registries() -> Registries:
    """The process's own."""
    return _shared
