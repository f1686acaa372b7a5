"""Sides that can be compared in a dashboard, and suggested comparisons."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from reldash.domain.comparison.compare import Difference
from reldash.domain.comparison.sides import Side
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.fleet.scope import NO_CUSTOMER
from reldash.domain.matrix.cells import Matrix

_WEEK = timedelta(days=7)


class SuggestedComparison(NamedTuple):
    """A suggested comparison: its title, both sides, and the kinds of difference shown."""

    title: str
    left: Side
    right: Side
    kinds: tuple[Difference, ...] = ()


def list_places(rules: FleetRules, matrix: Matrix) -> tuple[Side, ...]:
    """All sides of a dashboard: environments, clusters, customers, then namespaces.

    Args:
        rules: the fleet's, for the clusters.
        matrix: the dashboard's current matrix by environment, with all rows and columns.
    """
    environments = [column.environment for column in matrix.columns]
    places = [place for cell in matrix.cells.values() for place in cell.places]
    customers = {(place.environment, place.customer or NO_CUSTOMER) for place in places}
    if all(customer == NO_CUSTOMER for _, customer in customers):
        customers = set()
    namespaces = {(place.environment, place.namespace) for place in places}
    return (
        *(Side(environment=name) for name in environments),
        *list_clusters(rules, matrix.dashboard),
        *(Side(environment=e, customer=c) for e, c in _sorted(customers, environments)),
        *(Side(environment=e, namespace=n) for e, n in _sorted(namespaces, environments)),
    )


def list_clusters(rules: FleetRules, dashboard: str, environment: str = "") -> list[Side]:
    """The clusters of a dashboard or of one environment.

    A cluster with several environments gives one side for each.
    """
    known = [one.name for one in rules.dashboards[dashboard].environments]
    found = []
    for cluster in rules.clusters:
        if dashboard in cluster.dashboards:
            held = [name for name in known if name in cluster.environments]
            found += [
                Side(cluster=cluster.name, environment=name if len(held) > 1 else "")
                for name in held
                if environment in {"", name}
            ]
    return found


def list_suggestions(rules: FleetRules, matrix: Matrix, now: datetime) -> list[SuggestedComparison]:
    """Common comparisons in a dashboard; at least one.

    Arguments as for `list_places`; `now` is aware UTC.
    """
    environments = rules.dashboards[matrix.dashboard].environments
    last = environments[-1]
    before = last.promotes_from
    if last.default_baseline:
        before = environments[-2].name if len(environments) > 1 else None
    side = Side(environment=last.name)
    found = []
    if before is not None:
        title = f"To be promoted from {before} to {last.name}"
        kinds = (Difference.NEWER, Difference.ONLY_LEFT)
        found.append(SuggestedComparison(title, Side(environment=before), side, kinds))
    past = Side(environment=last.name, as_of=(now - _WEEK).replace(microsecond=0))
    found.append(SuggestedComparison(f"{last.name} now and a week ago", side, past))
    held = Counter(
        place.cluster for row in matrix.rows for place in matrix.cell(row.service, last.name).places
    )
    # The largest two: smaller ones are rarely meant to be alike.
    clusters = list_clusters(rules, matrix.dashboard, last.name)
    clusters = sorted(clusters, key=lambda one: -held[one.cluster])[:2]
    if len(clusters) > 1:
        title = f"{clusters[0].cluster} and {clusters[1].cluster}"
        found.append(SuggestedComparison(title, clusters[0], clusters[1]))
    return found


def place_words(side: Side) -> str:
    """A side without its moment: "prod", "namespace shop in prod"."""
    if side.cluster:
        return f"{side.cluster}{f' ({side.environment})' if side.environment else ''}"
    if side.namespace:
        return f"namespace {side.namespace} in {side.environment}"
    if side.customer == NO_CUSTOMER:
        return f"without customer in {side.environment}"
    if side.customer:
        return f"customer {side.customer} in {side.environment}"
    return side.environment


def side_words(side: Side) -> str:
    """A side with its moment: "prod as of 2026-11-20 17:00 UTC", "prod now"."""
    moment = f"as of {side.as_of:%Y-%m-%d %H:%M} UTC" if side.as_of else "now"
    return f"{place_words(side)} {moment}"


def _sorted(found: Iterable[tuple[str, str]], environments: list[str]) -> list[tuple[str, str]]:
    places = {name: number for number, name in enumerate(environments)}
    return sorted(found, key=lambda one: (places.get(one[0], len(places)), one))
