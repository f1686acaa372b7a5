"""How the tags of a service are read, for what explains and compares them."""

from collections.abc import Iterable

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.versions.order import FIRST_ROLLOUT, PUSH_TIME, VersionOrder
from reldash.domain.versions.tag_explanation import explain_beside
from reldash.domain.versions.tag_rules import TagRules, place_names, rules_for

_MOST_EXPLAINED = 3  # versions of a mixed cell
_TIMES = (PUSH_TIME, FIRST_ROLLOUT)


def tag_rules_of(rules: FleetRules, service: str, places: Iterable[PlaceDetails]) -> TagRules:
    """How the tags of a service with these deployments are read."""
    found = tuple(places)
    customers = {place.customer.lower() for place in found if place.customer}
    return rules_for(
        rules,
        service,
        images=(place.image for place in found),
        names=(*service.split(" · "), *(place.workload for place in found)),
        places=place_names(rules) | customers,
    )


def explain_cell(rules: FleetRules, matrix: Matrix, service: str, cell: Cell) -> tuple[str, ...]:
    """A line for each version of a cell: how it was read, and why it stands where it does.

    Digests are no tags and have no line. `matrix` has all columns of the service.
    """
    columns = (column.key for column in matrix.columns)
    places = [place for key in columns for place in matrix.cell(service, key).places]
    order = VersionOrder(tag_rules_of(rules, service, places))
    tags = [version for version, _ in cell.versions if is_tag(version)]
    other = cell.baseline_version if is_tag(cell.baseline_version) else ""
    decided_by = cell.method if cell.method in _TIMES else ""
    return tuple(explain_beside(order, tag, other, decided_by) for tag in tags[:_MOST_EXPLAINED])


def is_tag(version: str) -> bool:
    """Whether a version is text that people gave it, not a digest."""
    return bool(version) and ":" not in version and "@" not in version
