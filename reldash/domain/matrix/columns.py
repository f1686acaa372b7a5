"""The columns of a matrix, and the column of each place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reldash.domain.drift.judged_place import JudgedPlace
from reldash.domain.drift.standards import Standards
from reldash.domain.fleet.rules import Cluster
from reldash.domain.fleet.scope import NO_CUSTOMER, ColumnKeyOf, Scope
from reldash.domain.matrix.cells import Axis, Column


@dataclass(frozen=True, slots=True)
class ColumnScope:
    """A column with the clusters and namespace that it covers.

    Attributes:
        clusters: those that its services may run in.
        namespace: the only one covered; None for all of the environment's.
        incomplete: those that its cells should show and that were not read whole, or not lately.
            By namespace or customer only of clusters that have it: few do, so that a cluster never
            read makes no column of theirs incomplete.
        is_environment: whether it covers a whole environment.
    """

    column: Column
    clusters: tuple[Cluster, ...]
    namespace: str | None = None
    incomplete: tuple[Cluster, ...] = ()
    is_environment: bool = False


def column_key_of(axis: Axis, standards: Standards) -> ColumnKeyOf:
    """The function that returns the column key of a place; see `ColumnKeyOf`."""
    several = {
        cluster.name
        for clusters in standards.clusters.values()
        for cluster in clusters
        if sum(name in standards.environments for name in cluster.environments) > 1
    }
    match axis:
        case Axis.ENVIRONMENT:
            return lambda _cluster, environment, _namespace, _customer: environment
        case Axis.CLUSTER:
            return lambda cluster, environment, _namespace, _customer: (
                f"{cluster}/{environment}" if cluster in several else cluster
            )
        case Axis.NAMESPACE:
            return lambda _cluster, environment, namespace, _customer: f"{environment}/{namespace}"
        case Axis.CUSTOMER:
            return lambda _cluster, environment, _namespace, customer: (
                f"{environment}/{customer or NO_CUSTOMER}"
            )


def columns_of(
    axis: Axis, standards: Standards, scope: Scope, places: Iterable[JudgedPlace]
) -> list[ColumnScope]:
    """The columns of a matrix, in promotion order.

    By environment and by cluster, every one of the dashboard, empty or not; by namespace and by
    customer, those found in the scope. With clusters chosen, only columns that these are in.
    """
    shown = {
        name: tuple(c for c in clusters if not scope.clusters or c.name in scope.clusters)
        for name, clusters in standards.clusters.items()
        if not scope.clusters or any(c.name in scope.clusters for c in clusters)
    }
    key_of = column_key_of(axis, standards)
    not_whole = standards.coverage.not_whole
    if axis is Axis.ENVIRONMENT:
        return [
            ColumnScope(
                _column(name, name, name, "", clusters, standards),
                clusters,
                incomplete=not_whole(clusters),
                is_environment=True,
            )
            for name, clusters in shown.items()
        ]
    if axis is Axis.CLUSTER:
        return [
            ColumnScope(
                _column(key_of(c.name, name, "", None), c.name, name, name, (c,), standards),
                (c,),
                incomplete=not_whole((c,)),
            )
            for name, clusters in shown.items()
            for c in clusters
        ]
    return _found_columns(axis, standards, shown, places)


def _found_columns(
    axis: Axis,
    standards: Standards,
    shown: Mapping[str, tuple[Cluster, ...]],
    places: Iterable[JudgedPlace],
) -> list[ColumnScope]:
    """The columns by namespace or customer, sorted by name within environments, none last."""
    clusters_in: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for place in places:
        o, customer = place.placed.observation, place.placed.customer
        part = o.namespace if axis is Axis.NAMESPACE else customer
        clusters_in[place.placed.environment, part].add(o.cluster)
    column_scopes = []
    for name, clusters in shown.items():
        parts = [part for environment, part in clusters_in if environment == name]
        for part in sorted(parts, key=lambda part: (part is None, part or "")):
            holding = tuple(c for c in clusters if c.name in clusters_in[name, part])
            key = f"{name}/{part or NO_CUSTOMER}"
            column = _column(key, part or "no customer", name, name, holding, standards)
            namespace = part if axis is Axis.NAMESPACE else None
            incomplete = standards.coverage.not_whole(holding)
            column_scopes.append(ColumnScope(column, clusters, namespace, incomplete))
    return column_scopes


def _column(
    key: str,
    title: str,
    environment: str,
    group: str,
    clusters: tuple[Cluster, ...],
    standards: Standards,
) -> Column:
    statuses = [standards.coverage.status(cluster.name) for cluster in clusters]
    reads = [status.read_at for status in statuses]
    known = [at for at in reads if at is not None]
    return Column(
        key=key,
        title=title,
        environment=environment,
        group=group,
        read_at=min(known) if known and len(known) == len(reads) else None,
        stale=tuple(
            status.cluster
            for status in statuses
            if status.read_at is not None and standards.coverage.is_stale(status.read_at)
        ),
        failed=tuple(status.cluster for status in statuses if status.error_title),
        unread=tuple(status.cluster for status in statuses if status.read_at is None),
    )
