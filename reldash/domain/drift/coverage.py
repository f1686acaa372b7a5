"""Coverage: which clusters, kinds and namespaces were read, and which reads are stale.

With a gap nothing counts as absent, only as unknown.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from reldash.domain.drift.gaps import Gap
from reldash.domain.drift.reasons.clusters import (
    bad_object_words,
    last_read_words,
    never_read_words,
    no_longer_read_words,
    unread_part_words,
)
from reldash.domain.drift.stale import is_stale
from reldash.domain.fleet.namespaces import is_excluded
from reldash.domain.fleet.rules import Cluster
from reldash.domain.workloads.observations import Observation
from reldash.domain.workloads.reads import UNNAMED, ClusterStatus

_WILDCARD = re.compile(r"[*?\[]")


class Coverage:
    """The parts of the fleet's clusters that the last reads covered, seen at one moment."""

    def __init__(
        self,
        statuses: Mapping[str, ClusterStatus],
        *,
        now: datetime,
        stale_after: timedelta,
        exclude_namespaces: tuple[str, ...] = (),
    ) -> None:
        self._statuses = statuses
        self._excluded = exclude_namespaces
        self._now = now
        self._stale_after = stale_after
        self._whole = frozenset(
            name
            for name, status in statuses.items()
            if status.read_at is not None
            and not (self.is_stale(status.read_at) or status.unread or status.bad)
        )

    def status(self, cluster: str) -> ClusterStatus:
        """The status of a cluster; an empty one for a cluster without any."""
        return self._statuses.get(cluster) or ClusterStatus(cluster)

    def is_stale(self, observed_at: datetime) -> bool:
        """The rule of `stale`, see `stale.is_stale`."""
        return is_stale(observed_at, now=self._now, stale_after=self._stale_after)

    def unread_clusters(self, clusters: Iterable[Cluster]) -> tuple[str, ...]:
        """A sentence for each cluster that has never been read."""
        return tuple(
            self._never(cluster.name)
            for cluster in clusters
            if self.status(cluster.name).read_at is None
        )

    def not_whole(self, clusters: Iterable[Cluster]) -> tuple[Cluster, ...]:
        """The clusters of which the last read is stale, or left anything out."""
        return tuple(cluster for cluster in clusters if cluster.name not in self._whole)

    def gaps(
        self,
        clusters: Iterable[Cluster],
        *,
        environment: str,
        workloads: Collection[tuple[str, str]],
        namespace: str | None = None,
        by_choice: bool = True,
    ) -> tuple[Gap, ...]:
        """The reasons why a service that was not found may exist all the same; empty if none.

        Args:
            clusters: those that could hold it.
            environment: the environment in question; other parts of the clusters do not matter.
            workloads: kind and name of each workload that the service consists of elsewhere; if
                empty, only clusters that were not read at all count.
            namespace: the only namespace in question, or None for all of the environment's.
            by_choice: whether namespaces that the fleet file leaves out count.
        """
        found: list[Gap] = []
        for cluster in self.not_whole(clusters):
            status = self.status(cluster.name)
            name, at = cluster.name, status.read_at
            if at is None:
                found.append(Gap(name, self._never(name), is_whole=True))
            elif self.is_stale(at):
                found.append(Gap(name, last_read_words(name, at, self._now), at))
            else:
                kinds = {kind for kind, _ in workloads}
                found += [
                    Gap(name, unread_part_words(name, part))
                    for part in status.unread
                    if (
                        by_choice
                        and bool(workloads)
                        and self._leaves_out(part.besides, cluster, environment, namespace)
                        if part.is_by_choice
                        else part.kind in kinds
                        and self._concerns(part.namespace, cluster, environment, namespace)
                    )
                ]
                found += [
                    Gap(name, bad_object_words(name, bad))
                    for bad in status.bad
                    if any(bad.may_be(kind, name) for kind, name in workloads)
                    and self._concerns(_known(bad.namespace), cluster, environment, namespace)
                ]
        return tuple(found)

    def why_stale(self, observation: Observation) -> str:
        """A sentence on why an observation may not be current; "" if it is.

        It was read too long ago, or its namespace is not among those that are read any more: no
        later read will say that it has changed.
        """
        cluster, at = observation.cluster, observation.observed_at
        if self.is_stale(at):
            return last_read_words(cluster, at, self._now)
        if cluster in self._whole:
            return ""
        namespace = observation.namespace
        for part in self.status(cluster).unread:
            if part.is_by_choice and part.has(observation.kind, namespace):
                return no_longer_read_words(namespace, cluster, at, self._now)
        return ""

    def _concerns(
        self, unread: str | None, cluster: Cluster, environment: str, namespace: str | None
    ) -> bool:
        """Whether an unread namespace (None: all, or any) is in the environment, or the one meant.

        Excluded namespaces are in no environment.
        """
        if unread is None:
            return True
        if namespace is not None:
            return unread == namespace
        return not is_excluded(unread, self._excluded) and (
            cluster.environment_of(unread) == environment
        )

    def _leaves_out(
        self,
        read: Collection[str],
        cluster: Cluster,
        environment: str,
        namespace: str | None,
    ) -> bool:
        """Whether the namespaces that are read may lack one of the environment, or the one meant.

        A pattern with a wildcard may match others; a plain name is one of them or it is not.
        """
        if namespace is not None:
            return namespace not in read
        return any(
            _WILDCARD.search(pattern)
            or not (pattern in read or is_excluded(pattern, self._excluded))
            for pattern in cluster.environments.get(environment, ())
        )

    def _never(self, cluster: str) -> str:
        return never_read_words(cluster, self.status(cluster).error_title)


def _known(namespace: str) -> str | None:
    return None if namespace == UNNAMED else namespace
