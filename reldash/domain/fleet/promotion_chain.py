"""The environments that an environment is promoted from: `promotes_from`, step by step."""

from collections.abc import Sequence

from reldash.domain.fleet.rules import Dashboard, Environment, FleetRules


def promotion_chain(environment: str, dashboard: Dashboard, rules: FleetRules) -> tuple[str, ...]:
    """The dashboard's environments that an environment is promoted from, nearest first.

    Each step follows `promotes_from`, or goes to the one before in the list where the file does
    not say. Environments of the fleet that the dashboard leaves out are passed through, and one
    with `promotes_from: null` ends the chain.
    """
    shown = [e.name for e in dashboard.environments]
    known = {e.name: e for e in (*rules.environments, *dashboard.environments)}
    listed = [e.name for e in rules.environments]
    chain: list[str] = []
    passed = {environment}
    step = _promoted_from(known[environment], shown if environment in shown else listed)
    while step in known and step not in passed:
        passed.add(step)
        if step in shown:
            chain.append(step)
        step = _promoted_from(known[step], shown if step in shown else listed)
    return tuple(chain)


def _promoted_from(environment: Environment, names: Sequence[str]) -> str:
    """The environment's own word, else the one before it; "" where there is none."""
    if not environment.default_baseline:
        return environment.promotes_from or ""
    position = names.index(environment.name)
    return names[position - 1] if position else ""
