"""The names of a workload's service, owner and component, by the fleet's rules."""

from reldash.domain.fleet.rules import ServiceRules
from reldash.domain.workloads.observations import Observation

COMPONENT_LABEL = "app.kubernetes.io/component"
INSTANCE_LABEL = "app.kubernetes.io/instance"

_LABEL = "label:"
_WORKLOAD = "workload"


def service_name(observation: Observation, rules: ServiceRules) -> str:
    """The name of a workload's service, before any split into several rows.

    The first source of `rules.name` that is not empty, else the workload's name; without the
    suffixes that tools add, such as `-primary` (Flagger names its copy `podinfo-primary` and
    labels it so).
    """
    name = _first(observation, rules.name) or observation.workload
    for suffix in rules.strip_suffixes:
        if len(name) > len(suffix) and name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def owner_name(observation: Observation, rules: ServiceRules) -> str:
    """The team that owns a workload, by the first source of `rules.owner` that is not empty."""
    return _first(observation, rules.owner)


def component_name(observation: Observation) -> str:
    """The component of a workload within a larger application; "" if it is not labelled."""
    return observation.labels.get(COMPONENT_LABEL, "")


def instance_name(observation: Observation) -> str:
    """The release that installed a workload (Helm) or its application (Argo CD); "" if unknown."""
    return observation.labels.get(INSTANCE_LABEL, "")


def _first(observation: Observation, sources: tuple[str, ...]) -> str:
    """The first of "label:NAME" and "workload" that is not empty, else ""."""
    for source in sources:
        if source == _WORKLOAD:
            return observation.workload
        value = observation.labels.get(source.removeprefix(_LABEL), "")
        if value:
            return value
    return ""
