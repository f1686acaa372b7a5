"""What was looked for: which clusters, kinds and namespaces were read, and how lately.

A gap is one sentence that says what was not read. Where there is a gap, nothing is absent.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from reldash.domain.fleet.namespaces import is_excluded
from reldash.domain.fleet.rules import Cluster
from reldash.domain.phrases import duration_words
from reldash.domain.workloads.observations import NEVER
from reldash.domain.workloads.reads import UNNAMED, ClusterStatus, Unread


class Coverage:
    """What the last reads of a fleet's clusters covered, as seen at one moment."""

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
        """What is known of reading a cluster; of one never heard of, nothing."""
        return self._statuses.get(cluster) or ClusterStatus(cluster)

    def is_stale(self, observed_at: datetime) -> bool:
        """Whether something last observed then is too old to be relied on.

        So is what was observed as long from now: its age cannot be told.
        """
        return abs(self._now - observed_at) > self._stale_after

    def unread_clusters(self, clusters: Iterable[Cluster]) -> tuple[str, ...]:
        """A gap for each cluster that has never been read."""
        return tuple(
            self._never(cluster.name)
            for cluster in clusters
            if self.status(cluster.name).read_at is None
        )

    def gaps(
        self,
        clusters: Iterable[Cluster],
        *,
        environment: str,
        workloads: Collection[tuple[str, str]],
        namespace: str | None = None,
    ) -> tuple[str, ...]:
        """Why something that was not found may be there all the same; empty if it is not.

        Args:
            clusters: where it was looked for.
            environment: the one asked about; what else a cluster holds does not matter.
            workloads: kind and name of each that it is made of elsewhere.
            namespace: the only one asked about, or None for all of the environment's.
        """
        found: list[str] = []
        for cluster in clusters:
            if cluster.name in self._whole:
                continue
            status = self.status(cluster.name)
            if status.read_at is None:
                found.append(self._never(cluster.name))
            elif self.is_stale(status.read_at):
                found.append(self.last_read(cluster.name, status.read_at))
            else:
                kinds = {kind for kind, _ in workloads}
                found += [
                    f"{part.kind}s of {cluster.name}{_within(part)} could not be read"
                    for part in status.unread
                    if part.kind in kinds
                    and self._concerns(part.namespace, cluster, environment, namespace)
                ]
                found += [
                    f"{bad.kind} {bad.namespace}/{bad.name} of {cluster.name} makes no sense"
                    for bad in status.bad
                    if any(bad.may_be(kind, name) for kind, name in workloads)
                    and self._concerns(_known(bad.namespace), cluster, environment, namespace)
                ]
        return tuple(found)

    def last_read(self, cluster: str, at: datetime) -> str:
        """A sentence such as "prod was last read 12 min ago"."""
        if at == NEVER:
            return f"no read of {cluster} is kept from then or before"
        if at > self._now:
            ahead = duration_words(at - self._now)
            return f"{cluster} was last read {ahead} from now: clocks differ"
        return f"{cluster} was last read {duration_words(self._now - at)} ago"

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

    def _never(self, cluster: str) -> str:
        reason = self.status(cluster).error_title
        return f"{cluster} has never been read" + (f" ({reason})" if reason else "")


def _known(namespace: str) -> str | None:
    return None if namespace == UNNAMED else namespace


def _within(part: Unread) -> str:
    return f" in {part.namespace}" if part.namespace else ""
