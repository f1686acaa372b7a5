"""The standards that all rows of a matrix are judged by: dashboard, rules, coverage, baseline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reldash.domain.drift.coverage import Coverage
from reldash.domain.drift.registry_info import RegistryLookup
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.cluster_names import short_names
from reldash.domain.fleet.promotion_chain import promotion_chain
from reldash.domain.fleet.rules import Cluster, Dashboard, Environment, FleetRules
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts
from reldash.domain.versions.tag_rules import place_names
from reldash.domain.workloads.reads import ClusterStatus

BY_PROMOTION = ""
NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Standards:
    """The standards of one matrix.

    Attributes:
        environments: the dashboard's, by name, in promotion order.
        clusters: the dashboard's clusters that hold an environment, by its name.
        chains: the environments that each is compared with, nearest first, by its name.
        promoted: those that each is promoted from; the same unless a baseline was chosen.
        unread: a gap for each cluster of an environment that was never read, by its name.
        facts: from registries.
        registries: looks the facts up for a place.
        baseline: "" for the environment promoted from, "newest", or an environment's name.
        now: the moment of judgement (aware UTC).
        places: words that name a place of the fleet in tags.
        cluster_names: the short name of each of the dashboard's clusters.
    """

    dashboard: Dashboard
    rules: FleetRules
    coverage: Coverage
    facts: RegistryFacts
    registries: RegistryLookup
    now: datetime
    baseline: str
    environments: Mapping[str, Environment]
    clusters: Mapping[str, tuple[Cluster, ...]]
    chains: Mapping[str, tuple[str, ...]]
    promoted: Mapping[str, tuple[str, ...]]
    unread: Mapping[str, tuple[str, ...]]
    places: frozenset[str]
    cluster_names: Mapping[str, str]


def make_standards(
    rules: FleetRules,
    dashboard: str,
    statuses: Mapping[str, ClusterStatus],
    *,
    now: datetime,
    baseline: str = BY_PROMOTION,
    facts: RegistryFacts = NO_FACTS,
) -> Standards:
    """The standards of a dashboard.

    Raises:
        ChoiceError: there is no such dashboard, or the baseline is neither "", "newest" nor one
            of the dashboard's environments.
    """
    board = rules.dashboard(dashboard)
    names = [environment.name for environment in board.environments]
    if baseline not in (BY_PROMOTION, NEWEST, *names):
        expected = ", ".join([NEWEST, *names])
        raise ChoiceError(
            "Unknown baseline", f"{baseline!r} for {dashboard}: expected one of {expected}"
        )
    promoted = {name: promotion_chain(name, board, rules) for name in names}
    chosen = {name: () if name == baseline else (baseline,) for name in names}
    coverage = Coverage(
        statuses,
        now=now,
        stale_after=rules.collect.stale_after,
        exclude_namespaces=rules.services.exclude_namespaces,
    )
    clusters = {
        name: tuple(
            cluster
            for cluster in rules.clusters
            if dashboard in cluster.dashboards and name in cluster.environments
        )
        for name in names
    }
    return Standards(
        dashboard=board,
        rules=rules,
        coverage=coverage,
        facts=facts,
        registries=RegistryLookup(facts, now),
        now=now,
        baseline=baseline,
        environments={environment.name: environment for environment in board.environments},
        clusters=clusters,
        chains=promoted if baseline in (BY_PROMOTION, NEWEST) else chosen,
        promoted=promoted,
        places=place_names(rules),
        cluster_names=short_names(c.name for c in rules.clusters if dashboard in c.dashboards),
        unread={name: coverage.unread_clusters(held) for name, held in clusters.items()},
    )
