"""The text of a new fleet file from discovered EKS clusters."""

from collections.abc import Sequence

from reldash.commands.fleet_text import (
    ENVIRONMENTS,
    Guess,
    KubeconfigContext,
    guess_clusters,
    guess_environment,
    whole_text,
    yaml_name,
    yaml_scalar,
)
from reldash.config import DiscoverRule
from reldash.config.field_types import KEY, NAME
from reldash.domain.fleet.discovered import DiscoveredCluster

_ORDER = list(ENVIRONMENTS)


def is_assignable(found: DiscoveredCluster, rule: DiscoverRule) -> bool:
    """Whether its tags name dashboards and an environment."""
    boards, environment = _tags(found, rule)
    return bool(boards) and environment != ""


def render_rule_text(found: Sequence[DiscoveredCluster], rule: DiscoverRule) -> str:
    """A fleet file that discovers clusters by tags; at least one must be assignable.

    Dashboards and environments are those in the tags; clusters that cannot be assigned are written
    as comments.
    """
    boards: dict[str, set[str]] = {}
    for each in found:
        if is_assignable(each, rule):
            keys, environment = _tags(each, rule)
            for key in keys:
                boards.setdefault(key, set()).add(environment)
    names = sorted({name for held in boards.values() for name in held}, key=_promotion_key)
    lines = [
        f"  {key}: {{title: {yaml_scalar(_title(key))}, environments:"
        f" [{', '.join(yaml_name(name) for name in names if name in held)}]}}"
        for key, held in sorted(boards.items())
    ]
    who = "".join(f", {key}: {yaml_scalar(value)}" for key, value in _role_keys(rule))
    section = [
        "# Clusters are discovered by these tags. List a cluster under clusters if tags cannot",
        "# describe it or if it is not in EKS.",
        "discover:",
        f"  - eks: {{regions: [{', '.join(rule.regions)}]{who}}}",
        f"    tags: {{dashboard: {rule.dashboard_tag}, environment: {rule.environment_tag}}}",
        *(
            f"#   tags missing or unusable: {each.name} in {each.region}, account {each.account}"
            for each in found
            if not is_assignable(each, rule)
        ),
    ]
    return whole_text(names, lines, section)


def guess_found(found: Sequence[DiscoveredCluster], rule: DiscoverRule) -> list[Guess]:
    """A guess from its name for each cluster, with its access."""
    return guess_clusters(
        [
            KubeconfigContext(
                each.arn,
                access="eks: {"
                + f"cluster: {yaml_scalar(each.name)}, region: {each.region}"
                + "".join(f", {key}: {yaml_scalar(value)}" for key, value in _role_keys(rule))
                + "}",
            )
            for each in found
        ]
    )


def _tags(found: DiscoveredCluster, rule: DiscoverRule) -> tuple[list[str], str]:
    """The dashboards and the environment in the tags; [] and "" if they are not usable names."""
    tags = found.tags or {}
    boards = tags.get(rule.dashboard_tag, "").split()
    environment = " ".join(tags.get(rule.environment_tag, "").split())
    is_name = NAME.fullmatch(environment) and environment != "newest"
    return (boards if all(map(KEY.fullmatch, boards)) else []), environment if is_name else ""


def _promotion_key(name: str) -> tuple[int, str]:
    """Sort key: promotion order if the name reveals it, then the name."""
    kind = guess_environment(name)
    return (_ORDER.index(kind) if kind else len(_ORDER), name)


def _title(key: str) -> str:
    return key.replace("-", " ").replace("_", " ").title()


def _role_keys(rule: DiscoverRule) -> list[tuple[str, str]]:
    keys = ("role_arn", rule.role_arn), ("external_id", rule.external_id)
    return [(key, value) for key, value in keys if value]
