"""What the services that are asked for a dashboard by its key have in common."""

from reldash.domain.fleet.choices import FilterError
from reldash.domain.fleet.rules import Dashboard, FleetRules


def check_dashboard(rules: FleetRules, key: str) -> Dashboard:
    """The dashboard of that key (FilterError: there is none, with those that there are)."""
    board = rules.dashboards.get(key)
    if board is None:
        known = ", ".join(rules.dashboards)
        raise FilterError("Unknown dashboard", f"{key}: expected one of {known}")
    return board
