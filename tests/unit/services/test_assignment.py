"""Tags give found clusters their places; what has none is named with the reason."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reldash.config import ClusterEntry, DiscoverRule, EksAccess, Fleet, InClusterAccess
from reldash.domain.fleet.discovered import DiscoveredCluster
from reldash.domain.fleet.rules import Cluster, Dashboard
from reldash.services.fleet.assignment import Assignment, assign
from tests.unit.builders import NOW, fleet_rules

EU, US = "eu-west-1", "us-east-1"
ROLE, ACCOUNT = "arn:aws:iam::222222222222:role/reader", "222222222222"
TAGS = {"release-dashboard": "platform", "environment": "dev"}
RULE = DiscoverRule((EU, US))
ROLED = DiscoverRule((EU,), ROLE, "ours")


def found(
    name: str = "home",
    tags: dict[str, str] | None = TAGS,
    *,
    region: str = EU,
    role_arn: str | None = None,
    account: str = "111111111111",
    days: float = 0,
) -> DiscoveredCluster:
    """A cluster that was found so many days after NOW."""
    arn = f"arn:aws:eks:{region}:{account}:cluster/{name}"
    return DiscoveredCluster(
        name, arn, account, region, role_arn, tags, found_at=NOW + timedelta(days=days)
    )


def fleet(*rules: DiscoverRule, entries: tuple[ClusterEntry, ...] = ()) -> Fleet:
    """The usual environments, dashboards platform and solutions (without stg)."""
    usual = fleet_rules()
    solutions = Dashboard("solutions", "Solutions", usual.environments[::2])
    written = replace(
        usual,
        dashboards={**usual.dashboards, "solutions": solutions},
        clusters=tuple(entry.cluster for entry in entries),
    )
    return Fleet(written, entries, Path("fleet.yaml"), rules or (RULE,))


def only(made: Assignment) -> ClusterEntry:
    (entry,) = made.fleet.entries
    assert made.unassigned == ()
    assert made.fleet.rules.clusters == (entry.cluster,)
    return entry


def reason(made: Assignment) -> str:
    assert made.fleet.entries == ()
    (each,) = made.unassigned
    assert each.remedy
    return each.reason


def names(made: Assignment) -> list[str]:
    return [entry.cluster.name for entry in made.fleet.entries]


def test_tags_give_a_cluster_its_dashboard_and_environment() -> None:
    entry = only(assign(fleet(), [found()]))
    assert entry.cluster == Cluster("home", ("platform",), {"dev": ("*",)}, region="eu-west-1")
    assert entry.access == EksAccess("home", EU)


def test_a_cluster_is_read_as_the_role_that_found_it_with_the_rules_external_id() -> None:
    entry = only(assign(fleet(ROLED), [found(role_arn=ROLE, account=ACCOUNT)]))
    assert entry.access == EksAccess("home", EU, ROLE, "ours")


def test_a_tag_may_name_several_dashboards_and_namespaces() -> None:
    rule = replace(RULE, namespaces_tag="spaces")
    tags = {"release-dashboard": "platform  solutions", "environment": "prod", "spaces": "a b"}
    cluster = only(assign(fleet(rule), [found(tags=tags)])).cluster
    assert cluster.dashboards == ("platform", "solutions")
    assert cluster.namespaces == ("a", "b")


def test_a_cluster_without_the_tag_of_namespaces_is_read_whole() -> None:
    rule = replace(RULE, namespaces_tag="spaces")
    assert only(assign(fleet(rule), [found()])).cluster.namespaces is None


def test_tags_may_have_other_names() -> None:
    rule = replace(RULE, dashboard_tag="board", environment_tag="stage")
    tags = {"board": "platform", "stage": "stg", **dict.fromkeys(TAGS, "x")}
    assert only(assign(fleet(rule), [found(tags=tags)])).cluster.environments == {"stg": ("*",)}


def test_a_value_may_mean_environments_by_namespaces() -> None:
    rule = replace(RULE, environments={"non prod": {"dev": ("dev-*",), "stg": ("stg",)}})
    tags = {**TAGS, "environment": "non prod"}
    cluster = only(assign(fleet(rule), [found(tags=tags)])).cluster
    assert cluster.environments == {"dev": ("dev-*",), "stg": ("stg",)}


def test_environments_that_no_dashboard_of_the_cluster_has_are_left_out() -> None:
    rule = replace(RULE, environments={"all": {"dev": ("dev-*",), "stg": ("stg",)}})
    tags = {"release-dashboard": "solutions", "environment": "all"}
    cluster = only(assign(fleet(rule), [found(tags=tags)])).cluster
    assert cluster.environments == {"dev": ("dev-*",)}


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({}, "tags 'release-dashboard' and 'environment' are missing"),
        ({"release-dashboard": "platform"}, "tag 'environment' is missing"),
        ({"release-dashboard": "platform", "environment": " "}, "tag 'environment' is missing"),
        ({"environment": "dev"}, "tag 'release-dashboard' is missing"),
        (
            {**TAGS, "environment": "prdo"},
            'tag environment="prdo" is not an environment of dashboard platform; '
            'expected dev, stg or prod; did you mean "prod"?',
        ),
        (
            {"release-dashboard": "platform solutions", "environment": "stg"},
            'tag environment="stg" is not an environment of dashboard solutions; '
            "expected dev or prod",
        ),
        (
            {**TAGS, "release-dashboard": "plattform"},
            'tag release-dashboard="plattform" is not a dashboard; '
            'expected platform or solutions; did you mean "platform"?',
        ),
        ({**TAGS, "spaces": "a b_c"}, 'tag spaces="b_c" is not a namespace name'),
        (None, "its tags are unknown"),
    ],
)
def test_what_has_no_place_says_why(tags: dict[str, str] | None, why: str) -> None:
    rule = replace(RULE, namespaces_tag="spaces")
    assert reason(assign(fleet(rule), [found(tags=tags)])) == why


def test_the_values_that_a_rule_gives_a_meaning_are_expected_too() -> None:
    rule = replace(RULE, environments={"nonprod": {"dev": ("*",)}})
    made = assign(fleet(rule), [found(tags={**TAGS, "environment": "nonprd"})])
    assert reason(made).endswith('expected dev, stg, prod or nonprod; did you mean "nonprod"?')


def test_a_refused_description_is_the_reason_and_its_mend() -> None:
    refused = replace(
        found(tags=None), error_title="Not allowed", error_message="by AWS", error_remedy="allow it"
    )
    (each,) = assign(fleet(), [refused]).unassigned
    assert each.reason == "its tags are unknown (Not allowed: by AWS)"
    assert each.remedy == "allow it"


def test_clusters_stand_after_those_of_the_file_by_rule_region_and_name() -> None:
    home = ClusterEntry(Cluster("z", ("platform",), {"dev": ("*",)}), InClusterAccess())
    seen = [
        found("c", role_arn=ROLE, account=ACCOUNT),
        found("b", region=US),
        found("d"),
        found("a", region=US),
    ]
    assert names(assign(fleet(RULE, ROLED, entries=(home,)), seen)) == ["z", "d", "a", "b", "c"]


def test_clusters_of_one_name_get_names_of_their_own() -> None:
    seen = [
        found(),
        found(region=US, days=1),
        found(role_arn=ROLE, account=ACCOUNT, days=2),
        found(region=US, role_arn=ROLE, account=ACCOUNT, days=3),
    ]
    made = assign(fleet(RULE, replace(ROLED, regions=(EU, US))), seen)
    assert set(names(made)) == {
        "home",
        "home@us-east-1",
        "home@eu-west-1",
        "home@222222222222:us-east-1",
    }
    assert made.assigned["home@us-east-1"] == seen[1]


def test_who_was_found_first_keeps_its_name_whatever_is_found_later() -> None:
    first, second = found(region=US), found(region=EU, days=1)
    assert names(assign(fleet(), [first])) == ["home"]
    made = assign(fleet(), [second, first])
    assert made.assigned["home"] == first


def test_the_name_of_a_cluster_that_is_gone_stays_its_own() -> None:
    gone = replace(found(region=US), gone_at=NOW)
    assert names(assign(fleet(), [gone, found(days=1)])) == ["home@eu-west-1"]


def test_a_name_of_the_file_is_taken() -> None:
    home = ClusterEntry(Cluster("home", ("platform",), {"dev": ("*",)}), InClusterAccess())
    assert names(assign(fleet(entries=(home,)), [found()])) == ["home", "home@eu-west-1"]


@pytest.mark.parametrize(
    ("access", "seen", "is_same"),
    [
        (EksAccess("home", EU), found(), True),
        (EksAccess("home", US), found(), False),
        (EksAccess("other", EU), found(), False),
        (EksAccess("home", EU, ROLE), found(role_arn=ROLE, account=ACCOUNT), True),
        (EksAccess("home", EU, f"{ROLE}-2"), found(role_arn=ROLE, account=ACCOUNT), True),
        (EksAccess("home", EU, ROLE), found(), False),
        (EksAccess("home", EU, ROLE), found(account=ACCOUNT), True),
    ],
)
def test_a_cluster_that_the_file_names_itself_stays_as_it_says(
    access: EksAccess, seen: DiscoveredCluster, is_same: bool
) -> None:
    entry = ClusterEntry(Cluster("ours", ("platform",), {"prod": ("*",)}), access)
    made = assign(fleet(RULE, ROLED, entries=(entry,)), [seen])
    assert names(made) == ["ours"] if is_same else ["ours", "home"]
    assert made.unassigned == ()


def test_what_two_roles_find_counts_once_for_the_first_rule_that_gives_a_place() -> None:
    by_chain = found(account=ACCOUNT)
    by_role = replace(by_chain, role_arn=ROLE)
    tagged_otherwise = replace(RULE, environment_tag="stage")
    assert only(assign(fleet(RULE, ROLED), [by_role, by_chain])).access == EksAccess("home", EU)
    made = assign(fleet(tagged_otherwise, ROLED), [by_role, by_chain])
    assert only(made).access == EksAccess("home", EU, ROLE, "ours")


def test_what_rules_no_longer_look_at_is_no_part_of_the_fleet() -> None:
    made = assign(fleet(ROLED), [found()])
    assert (made.fleet.entries, made.unassigned) == ((), ())


def test_what_is_gone_is_no_part_of_the_fleet() -> None:
    made = assign(fleet(), [replace(found(), gone_at=NOW)])
    assert (made.fleet.entries, made.unassigned) == ((), ())
