"""The names of a workload's service, owner and component, by the fleet's rules."""

from reldash.domain.fleet.rules import ServiceRules
from reldash.domain.workloads.observations import Observation

COMPONENT_LABEL = "app.kubernetes.io/component"

_LABEL = "label:"
_WORKLOAD = "workload"


def service_name(observation: Observation, rules: ServiceRules) -> str:
    """The name that a workload's service goes by, before any split into several rows.

    The first of `rules.name` that says something, else the workload's name; without the suffixes
    that tools add (Flagger calls its copy `podinfo-primary`, labels included).
    """
    name = _first(observation, rules.name) or observation.workload
    for suffix in rules.strip_suffixes:
        if len(name) > len(suffix) and name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def owner_name(observation: Observation, rules: ServiceRules) -> str:
    """The team that `rules.owner` finds; "" where none of the rules says anything."""
    return _first(observation, rules.owner)


def component_name(observation: Observation) -> str:
    """The part of a larger application that a workload is; "" where it is not labelled."""
    return observation.labels.get(COMPONENT_LABEL, "")


def _first(observation: Observation, sources: tuple[str, ...]) -> str:
    """The first of "label:NAME" and "workload" that is not empty, else ""."""
    for source in sources:
        if source == _WORKLOAD:
            return observation.workload
        value = observation.labels.get(source.removeprefix(_LABEL), "")
        if value:
            return value
    return ""
