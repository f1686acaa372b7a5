"""The environments that an environment is promoted from."""

import pytest

from reldash.domain.fleet.promotion_chain import promotion_chain
from reldash.domain.fleet.rules import Dashboard, Environment
from tests.unit.builders import (
    fleet_rules,
)

PLATFORM: list[Environment | str] = [
    "dev",
    "lit",
    Environment("shared", None, default_baseline=False),
    Environment("stg", "lit", default_baseline=False),
    "prod",
]


@pytest.mark.parametrize(
    ("environment", "chain"),
    [
        ("dev", ()),
        ("lit", ("dev",)),
        ("shared", ()),
        ("stg", ("lit", "dev")),
        ("prod", ("stg", "lit", "dev")),
    ],
)
def test_the_promotion_chain_follows_promotes_from_or_the_environment_before(
    environment: str, chain: tuple[str, ...]
) -> None:
    rules = fleet_rules(PLATFORM)
    assert promotion_chain(environment, rules.dashboards["platform"], rules) == chain


def test_environments_that_a_dashboard_leaves_out_are_passed_through() -> None:
    rules = fleet_rules(PLATFORM)
    shown = tuple(e for e in rules.environments if e.name in ("dev", "stg", "prod"))
    board = Dashboard("solutions", "Solutions", shown)
    assert promotion_chain("stg", board, rules) == ("dev",)
    assert promotion_chain("prod", board, rules) == ("stg", "dev")


def test_environments_that_name_each_other_end_the_chain() -> None:
    rules = fleet_rules(
        [
            Environment("a", "b", default_baseline=False),
            Environment("b", "a", default_baseline=False),
        ]
    )
    assert promotion_chain("a", rules.dashboards["platform"], rules) == ("b",)
