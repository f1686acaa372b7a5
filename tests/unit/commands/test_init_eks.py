"""What `init --discover` writes loads, and gives clusters the places that their tags name."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.commands.fleet_text import render_fleet_text
from reldash.commands.fleet_text_eks import guess_found, is_assignable, render_rule_text
from reldash.config import DiscoverRule, EksAccess, Fleet, load_fleet
from reldash.domain.fleet.discovered import DiscoveredCluster
from reldash.services.fleet.assignment import assign
from tests.unit.builders import NOW

ROLE = "arn:aws:iam::111122223333:role/reader"
RULE = DiscoverRule(("eu-west-1", "us-east-1"), ROLE, "ours")


def found(
    name: str, board: str = "", environment: str = "", region: str = "eu-west-1"
) -> DiscoveredCluster:
    tags = {"release-dashboard": board, "environment": environment}
    arn = f"arn:aws:eks:{region}:111122223333:cluster/{name}"
    kept = {key: value for key, value in tags.items() if value}
    return DiscoveredCluster(name, arn, "111122223333", region, ROLE, kept, NOW)


def loaded(text: str) -> Fleet:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.yaml"
        path.write_text(text, encoding="utf-8")
        return load_fleet(path)


def test_tags_become_a_rule_with_their_dashboards_and_environments() -> None:
    clusters = [
        found("b", "platform", "production"),
        found("a", "platform customer-solutions", "dev"),
        found("s", "platform", "shared"),
        found("q", "platform", "stage 2"),
        found("n", "platform", "nonprod"),
        found("odd"),
    ]
    text = render_rule_text(clusters, RULE)
    fleet = loaded(text)
    assert fleet.discover == (RULE,)
    environments = {e.name: (e.pinned, e.promotes_from) for e in fleet.rules.environments}
    assert list(environments) == ["dev", "shared", "stage 2", "production", "nonprod"]
    assert environments["stage 2"] == (False, "dev")
    assert environments["production"] == (True, None)
    nonprod = fleet.rules.environments[-1]
    assert not nonprod.default_baseline
    assert nonprod.promotes_from is None
    assert {key: [e.name for e in b.environments] for key, b in fleet.rules.dashboards.items()} == {
        "customer-solutions": ["dev"],
        "platform": ["dev", "shared", "stage 2", "production", "nonprod"],
    }
    assert fleet.rules.dashboards["customer-solutions"].title == "Customer Solutions"
    assert "tags missing or unusable: odd in eu-west-1, account 111122223333" in text
    made = assign(fleet, clusters)
    assert set(made.assigned) == {"a", "b", "s", "q", "n"}
    assert [each.found.name for each in made.unassigned] == ["odd"]


def test_without_tags_each_cluster_is_guessed_by_its_name() -> None:
    clusters = [found("platform-dev"), found("platform-dev", region="us-east-1"), found("odd")]
    text = render_fleet_text(guess_found(clusters, RULE), None)
    entries = loaded(text).entries
    assert [(each.cluster.name, each.access) for each in entries] == [
        ("platform-dev", EksAccess("platform-dev", "eu-west-1", ROLE, "ours")),
        ("platform-dev-us-east-1", EksAccess("platform-dev", "us-east-1", ROLE, "ours")),
    ]
    assert '#  - name: "odd"' in text


VALUES = st.lists(
    st.sampled_from(["dev", "prod", "shared", "platform", "no", "1.10", "newest", " ", "-", "@:/"])
    | st.text(max_size=6),
    max_size=3,
).map(" ".join)
NAMES = st.from_regex(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}", fullmatch=True)


@settings(deadline=None)  # files are written: a busy disk is no fault
@given(st.lists(st.builds(found, NAMES, VALUES, VALUES), max_size=5))
def test_whatever_tags_say_the_file_loads(clusters: Sequence[DiscoveredCluster]) -> None:
    placed = {each.arn for each in clusters if is_assignable(each, RULE)}
    if placed:
        fleet = loaded(render_rule_text(clusters, RULE))
        made = assign(fleet, clusters)
        assert {each.arn for each in made.assigned.values()} >= placed
    else:
        assert loaded(render_fleet_text(guess_found(clusters, RULE), None)).discover == ()
