"""The environment and the customer that a namespace belongs to, by the fleet's rules."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

from reldash.domain.fleet.rules import Cluster, Dashboard, FleetRules

NO_LABELS: Mapping[str, str] = MappingProxyType({})


class Namespaces:
    """The namespaces of a fleet's clusters, as one dashboard or the whole fleet sees them.

    A namespace that matches `exclude_namespaces` belongs to no environment and no customer.
    Answers are cached by cluster and namespace: matching patterns takes time.
    """

    def __init__(self, rules: FleetRules, dashboard: Dashboard | None = None) -> None:
        """Without a dashboard, every cluster, environment and customer of the fleet counts."""
        self._excluded = rules.services.exclude_namespaces
        self._dashboard = dashboard
        self._dashboards = rules.dashboards
        self._environments = (
            None if dashboard is None else {each.name for each in dashboard.environments}
        )
        self._clusters = {
            cluster.name: cluster
            for cluster in rules.clusters
            if dashboard is None or dashboard.key in cluster.dashboards
        }
        self._found: dict[tuple[str, str], str | None] = {}

    def environment_of(self, cluster: str, namespace: str) -> str | None:
        """The environment of a namespace; None if it has none, or none of this dashboard."""
        key = cluster, namespace
        if key not in self._found:
            self._found[key] = self._find_environment(cluster, namespace)
        return self._found[key]

    def customer_of(
        self, cluster: str, namespace: str, labels: Mapping[str, str] = NO_LABELS
    ) -> str | None:
        """The customer of a workload in a namespace; None if it serves no single customer.

        Without a dashboard, by the rule of the first of the cluster's dashboards that finds one.

        Args:
            cluster: its name.
            namespace: its name.
            labels: of the workload and its pod template, as far as they are known: labels of
                namespaces are not collected.
        """
        if is_excluded(namespace, self._excluded):
            return None
        for dashboard in self._dashboards_of(self._clusters.get(cluster)):
            rule = dashboard.customer
            found = rule.customer_of(namespace, labels) if rule else None
            if found:
                return found
        return None

    def _dashboards_of(self, cluster: Cluster | None) -> list[Dashboard]:
        if cluster is None:
            return []
        if self._dashboard is not None:
            return [self._dashboard]
        return [self._dashboards[key] for key in cluster.dashboards if key in self._dashboards]

    def _find_environment(self, cluster: str, namespace: str) -> str | None:
        known = self._clusters.get(cluster)
        if known is None or is_excluded(namespace, self._excluded):
            return None
        found = known.environment_of(namespace)
        return found if self._environments is None or found in self._environments else None


def is_excluded(namespace: str, patterns: tuple[str, ...]) -> bool:
    """Whether a namespace matches one of the patterns of `services.exclude_namespaces`."""
    return any(fnmatchcase(namespace, pattern) for pattern in patterns)
