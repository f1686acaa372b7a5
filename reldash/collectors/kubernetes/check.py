"""Checks access to one cluster step by step, with a remedy for the step that fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from reldash.collectors.http.errors import (
    GRANT,
    ForbiddenError,
    NotServedError,
    ReadError,
    UnauthorizedError,
)
from reldash.collectors.kubernetes import resources
from reldash.collectors.kubernetes.client import ClusterClient, open_cluster
from reldash.collectors.kubernetes.cluster_lists import has_argo_rollouts
from reldash.collectors.kubernetes.resources import Resource
from reldash.config import ClusterEntry
from reldash.domain.fleet.rules import CollectRules
from reldash.errors import CollectError

CheckStep = Literal["reachable", "signed in", "allowed"]


@dataclass(frozen=True, slots=True)
class ClusterCheck:
    """The result of one step; `remedy`, one line, is "" if none is needed."""

    step: CheckStep
    ok: bool
    title: str
    message: str
    remedy: str = ""


def check_cluster(entry: ClusterEntry, rules: CollectRules) -> list[ClusterCheck]:
    """Check a cluster: reachable, signed in, allowed; stops at the first step that fails.

    "allowed" lists one object of every resource that is read. Never raises for failures of the
    cluster or its entry.
    """
    checks: list[ClusterCheck] = []
    step: CheckStep = "reachable"
    try:
        with open_cluster(entry, rules) as client:
            place = client.transport.url
            note = f"; insecure: {client.insecure}" if client.insecure else ""
            try:
                version = client.get_version()
            except UnauthorizedError:
                checks.append(ClusterCheck("reachable", True, "Reachable", f"{place}{note}"))
                step = "signed in"
                raise
            checks.append(ClusterCheck("reachable", True, "Reachable", f"{place} {version}{note}"))
            step = "signed in"
            refused = _refusals(client, entry, rules)
            checks.append(
                ClusterCheck("signed in", True, "Signed in", "the server knows the account")
            )
            step = "allowed"
            checks.append(_allowed(refused))
    except CollectError as error:
        checks.append(ClusterCheck(step, False, error.title, error.message, error.remedy))
    return checks


def _refusals(
    client: ClusterClient, entry: ClusterEntry, rules: CollectRules
) -> list[tuple[Resource[Any], str, ReadError]]:
    """Resources that may not be read, each with the namespace ("" for all) and the error.

    Raises:
        ReadError: the server does not answer, or rejects the credentials.
    """
    refused: list[tuple[Resource[Any], str, ReadError]] = []
    for resource in _resources(client, rules):
        error = _try(client, resource, None)
        if isinstance(error, ForbiddenError) and entry.cluster.namespaces:
            for namespace in entry.cluster.namespaces:
                error = _try(client, resource, namespace)
                if error is not None:
                    refused.append((resource, namespace, error))
        elif error is not None:
            refused.append((resource, "", error))
    return refused


def _resources(client: ClusterClient, rules: CollectRules) -> Iterator[Resource[Any]]:
    yield resources.DEPLOYMENTS
    yield resources.STATEFUL_SETS
    yield resources.DAEMON_SETS
    yield resources.CRON_JOBS
    if has_argo_rollouts(client.transport):
        yield resources.ARGO_ROLLOUTS
    if rules.pods:
        yield resources.PODS
        yield resources.JOBS
    yield resources.REPLICA_SETS
    yield resources.CONTROLLER_REVISIONS


def _try(client: ClusterClient, resource: Resource[Any], namespace: str | None) -> ReadError | None:
    try:
        client.transport.get(resource.path(namespace), {"limit": "1"})
    except ReadError as error:
        if isinstance(error, UnauthorizedError) or error.status is None:
            raise
        return error
    return None


def _allowed(refused: list[tuple[Resource[Any], str, ReadError]]) -> ClusterCheck:
    if not refused:
        return ClusterCheck("allowed", True, "Allowed", "may list every resource that is read")
    rights = "; ".join(
        f"{resource.right}{f' in namespace {namespace}' if namespace else ''}"
        + (" (not served)" if isinstance(error, NotServedError) else "")
        for resource, namespace, error in refused
    )
    _, _, first = refused[0]
    if isinstance(first, ForbiddenError):
        return ClusterCheck("allowed", False, "Not allowed", f"missing rights: {rights}", GRANT)
    return ClusterCheck("allowed", False, first.title, f"{first.message} ({rights})", first.remedy)
