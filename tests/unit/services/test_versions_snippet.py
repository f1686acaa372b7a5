"""The `versions` snippet that `check` offers is one that a fleet file can have."""

from pathlib import Path

import pytest

from reldash.config import load_fleet
from reldash.domain.versions.order import VersionOrder
from reldash.domain.versions.rule_suggestion import suggest_pattern, unordered_pair
from reldash.domain.versions.tag_rules import NO_RULES, rules_for
from reldash.services.reports.tag_order_checks import versions_snippet

FLEET = """\
environments: [dev]
dashboards: {p: {environments: [dev]}}
clusters: [{name: a, dashboard: p, environment: dev, in_cluster: true}]
"""
TAGS = ["main-abc1234-9", "dev-0fc12de-10"]


@pytest.mark.parametrize("service", ["api", "api · worker", "yes", "a'b: #c", "1.10"])
@pytest.mark.parametrize("has_rules", [False, True])
def test_a_snippet_is_valid_and_orders_the_tags_that_it_is_for(
    tmp_path: Path, service: str, has_rules: bool
) -> None:
    pattern = suggest_pattern(TAGS, NO_RULES)
    assert pattern is not None
    written = FLEET
    if has_rules:
        written += "versions:\n  - {services: other, pattern: '(?P<n>[0-9]+)'}\n  "
    path = tmp_path / "fleet.yaml"
    path.write_text(f"{written}{versions_snippet(service, pattern, ['x'] * has_rules)}\n")
    rules = rules_for(load_fleet(path).rules, service)
    assert unordered_pair(TAGS, rules) is None
    assert VersionOrder(rules).compare_text(*TAGS).result == -1
    assert unordered_pair(TAGS, rules_for(load_fleet(path).rules, "another")) is not None
