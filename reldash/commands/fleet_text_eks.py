"""The text of a first fleet file from the EKS clusters that were found."""

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


def has_place(found: DiscoveredCluster, rule: DiscoverRule) -> bool:
    """Whether its tags name dashboards and an environment."""
    boards, environment = _tags(found, rule)
    return bool(boards) and environment != ""


def render_rule_text(found: Sequence[DiscoveredCluster], rule: DiscoverRule) -> str:
    """A fleet file that finds its clusters by tags: at least one of them has its place by them.

    Dashboards and environments are those that the tags name; clusters without tags stand in it as
    comments.
    """
    boards: dict[str, set[str]] = {}
    for each in found:
        if has_place(each, rule):
            keys, environment = _tags(each, rule)
            for key in keys:
                boards.setdefault(key, set()).add(environment)
    names = sorted({name for held in boards.values() for name in held}, key=_standing)
    lines = [
        f"  {key}: {{title: {yaml_scalar(_title(key))}, environments:"
        f" [{', '.join(yaml_name(name) for name in names if name in held)}]}}"
        for key, held in sorted(boards.items())
    ]
    who = "".join(f", {key}: {yaml_scalar(value)}" for key, value in _signing_in(rule))
    section = [
        "# Clusters are found by these tags of theirs. One that needs more than tags can say, or",
        "# that is not in EKS, is named under clusters.",
        "discover:",
        f"  - eks: {{regions: [{', '.join(rule.regions)}]{who}}}",
        f"    tags: {{dashboard: {rule.dashboard_tag}, environment: {rule.environment_tag}}}",
        *(
            f"#   no place by its tags: {each.name} in {each.region}, account {each.account}"
            for each in found
            if not has_place(each, rule)
        ),
    ]
    return whole_text(names, lines, section)


def guess_found(found: Sequence[DiscoveredCluster], rule: DiscoverRule) -> list[Guess]:
    """A guess by its name for each cluster, with its way in."""
    return guess_clusters(
        [
            KubeconfigContext(
                each.arn,
                way="eks: {"
                + f"cluster: {yaml_scalar(each.name)}, region: {each.region}"
                + "".join(f", {key}: {yaml_scalar(value)}" for key, value in _signing_in(rule))
                + "}",
            )
            for each in found
        ]
    )


def _tags(found: DiscoveredCluster, rule: DiscoverRule) -> tuple[list[str], str]:
    """The dashboards and the environment that tags name; none and "" where they cannot be."""
    tags = found.tags or {}
    boards = tags.get(rule.dashboard_tag, "").split()
    environment = " ".join(tags.get(rule.environment_tag, "").split())
    is_name = NAME.fullmatch(environment) and environment != "newest"
    return (boards if all(map(KEY.fullmatch, boards)) else []), environment if is_name else ""


def _standing(name: str) -> tuple[int, str]:
    """Promotion order as far as names tell it."""
    kind = guess_environment(name)
    return (_ORDER.index(kind) if kind else len(_ORDER), name)


def _title(key: str) -> str:
    return key.replace("-", " ").replace("_", " ").title()


def _signing_in(rule: DiscoverRule) -> list[tuple[str, str]]:
    keys = ("role_arn", rule.role_arn), ("external_id", rule.external_id)
    return [(key, value) for key, value in keys if value]
