"""Sentences on clusters, kinds and objects that were not read: each is a gap."""

from collections.abc import Sequence
from datetime import datetime

from reldash.domain.phrases import duration_words, listed
from reldash.domain.workloads.observations import NEVER
from reldash.domain.workloads.pod_containers import POD_CONTAINERS
from reldash.domain.workloads.reads import BadObject, Unread


def never_read_words(cluster: str, error_title: str) -> str:
    """A cluster that was never read, with the title of the last error if there was one."""
    return f"{cluster} has never been read" + (f" ({error_title})" if error_title else "")


def no_cluster_words(environment: str) -> str:
    """An environment that no cluster is configured for."""
    return f"no cluster of {environment} is configured"


def last_read_words(cluster: str, at: datetime, now: datetime) -> str:
    """When a cluster was last read, such as "prod was last read 12 min ago"."""
    if at == NEVER:
        return f"no read of {cluster} is kept from that time or before"
    if at > now:
        return f"{cluster} was last read {duration_words(at - now)} from now: clocks differ"
    return f"{cluster} was last read {duration_words(now - at)} ago"


def unread_part_words(cluster: str, part: Unread) -> str:
    """A kind that could not be listed: "Deployments of prod in shop could not be read"."""
    if part.is_by_choice:
        return only_namespaces_words(cluster, part.besides)
    if part.kind == POD_CONTAINERS:
        return f"{cluster} has too many images that only pods have: some are left out"
    within = f" in {part.namespace}" if part.namespace else ""
    return f"{part.kind}s of {cluster}{within} could not be read"


def only_namespaces_words(cluster: str, namespaces: Sequence[str]) -> str:
    """A cluster of which the fleet names the only namespaces to read."""
    if not namespaces:
        return f"no namespace of {cluster} is read"
    noun = "namespace" if len(namespaces) == 1 else "namespaces"
    return f"{cluster} is only read in the {noun} {listed(namespaces)}"


def no_longer_read_words(namespace: str, cluster: str, at: datetime, now: datetime) -> str:
    """A namespace that an earlier read had, and that is not read any more."""
    age = "no read of it is kept" if at == NEVER else f"last read {duration_words(now - at)} ago"
    return f"{namespace} of {cluster} is no longer read ({age})"


def bad_object_words(cluster: str, bad: BadObject) -> str:
    """An object that could not be parsed."""
    return f"{bad.kind} {bad.namespace}/{bad.name} of {cluster} could not be understood"
