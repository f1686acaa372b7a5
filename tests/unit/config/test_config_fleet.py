"""What a sound fleet file says reaches the program as plain values."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reldash.config import (
    DiscoverRule,
    EksAccess,
    Fleet,
    InClusterAccess,
    KubeconfigAccess,
    RegistryRole,
    RegistryRules,
    ServerAccess,
    load_fleet,
)
from reldash.config.shapes import (
    BudgetShape,
    ClusterShape,
    CollectShape,
    CustomerShape,
    DashboardShape,
    DiscoverEksShape,
    DiscoverShape,
    EcrShape,
    EksShape,
    EnvironmentShape,
    FleetShape,
    FreezeShape,
    HistoryShape,
    KubeconfigShape,
    LinksShape,
    RegistryShape,
    ServerShape,
    ServicesShape,
    Shape,
    TagsShape,
    VersionShape,
    known_keys,
)
from reldash.domain.fleet.freezes import Freeze
from reldash.domain.fleet.rules import (
    Budget,
    CollectRules,
    Environment,
    HistoryRules,
    LagLevel,
    LinkRules,
    ServiceRules,
)
from reldash.errors import ConfigurationError

SHAPES: list[type[Shape]] = [
    FleetShape,
    EnvironmentShape,
    BudgetShape,
    DashboardShape,
    CustomerShape,
    ClusterShape,
    KubeconfigShape,
    ServerShape,
    EksShape,
    ServicesShape,
    CollectShape,
    DiscoverShape,
    DiscoverEksShape,
    TagsShape,
    RegistryShape,
    EcrShape,
    LinksShape,
    FreezeShape,
    VersionShape,
    HistoryShape,
]
EVERY_KEY = """\
environments:
  - dev
  - lit
  - {name: shared, promotes_from: null}
  - {name: stg, promotes_from: lit, pinned: true}
  - {name: prod, pinned: true, budget: {dwell: 14d, lag: minor}}
dashboards:
  platform: {title: Platform, environments: [dev, lit, shared, stg, prod]}
  customer-solutions:
    title: Customer Solutions
    environments: [dev, stg, prod]
    customer: {namespace: "cust-(?P<customer>.+)"}
  labelled: {environments: [dev], customer: {label: example.com/customer}}
clusters:
  - name: platform-shared
    dashboard: platform
    environment: {lit: ["lit-*"], shared: ["shared", "shared-*"]}
    kubeconfig: {context: shared-eu, path: ~/.kube/config}
  - name: platform-prod
    dashboard: [platform, customer-solutions]
    environment: prod
    server: {url: "https://kube.prod.example.com/", ca_file: ca.crt, token_env: PROD_TOKEN}
  - {name: other, dashboard: platform, environment: {dev: "*"}, namespaces: [a, b],
     server: {url: "http://127.0.0.1:8001", token_file: /run/token}}
  - {name: home, dashboard: platform, environment: stg, in_cluster: true}
  - {name: usual, dashboard: platform, environment: dev, kubeconfig: {}}
  - {name: near, dashboard: platform, environment: dev, eks: {cluster: n, region: eu-west-1}}
  - {name: far, dashboard: platform, environment: dev,
     eks: {cluster: f, region: us-gov-west-1, external_id: ours,
           role_arn: "arn:aws-us-gov:iam::111122223333:role/team/reader"}}
discover:
  - eks: {regions: eu-west-1}
  - eks:
      regions: [eu-west-1, us-east-1]
      role_arn: "arn:aws:iam::444455556666:role/reader"
      external_id: ours
    tags: {dashboard: board, environment: stage, namespaces: "team:namespaces"}
    environments:
      nonprod: {lit: ["lit-*"], shared: [shared, "shared-*"]}
registry:
  ttl: 2h
  ecr:
    - {account: "123456789012", role_arn: "arn:aws:iam::123456789012:role/pull", external_id: ours}
    - {account: "210987654321", role_arn: "arn:aws:iam::210987654321:role/pull"}
