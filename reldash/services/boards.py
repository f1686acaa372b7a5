"""What the services that are asked for a dashboard by its key have in common."""

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.rules import Dashboard, FleetRules


def check_dashboard(rules: FleetRules, key: str) -> Dashboard:
    """The dashboard of that key (ChoiceError: there is none, with those that there are)."""
    board = rules.dashboards.get(key)
    if board is None:
        known = ", ".join(rules.dashboards)
        raise ChoiceError("Unknown dashboard", f"{key}: expected one of {known}")
    return board