services:
  name: ["label:app", workload]
  owner: ["label:team"]
  strip_suffixes: ["-primary", "-canary"]
  exclude_namespaces: [kube-*]
  sidecars: [istio-proxy, "*/envoy"]
  expected: [shop]
collect: {interval: 30s, timeout: 5s, pods: false, stale_after: 1h30m, rolling_max: 1d,
          degraded_after: 90s}
links:
  argocd: "https://argocd.example.com/applications/{application_namespace}/{application}"
  flux: "https://flux.example.com/resource/{flux_kind}/{flux_namespace}/{flux_name}"
  helm: "https://helm.example.com/{cluster}/{release_namespace}/{release}"
  registry: "https://registry.example.com/{repository}?tag={tag}#{digest}"
  source: "https://git.example.com/{repository}"
  commit: "https://git.example.com/{repository}/commit/{commit}"
  more: {Logs: "https://logs.example.com:8443/?namespace={namespace}", "Run book": "https://r.eu/"}
freezes:
  - {name: weekend, environment: prod, from: 2026-01-02 17:00, to: 2026-01-05T07:00,
     time_zone: Europe/Berlin, repeats: "freq=weekly;until=20261231T225959Z"}
  - {name: turn of the year, environment: [stg, prod], from: 2026-12-18, to: 2027-01-07}
versions:
  - images: ["registry.example.com/shop/*", "*/minio"]
    services: checkout
    pattern: '(?P<build>[0-9]+)-(?P<major>[0-9]+)(?P<prerelease>-rc)?(?P<compatibility>-slim)?'
    order: [major, build]
  - pattern: '(?<train>[a-z]+)-(?<build>[0-9]+)(?<prerelease>-rc)?'
history: {keep: 365d}
"""
LEAST = """\
environments: [dev]
dashboards: {platform: {environments: [dev]}}
clusters: []
"""


def fleet_of(folder: Path, text: str) -> Fleet:
    path = folder / "fleet.yaml"
    path.write_text(text, encoding="utf-8")
    return load_fleet(path)


def test_environments_keep_order_promotion_pins_and_budgets(tmp_path: Path) -> None:
    assert fleet_of(tmp_path, EVERY_KEY).rules.environments == (
        Environment("dev"),
        Environment("lit"),
        Environment("shared", default_baseline=False),
        Environment("stg", "lit", default_baseline=False, pinned=True),
        Environment("prod", pinned=True, budget=Budget(timedelta(days=14), LagLevel.MINOR)),
    )


def test_dashboards_hold_their_environments_in_order(tmp_path: Path) -> None:
    dashboards = fleet_of(tmp_path, EVERY_KEY).rules.dashboards
    assert list(dashboards) == ["platform", "customer-solutions", "labelled"]
    board = dashboards["customer-solutions"]
    assert (board.key, board.title) == ("customer-solutions", "Customer Solutions")
    assert [each.name for each in board.environments] == ["dev", "stg", "prod"]


def test_a_dashboard_without_a_title_is_called_by_its_key(tmp_path: Path) -> None:
    assert fleet_of(tmp_path, LEAST).rules.dashboards["platform"].title == "platform"


def test_customers_come_from_a_pattern_or_a_label(tmp_path: Path) -> None:
    dashboards = fleet_of(tmp_path, EVERY_KEY).rules.dashboards
    by_pattern, by_label = (
        dashboards["customer-solutions"].customer,
        dashboards["labelled"].customer,
    )
    assert by_pattern is not None
    assert by_pattern.namespace is not None
    match = by_pattern.namespace.fullmatch("cust-acme")
    assert match is not None
    assert match["customer"] == "acme"
    assert by_label is not None
    assert by_label.label == "example.com/customer"


def test_clusters_know_their_places(tmp_path: Path) -> None:
    shared, prod, other, *_ = fleet_of(tmp_path, EVERY_KEY).rules.clusters
    assert shared.environments == {"lit": ("lit-*",), "shared": ("shared", "shared-*")}
    assert (prod.dashboards, prod.environments) == (
        ("platform", "customer-solutions"),
        {"prod": ("*",)},
    )
    assert (other.environments, other.namespaces) == ({"dev": ("*",)}, ("a", "b"))
    assert prod.namespaces is None


def test_paths_are_meant_from_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    fleet = fleet_of(tmp_path, EVERY_KEY)
    assert [entry.access for entry in fleet.entries] == [
        KubeconfigAccess("shared-eu", Path("/home/ann/.kube/config")),
        ServerAccess("https://kube.prod.example.com", tmp_path / "ca.crt", token_env="PROD_TOKEN"),
        ServerAccess("http://127.0.0.1:8001", token_file=Path("/run/token")),
        InClusterAccess(),
        KubeconfigAccess(),
        EksAccess("n", "eu-west-1"),
        EksAccess(
            "f", "us-gov-west-1", "arn:aws-us-gov:iam::111122223333:role/team/reader", "ours"
        ),
    ]
    assert [entry.cluster for entry in fleet.entries] == list(fleet.rules.clusters)


def test_rules_for_services_and_collecting_are_read(tmp_path: Path) -> None:
    rules = fleet_of(tmp_path, EVERY_KEY).rules
    assert rules.services == ServiceRules(
        name=("label:app", "workload"),
        owner=("label:team",),
        strip_suffixes=("-primary", "-canary"),
        exclude_namespaces=("kube-*",),
        sidecars=("istio-proxy", "*/envoy"),
        expected=("shop",),
    )
    assert rules.collect == CollectRules(
        interval=timedelta(seconds=30),
        timeout=timedelta(seconds=5),
        pods=False,
        stale_after=timedelta(minutes=90),
        rolling_max=timedelta(days=1),
        degraded_after=timedelta(seconds=90),
    )


def test_templates_of_links_are_kept_as_they_are_written(tmp_path: Path) -> None:
    assert fleet_of(tmp_path, EVERY_KEY).rules.links == LinkRules(
        argocd="https://argocd.example.com/applications/{application_namespace}/{application}",
        flux="https://flux.example.com/resource/{flux_kind}/{flux_namespace}/{flux_name}",
        helm="https://helm.example.com/{cluster}/{release_namespace}/{release}",
        registry="https://registry.example.com/{repository}?tag={tag}#{digest}",
        source="https://git.example.com/{repository}",
        commit="https://git.example.com/{repository}/commit/{commit}",
        more={
            "Logs": "https://logs.example.com:8443/?namespace={namespace}",
            "Run book": "https://r.eu/",
        },
    )


def test_freezes_hold_by_the_clocks_of_their_zone(tmp_path: Path) -> None:
    assert fleet_of(tmp_path, EVERY_KEY).rules.freezes == (
        Freeze(
            "weekend",
            ("prod",),
            datetime(2026, 1, 2, 17),  # noqa: DTZ001 - on a wall clock
            datetime(2026, 1, 5, 7),  # noqa: DTZ001 - likewise
            "Europe/Berlin",
            "FREQ=WEEKLY;UNTIL=20261231T235959",
        ),
        Freeze(
            "turn of the year",
            ("stg", "prod"),
            datetime(2026, 12, 18),  # noqa: DTZ001 - likewise
            datetime(2027, 1, 7),  # noqa: DTZ001 - likewise
            "UTC",
        ),
    )


def test_rules_for_tags_hold_for_images_and_services_by_their_groups_in_order(
    tmp_path: Path,
) -> None:
    rule, other = fleet_of(tmp_path, EVERY_KEY).rules.versions
    assert (rule.images, rule.services) == (
        ("registry.example.com/shop/*", "*/minio"),
        ("checkout",),
    )
    assert rule.order == ("major", "build")
    assert rule.pattern.fullmatch("142-1-rc-slim")
    assert (other.images, other.services) == ((), ())


def test_groups_of_renovate_may_be_copied_and_decide_as_they_appear(tmp_path: Path) -> None:
    rule = fleet_of(tmp_path, EVERY_KEY).rules.versions[1]
    assert rule.order == ("train", "build")
    match = rule.pattern.fullmatch("angel-9-rc")
    assert match is not None
    assert match.groupdict() == {"train": "angel", "build": "9", "prerelease": "-rc"}


def test_history_is_kept_for_as_long_as_the_file_says(tmp_path: Path) -> None:
    assert fleet_of(tmp_path, EVERY_KEY).rules.history == HistoryRules(timedelta(days=365))


def test_what_the_file_leaves_out_has_the_defaults(tmp_path: Path) -> None:
    rules = fleet_of(tmp_path, LEAST).rules
    assert (rules.services, rules.collect, rules.clusters) == (ServiceRules(), CollectRules(), ())
    assert rules.links == LinkRules()
    assert (rules.freezes, rules.versions) == ((), ())
    assert (rules.freezes, rules.history) == ((), HistoryRules(timedelta(days=730)))


def test_rules_of_discovery_say_where_to_look_as_whom_and_what_tags_mean(tmp_path: Path) -> None:
    assert fleet_of(tmp_path, EVERY_KEY).discover == (
        DiscoverRule(("eu-west-1",)),
        DiscoverRule(
            ("eu-west-1", "us-east-1"),
            "arn:aws:iam::444455556666:role/reader",
            "ours",
            dashboard_tag="board",
            environment_tag="stage",
            namespaces_tag="team:namespaces",
            environments={"nonprod": {"lit": ("lit-*",), "shared": ("shared", "shared-*")}},
        ),
    )


def test_registries_have_a_time_to_live_and_roles_by_account(tmp_path: Path) -> None:
    assert fleet_of(tmp_path, EVERY_KEY).registry == RegistryRules(
        timedelta(hours=2),
        (
            RegistryRole("123456789012", "arn:aws:iam::123456789012:role/pull", "ours"),
            RegistryRole("210987654321", "arn:aws:iam::210987654321:role/pull"),
        ),
        enabled=True,
    )


@pytest.mark.parametrize(
    "more",
    [
        "discover: [{eks: {regions: eu-west-1}}]",
        "registry: {}",
        "clusters: [{name: a, dashboard: platform, environment: dev,"
        " eks: {cluster: a, region: eu-west-1}}]",
    ],
)
def test_registries_are_asked_where_the_file_speaks_of_aws(tmp_path: Path, more: str) -> None:
    assert not fleet_of(tmp_path, LEAST).registry.enabled
    text = LEAST.replace("clusters: []\n", "") + more
    text += "" if "clusters" in more or "discover" in more else "\nclusters: []"
    assert fleet_of(tmp_path, text).registry == RegistryRules(enabled=True)


@pytest.mark.parametrize("clusters", ["", "clusters:\n", "clusters: []\n"])
def test_where_clusters_are_discovered_none_need_be_named(tmp_path: Path, clusters: str) -> None:
    rule = "discover: [{eks: {regions: eu-west-1}}]\n"
    fleet = fleet_of(tmp_path, LEAST.replace("clusters: []\n", clusters) + rule)
    assert (fleet.entries, fleet.rules.clusters) == ((), ())


@pytest.mark.parametrize("name", ["no", "on", "1.10", "2026-11-23", "0x10", "1:30", "Prüfung"])
def test_a_name_is_what_is_written_whatever_yaml_makes_of_it(tmp_path: Path, name: str) -> None:
    rules = fleet_of(tmp_path, LEAST.replace("dev", name)).rules
    assert [each.name for each in rules.environments] == [name]


def test_anchors_spare_repetition(tmp_path: Path) -> None:
    text = LEAST.replace("clusters: []", "clusters:\n") + (
        "  - {name: a, dashboard: platform, environment: dev, kubeconfig: &k {path: /k}}\n"
        "  - {name: b, dashboard: platform, environment: dev, kubeconfig: *k}\n"
    )
    assert [entry.access for entry in fleet_of(tmp_path, text).entries] == [
        KubeconfigAccess(None, Path("/k"))
    ] * 2


def test_the_example_of_the_manual_is_sound(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[3] / "docs/fleet.md").read_text(encoding="utf-8")
    example = manual.partition("```yaml\n")[2].partition("```")[0]
    assert len(fleet_of(tmp_path, example).entries) == 4


def test_the_example_of_discovery_is_sound(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[3] / "docs/fleet.md").read_text(encoding="utf-8")
    example = manual.partition("## `discover`")[2].partition("```yaml\n")[2].partition("```")[0]
    text = LEAST.replace("clusters: []\n", example).replace("[dev]", "[dev, stg]")
    assert [len(rule.regions) for rule in fleet_of(tmp_path, text).discover] == [2, 1]


def test_the_example_of_rules_for_tags_is_sound(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[3] / "docs/fleet.md").read_text(encoding="utf-8")
    example = manual.partition("## `versions`")[2].partition("```yaml\n")[2].partition("```")[0]
    by_day, by_major = fleet_of(tmp_path, LEAST + example).rules.versions
    assert by_day.order == ("year", "month", "day", "build")
    assert by_day.pattern.fullmatch("23112026.4")
    assert by_major.pattern.fullmatch("142-7-rc1-slim")


def test_the_manual_names_every_key() -> None:
    manual = (Path(__file__).parents[3] / "docs/fleet.md").read_text(encoding="utf-8")
    keys = {key for shape in SHAPES for key in known_keys(shape)}
    assert {key for key in keys if f"`{key}`" not in manual} == set()


def test_a_mark_of_byte_order_is_no_part_of_the_file(tmp_path: Path) -> None:
    assert fleet_of(tmp_path, "\ufeff" + LEAST).rules.environments == (Environment("dev"),)


KEYS = st.sampled_from([key for shape in SHAPES for key in known_keys(shape)])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.dates()
    | st.sampled_from(
        ["dev", "platform", "60s", "1d", "https://k", "https://[::1", "(?P<customer>"]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
SECTIONS = st.fixed_dictionaries(
    {
        "environments": st.just(["dev", "prod"]) | VALUES,
        "dashboards": st.just({"platform": {"environments": ["dev"]}}) | VALUES,
        "clusters": st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=2) | VALUES,
    },
    optional={
        "discover": st.lists(st.dictionaries(KEYS, VALUES, max_size=3), max_size=2) | VALUES,
        "registry": st.dictionaries(KEYS, VALUES, max_size=2),
        "services": VALUES,
        "collect": st.dictionaries(KEYS, VALUES, max_size=3),
    },
)


@settings(deadline=None)  # files are written: a busy disk is no fault
@given(st.one_of(VALUES, SECTIONS))
@example({"environments": ["dev"], "dashboards": {"\ud800": {"environments": ["dev"]}}})
def test_any_yaml_loads_or_is_a_fault_in_one_line(value: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.yaml"
        path.write_text(yaml.safe_dump(value), encoding="utf-8")
        message = ""
        try:
            load_fleet(path)
        except ConfigurationError as error:
            message = str(error)
        assert message.isprintable(), "one line, and nothing that a terminal obeys"


@settings(deadline=None)  # files are written: a busy disk is no fault
@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_load_or_are_a_fault_in_one_line(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.yaml"
        path.write_bytes(content)
        with pytest.raises(ConfigurationError) as raised:
            load_fleet(path)
        assert str(raised.value).isprintable()
