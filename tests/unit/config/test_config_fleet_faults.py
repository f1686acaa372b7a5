"""A fault of the fleet file is one line: file, line, key, value, and what was expected."""

from pathlib import Path

import pytest

from reldash.config import load_fleet
from reldash.domain.links.web_addresses import PLACEHOLDERS
from reldash.errors import ConfigurationError

HEAD = """\
environments:
  - dev
  - stg
  - {name: prod, pinned: true}
dashboards:
  platform: {title: Platform, environments: [dev, stg, prod]}
  solutions: {environments: [dev, prod]}
"""
GOOD = "clusters:\n  - {name: a, dashboard: platform, environment: dev, in_cluster: true}\n"


def message_of(path: Path) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load_fleet(path)
    assert "\n" not in str(raised.value)
    return raised.value.message


def cluster(text: str) -> str:
    """A file whose one cluster stands on line 9 with these keys beside its name."""
    return f"{HEAD}clusters:\n  - {{name: a, {text}}}\n"


def placed(text: str) -> str:
    """A cluster with a sound place, and these keys."""
    return cluster(f"dashboard: platform, environment: dev, {text}")


def rule(text: str) -> str:
    """A file whose one rule of discovery stands on line 9."""
    return f"{HEAD}discover:\n  - {{{text}}}\n"


def linked(text: str) -> str:
    """A sound file whose links stand on line 10."""
    return f"{HEAD}{GOOD}links: {{{text}}}\n"


def frozen(text: str) -> str:
    """A file whose one freeze stands on line 11; `text` comes after its name."""
    return f"{HEAD}{GOOD}freezes:\n  - {{name: turn of the year, {text}}}\n"


def versioned(text: str) -> str:
    """A file whose one rule for tags stands on line 11."""
    return f"{HEAD}{GOOD}versions:\n  - {{{text}}}\n"


def with_environments(text: str, listed: str = "dev") -> str:
    return f"environments: {text}\ndashboards:\n  p: {{environments: [{listed}]}}\nclusters: []\n"


def with_customer(text: str) -> str:
    return (
        "environments: [dev]\ndashboards:\n  p:\n    environments: [dev]\n"
        f"    customer: {text}\nclusters: []\n"
    )


ROLE = "arn:aws:iam::111122223333:role/a"
CLOCK = "expected a local time in time_zone, such as 2026-12-18 17:00"
RULE = "expected a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=FR"
WHOLE = (
    "environments, dashboards, clusters, discover, registry, services, collect, links, freezes, "
    "versions, history"
)
CLUSTER_KEYS = (
    "name, dashboard, environment, namespaces, kubeconfig, server, in_cluster, eks "
    "or allow_insecure"
)
LONG = "x" * 43  # as much of it as a message quotes
DURATION = "expected a duration above zero with its unit, such as 60s, 5m, 1h30m or 14d"
ADDRESS = (
    "expected https://HOST[:PORT][/PATH] (plain http for this machine only), "
    "without user and password"
)
TEMPLATE = "expected https://HOST[:PORT]/... with placeholders such as {workload} after the host"
NAME = (
    "expected a name of letters, digits, spaces and . _ : @ + - "
    "(letter or digit first, 100 at most)"
)

FAULTS = {
    # the file as a whole
    "empty": ("", f":1: nothing, expected a mapping of {WHOLE}"),
    "comments only": ("# none\n", f":1: nothing, expected a mapping of {WHOLE}"),
    "a list": ("- dev\n", f":1: a list, expected a mapping of {WHOLE}"),
    "a text": ("dev\n", f':1: "dev", expected a mapping of {WHOLE}'),
    "invalid YAML": (
        "environments: [dev\ndashboards: {}\n",
        ":2: invalid YAML (expected ',' or ']', but got ':'), expected YAML",
    ),
    "a tab": (
        "environments:\n\t- dev\n",
        ":2: invalid YAML (found character '\\t' that cannot start any token), expected YAML",
    ),
    "two documents": (
        "a: 1\n---\nb: 2\n",
        ":2: invalid YAML (but found another document), expected YAML",
    ),
    "a control character": (
        "a: \x01\n",
        ": invalid YAML (special characters are not allowed), expected YAML",
    ),
    "an alias of nothing": (
        "environments: *x\n",
        ":1: invalid YAML (found undefined alias 'x'), expected YAML",
    ),
    "a tag": (
        "environments: !!python/object:os.system [dev]\n",
        ':1: environments: tag "tag:yaml.org,2002:python/object:os.system", '
        "expected a value without a tag",
    ),
    "endless aliases": (
        "environments: &a [*a]\n",
        ": values nested without end, expected a fleet file",
    ),
    "a key that is a list": ("? [a]\n: b\n", ":1: a key that is not text, expected text"),
    "a character that does not exist": (
        '"\\UFFFFFFFF": 1\n',
        ": invalid YAML (a character that does not exist), expected YAML",
    ),
    "half of a character": (
        'environments: ["\\uD800"]\n',
        ':1: environments[0]: "\\ud800", expected text of whole characters',
    ),
    "half of a character in a key": (
        '"\\uD800": 1\n',
        ':1: "\\ud800", expected text of whole characters',
    ),
    # keys
    "unknown section": (
        f"{HEAD}{GOOD}colect: {{}}\n",
        ":10: colect: unknown key, expected environments, dashboards, clusters, discover, "
        'registry, services, collect, links, freezes, versions or history; did you mean "collect"?',
    ),
    "unknown key of a cluster": (
        cluster("dashboard: platform, enviroment: dev, in_cluster: true"),
        f":9: clusters[0].enviroment: unknown key, expected {CLUSTER_KEYS}; "
        'did you mean "environment"?',
    ),
    "unknown key of nothing like it": (
        placed("server: {url: 'https://k', token: s3cret}"),
        ":9: clusters[0].server.token: unknown key, expected url, ca_file, token_env or "
        'token_file; did you mean "token_env"?',
    ),
    "unknown key in quotes": (
        f'{HEAD}{GOOD}"a\\nb": 1\n',
        ':10: ["a\\nb"]: unknown key, expected environments, dashboards, clusters, discover, '
        "registry, services, collect, links, freezes, versions or history",
    ),
    "a key twice": (
        f"{HEAD}{GOOD}clusters: []\n",
        ":10: clusters: a duplicate key, expected each key once: it is also on line 8",
    ),
    "a merged key": (
        placed("<<: {in_cluster: true}"),
        f":9: clusters[0].<<: unknown key, expected {CLUSTER_KEYS}".replace(".<<", '["<<"]'),
    ),
    # environments
    "no environments": (
        "dashboards: {}\nclusters: []\n",
        ":1: environments: missing, expected a list of at least one environment",
    ),
    "empty environments": (
        with_environments("[]"),
        ":1: environments: an empty list, expected a list of at least one environment",
    ),
    "environments as a mapping": (
        with_environments("{dev: 1}"),
        ":1: environments: a mapping, expected a list of at least one environment",
    ),
    "an environment of nothing": (
        with_environments("[dev, ~]"),
        ":1: environments[1]: nothing, expected a mapping of name, promotes_from, pinned, budget",
    ),
    "an environment without a name": (
        with_environments("[{pinned: true}]"),
        ":1: environments[0].name: missing, expected a name",
    ),
    "an environment twice": (
        with_environments("\n  - dev\n  - {name: dev}"),
        ':3: environments[1].name: "dev", expected another name: it is also on line 2',
    ),
    "an environment's name that is a formula": (
        with_environments("['=1']"),
        f':1: environments[0]: "=1", {NAME}',
    ),
    "an environment with a slash": (
        with_environments("[eu/dev]"),
        f':1: environments[0]: "eu/dev", {NAME}',
    ),
    "an environment called newest": (
        with_environments("[newest]"),
        ':1: environments[0]: "newest", expected another name: "newest" is reserved',
    ),
    "promoted from an unknown one": (
        with_environments("[dev, stg, {name: prod, promotes_from: stag}]"),
        ':1: environments[2].promotes_from: "stag", expected null or an earlier environment '
        '(dev or stg); did you mean "stg"?',
    ),
    "promoted from a later one": (
        with_environments("[dev, {name: stg, promotes_from: prod}, prod]"),
        ':1: environments[1].promotes_from: "prod", expected null or an earlier environment (dev)',
    ),
    "promoted from itself": (
        with_environments("[dev, {name: stg, promotes_from: stg}]"),
        ':1: environments[1].promotes_from: "stg", expected null or an earlier environment (dev)',
    ),
    "promoted in a circle": (
        with_environments("[{name: dev, promotes_from: stg}, {name: stg, promotes_from: dev}]"),
        ':1: environments[0].promotes_from: "stg", expected null',
    ),
    "a circle by a dashboard's order": (
        with_environments("[dev, stg, {name: prod, promotes_from: dev}]", "stg, prod, dev"),
        ':3: dashboards.p.environments[1]: "prod", '
        "expected it after dev, the environment it is promoted from",
    ),
    "pinned to a word": (
        with_environments("[{name: dev, pinned: perhaps}]"),
        ':1: environments[0].pinned: "perhaps", expected true or false',
    ),
    "a budget's dwell without a unit": (
        with_environments("[{name: dev, budget: {dwell: 14}}]"),
        f':1: environments[0].budget.dwell: "14", {DURATION}',
    ),
    "a budget's lag of another kind": (
        with_environments("[{name: dev, budget: {lag: small}}]"),
        ':1: environments[0].budget.lag: "small", expected patch, minor or major',
    ),
    "an empty budget": (
        with_environments("[{name: dev, budget: {}}]"),
        ":1: environments[0].budget: an empty mapping, expected dwell, lag or both",
    ),
    # dashboards
    "no dashboards": (
        "environments: [dev]\nclusters: []\n",
        ":1: dashboards: missing, expected a mapping of at least one dashboard",
    ),
    "dashboards as a list": (
        "environments: [dev]\ndashboards: [p]\nclusters: []\n",
        ":2: dashboards: a list, expected a mapping of at least one dashboard",
    ),
    "a dashboard's key with a space": (
        'environments: [dev]\ndashboards:\n  "my board": {environments: [dev]}\nclusters: []\n',
        ':3: dashboards["my board"]: "my board", expected a key of letters, digits, - and _ '
        "(a letter or digit first)",
    ),
    "a dashboard without environments": (
        with_environments("[dev]", ""),
        ":3: dashboards.p.environments: an empty list, expected a list of at least one environment",
    ),
    "a dashboard's environment not defined": (
        with_environments("[dev, prod]", "dev, prd"),
        ':3: dashboards.p.environments[1]: "prd", expected dev or prod; did you mean "prod"?',
    ),
    "a dashboard's environment twice": (
        with_environments("[dev]", "dev, dev"),
        ':3: dashboards.p.environments[1]: "dev", expected another name: it is also on line 3',
    ),
    "a customer pattern that does not compile": (
        with_customer('{namespace: "cust-(?P<customer>.+"}'),
        ':5: dashboards.p.customer.namespace: "cust-(?P<customer>.+", expected a regular '
        "expression (missing ), unterminated subpattern at position 5)",
    ),
    "a customer pattern without its group": (
        with_customer("{namespace: cust-(.+)}"),
        ':5: dashboards.p.customer.namespace: "cust-(.+)", '
        "expected a regular expression with the group (?P<customer>...)",
    ),
    "a customer rule of nothing": (
        with_customer("{}"),
        ":5: dashboards.p.customer: neither, expected one of namespace and label",
    ),
    "a customer by both": (
        with_customer("{label: customer, namespace: '(?P<customer>.+)'}"),
        ":5: dashboards.p.customer: both namespace and label, expected one of namespace and label",
    ),
    "a customer by a label that is none": (
        with_customer("{label: 'a customer'}"),
        ':5: dashboards.p.customer.label: "a customer", expected a label\'s name',
    ),
    # clusters
    "no clusters": (HEAD, ":1: clusters: missing, expected a list of clusters"),
    "clusters of nothing": (
        f"{HEAD}clusters:\n",
        ":8: clusters: nothing, expected a list of clusters",
    ),
    "a cluster that is a text": (
        f"{HEAD}clusters: [a]\n",
        ':8: clusters[0]: "a", expected a mapping of '
        "name, dashboard, environment, namespaces, kubeconfig, server, in_cluster, eks, "
        "allow_insecure",
    ),
    "a cluster without a place": (
        cluster("dashboard: platform, in_cluster: true"),
        ":9: clusters[0].environment: missing, expected an environment's name, "
        "or a mapping of environments to namespace patterns",
    ),
    "two clusters of one name": (
        f"{HEAD}{GOOD}  - {{name: a, dashboard: platform, environment: stg, in_cluster: true}}\n",
        ':10: clusters[1].name: "a", expected another name: it is also on line 9',
    ),
    "an unknown environment": (
        cluster("dashboard: platform, environment: prd, in_cluster: true"),
        ':9: clusters[0].environment: "prd", expected dev, stg or prod; did you mean "prod"?',
    ),
    "an unknown environment with patterns": (
        cluster("dashboard: platform, environment: {prd: [x]}, in_cluster: true"),
        ':9: clusters[0].environment.prd: "prd", expected dev, stg or prod; did you mean "prod"?',
    ),
    "an environment that its dashboard lacks": (
        cluster("dashboard: solutions, environment: stg, in_cluster: true"),
        ':9: clusters[0].environment: "stg", expected an environment of solutions: dev or prod',
    ),
    "a dashboard that gets nothing of it": (
        cluster("dashboard: [platform, solutions], environment: stg, in_cluster: true"),
        ":9: clusters[0].environment: no environment of dashboard solutions, "
        "expected dev or prod, or solutions not in dashboard",
    ),
    "an unknown dashboard": (
        cluster("dashboard: plattform, environment: dev, in_cluster: true"),
        ':9: clusters[0].dashboard: "plattform", expected platform or solutions; '
        'did you mean "platform"?',
    ),
    "an unknown dashboard in a list": (
        cluster("dashboard: [platform, other], environment: dev, in_cluster: true"),
        ':9: clusters[0].dashboard[1]: "other", expected platform or solutions',
    ),
    "no dashboard": (
        cluster("dashboard: [], environment: dev, in_cluster: true"),
        ":9: clusters[0].dashboard: an empty list, expected a dashboard's key or a list of them",
    ),
    "a namespace pattern that can match none": (
        cluster("dashboard: platform, environment: {dev: [Team-*]}, in_cluster: true"),
        ':9: clusters[0].environment.dev[0]: "Team-*", '
        "expected a namespace's name or a pattern with *, ? or [...]",
    ),
    "a namespace that is a pattern": (
        placed("namespaces: [a-*], in_cluster: true"),
        ':9: clusters[0].namespaces[0]: "a-*", expected a namespace\'s name (a-z, 0-9 and -)',
    ),
    # ways in
    "no way in": (
        cluster("dashboard: platform, environment: dev"),
        ':9: clusters[0]: no access for "a", expected kubeconfig, server, in_cluster or eks',
    ),
    "two ways in": (
        placed("in_cluster: true, kubeconfig: {context: x}"),
        ":9: clusters[0].in_cluster: a second access, expected only one: kubeconfig is on line 9",
    ),
    "in_cluster that is false": (
        placed("in_cluster: false"),
        ':9: clusters[0].in_cluster: "false", expected true, or another access',
    ),
    "a kubeconfig of nothing": (
        placed("kubeconfig: ~"),
        ":9: clusters[0].kubeconfig: nothing, expected a mapping ({} for kubectl's default)",
    ),
    "a kubeconfig that is a text": (
        placed("kubeconfig: x"),
        ':9: clusters[0].kubeconfig: "x", expected a mapping of context, path',
    ),
    "eks without a region": (
        placed("eks: {cluster: a}"),
        ":9: clusters[0].eks.region: missing, expected the name of an AWS region",
    ),
    "eks without a cluster": (
        placed("eks: {region: eu-west-1}"),
        ":9: clusters[0].eks.cluster: missing, expected the name of an EKS cluster",
    ),
    "eks of nothing": (placed("eks: ~"), ":9: clusters[0].eks: nothing, expected a mapping"),
    "a region that is a host": (
        placed("eks: {cluster: a, region: eu-west-1.example.com}"),
        ':9: clusters[0].eks.region: "eu-west-1.example.com", '
        "expected the name of an AWS region, such as eu-west-1",
    ),
    "a cluster's ARN for its name": (
        placed("eks: {cluster: 'arn:aws:eks:eu-west-1:1:cluster/a', region: eu-west-1}"),
        ':9: clusters[0].eks.cluster: "arn:aws:eks:eu-west-1:1:cluster/a", '
        "expected the name of an EKS cluster (letters, digits, - _)",
    ),
    "a user for a role": (
        placed(
            "eks: {cluster: a, region: eu-west-1, role_arn: 'arn:aws:iam::111122223333:user/a'}"
        ),
        ':9: clusters[0].eks.role_arn: "arn:aws:iam::111122223333:user/a", '
        "expected a role such as arn:aws:iam::111122223333:role/NAME",
    ),
    "an external id that cannot be one": (
        placed(
            "eks: {cluster: a, region: eu-west-1, external_id: 'a b',"
            " role_arn: 'arn:aws:iam::111122223333:role/a'}"
        ),
        ':9: clusters[0].eks.external_id: "a b", '
        "expected 2 to 1224 letters, digits and _ + = , . @ : / -",
    ),
    "an external id without a role": (
        placed("eks: {cluster: a, region: eu-west-1, external_id: ours}"),
        ":9: clusters[0].eks.external_id: no role_arn, expected role_arn with external_id",
    ),
    # discover
    "discover of nothing": (
        f"{HEAD}{GOOD}discover:\n",
        ":10: discover: nothing, expected a list of rules, each with eks: {regions: [...]}",
    ),
    "no clusters and no rule": (
        f"{HEAD}discover: []\n",
        ":1: clusters: missing, expected a list of clusters",
    ),
    "a rule without eks": (
        rule("tags: {}"),
        ":9: discover[0].eks: missing, expected a mapping of regions, role_arn, external_id",
    ),
    "a rule without regions": (
        rule("eks: {}"),
        ":9: discover[0].eks.regions: missing, expected the names of the AWS regions to search",
    ),
    "a rule of no region": (
        rule("eks: {regions: []}"),
        ":9: discover[0].eks.regions: an empty list, "
        "expected the names of the AWS regions to search",
    ),
    "a rule of no such region": (
        rule("eks: {regions: [europe]}"),
        ':9: discover[0].eks.regions[0]: "europe", '
        "expected the name of an AWS region, such as eu-west-1",
    ),
    "a region twice": (
        rule("eks: {regions: [eu-west-1, eu-west-1]}"),
        ':9: discover[0].eks.regions[1]: "eu-west-1", '
        "expected each region once per role: it is also on line 9",
    ),
    "a region in two rules of one role": (
        rule("eks: {regions: eu-west-1}") + "  - {eks: {regions: eu-west-1}}\n",
        ':10: discover[1].eks.regions: "eu-west-1", '
        "expected each region once per role: it is also on line 9",
    ),
    "a rule with an external id without a role": (
        rule("eks: {regions: eu-west-1, external_id: ours}"),
        ":9: discover[0].eks.external_id: no role_arn, expected role_arn with external_id",
    ),
    "a tag's name that cannot be one": (
        rule("eks: {regions: eu-west-1}, tags: {environment: 'a*'}"),
        ':9: discover[0].tags.environment: "a*", '
        "expected a tag's name (letters, digits, + - = . _ : / @)",
    ),
    "an unknown tag": (
        rule("eks: {regions: eu-west-1}, tags: {enviroment: a}"),
        ":9: discover[0].tags.enviroment: unknown key, expected dashboard, environment or "
        'namespaces; did you mean "environment"?',
    ),
    "a value that means no environment": (
        rule("eks: {regions: eu-west-1}, environments: {nonprod: {prd: '*'}}"),
        ':9: discover[0].environments.nonprod.prd: "prd", '
        'expected dev, stg or prod; did you mean "prod"?',
    ),
    "values that mean a list": (
        rule("eks: {regions: eu-west-1}, environments: [dev]"),
        ":9: discover[0].environments: a list, "
        "expected a mapping of the tag's values to environments with patterns",
    ),
    # registry
    "an account without a role": (
        f"{HEAD}{GOOD}registry: {{ecr: [{{account: '111122223333'}}]}}\n",
        ":10: registry.ecr[0].role_arn: missing, expected the role to assume",
    ),
    "an account of too few digits": (
        f"{HEAD}{GOOD}registry: {{ecr: [{{account: 1, role_arn: '{ROLE}'}}]}}\n",
        ':10: registry.ecr[0].account: "1", '
        "expected the number of an AWS account (12 digits, in quotes)",
    ),
    "an account twice": (
        f"{HEAD}{GOOD}registry:\n  ecr:\n"
        + 2 * f"    - {{account: '111122223333', role_arn: '{ROLE}'}}\n",
        ':13: registry.ecr[1].account: "111122223333", '
        "expected another name: it is also on line 12",
    ),
    # server
    "a server without https": (
        placed("server: {url: 'http://kube.example.com', token_env: T}"),
        f':9: clusters[0].server.url: "http://kube.example.com", {ADDRESS}, '
        "or allow_insecure: true for the cluster",
    ),
    "an insecure EKS cluster": (
        placed("eks: {cluster: a, region: eu-west-1}, allow_insecure: true"),
        ":9: clusters[0].allow_insecure: it beside eks, expected it left out",
    ),
    "a server with a password": (
        placed("server: {url: 'https://me:s3cret@kube', token_env: T}"),
        f":9: clusters[0].server.url: a value not shown here, {ADDRESS}",
    ),
    "a server with a query": (
        placed("server: {url: 'https://kube?token=s3cret', token_env: T}"),
        f":9: clusters[0].server.url: a value not shown here, {ADDRESS}",
    ),
    "a server of another scheme": (
        placed("server: {url: 'ftp://localhost', token_env: T}"),
        f':9: clusters[0].server.url: "ftp://localhost", {ADDRESS}',
    ),
    "a server without a host": (
        placed("server: {url: 'https://:443', token_env: T}"),
        f':9: clusters[0].server.url: "https://:443", {ADDRESS}',
    ),
    "a server's port that is no number": (
        placed("server: {url: 'https://kube:x', token_env: T}"),
        f':9: clusters[0].server.url: "https://kube:x", {ADDRESS}',
    ),
    "a server without an address": (
        placed("server: {token_env: T}"),
        ":9: clusters[0].server.url: missing, expected the address of the cluster's API server",
    ),
    "a server without a token": (
        placed("server: {url: 'https://kube'}"),
        ":9: clusters[0].server: no token, expected one of token_env and token_file",
    ),
    "a server with two tokens": (
        placed("server: {url: 'https://kube', token_env: T, token_file: t}"),
        ":9: clusters[0].server: both token_env and token_file, "
        "expected one of token_env and token_file",
    ),
    "a token in place of its variable": (
        placed("server: {url: 'https://kube', token_env: eyJh.s3cret}"),
        ":9: clusters[0].server.token_env: a value not shown here, "
        "expected the name of an environment variable",
    ),
    "a token variable among the settings": (
        placed("server: {url: 'https://kube', token_env: RELDASH_TOKEN}"),
        ':9: clusters[0].server.token_env: "RELDASH_TOKEN", '
        "expected another name: RELDASH_ variables are settings",
    ),
    # services and collect
    "a source of names of another kind": (
        f"{HEAD}{GOOD}services: {{name: [app]}}\n",
        ':10: services.name[0]: "app", expected workload or "label:NAME"',
    ),
    "an owner by workload": (
        f"{HEAD}{GOOD}services: {{owner: [workload]}}\n",
        ':10: services.owner[0]: "workload", expected "label:NAME"',
    ),
    "an empty suffix": (
        f"{HEAD}{GOOD}services: {{strip_suffixes: ['']}}\n",
        ':10: services.strip_suffixes[0]: "", expected text',
    ),
    "sidecars as a mapping": (
        f"{HEAD}{GOOD}services: {{sidecars: {{a: b}}}}\n",
        ":10: services.sidecars: a mapping, expected a list",
    ),
    "an interval of zero": (
        f"{HEAD}{GOOD}collect: {{interval: 0s}}\n",
        f':10: collect.interval: "0s", {DURATION}',
    ),
    "a negative interval": (
        f"{HEAD}{GOOD}collect: {{interval: -5s}}\n",
        f':10: collect.interval: "-5s", {DURATION}',
    ),
    "an interval without a unit": (
        f"{HEAD}{GOOD}collect:\n  pods: true\n  interval: 60\n",
        f':12: collect.interval: "60", {DURATION}',
    ),
    "an interval as a list": (
        f"{HEAD}{GOOD}collect: {{interval: [1s]}}\n",
        f":10: collect.interval: a list, {DURATION}",
    ),
    "a timeout of ages": (
        f"{HEAD}{GOOD}collect: {{timeout: 999999d}}\n",
        f':10: collect.timeout: "999999d", {DURATION}',
    ),
    "stale before it is read again": (
        f"{HEAD}{GOOD}collect: {{interval: 10m}}\n",
        ":10: collect.stale_after: 5m by default, expected at least collect.interval (10m)",
    ),
    "stale too soon": (
        f"{HEAD}{GOOD}collect: {{stale_after: 30s}}\n",
        ':10: collect.stale_after: "30s", expected at least collect.interval (60s by default)',
    ),
    # links
    "a link of an unknown kind": (
        linked("argo: 'https://argo.example.com/{application}'"),
        ":10: links.argo: unknown key, expected argocd, flux, helm, registry, source, commit or "
        'more; did you mean "argocd"?',
    ),
    "links of nothing": (
        f"{HEAD}{GOOD}links:\n",
        ":10: links: nothing, expected a mapping of "
        "argocd, flux, helm, registry, source, commit, more",
    ),
    "a link over plain http": (
        linked("argocd: 'http://argo.example.com/{application}'"),
        f':10: links.argocd: "http://argo.example.com/{{application}}", {TEMPLATE}',
    ),
    "a link that is a script": (
        linked("helm: 'javascript:alert({release})'"),
        f':10: links.helm: "javascript:alert({{release}})", {TEMPLATE}',
    ),
    "a link without an address": (
        linked("flux: 'argo.example.com/{flux_name}'"),
        f':10: links.flux: "argo.example.com/{{flux_name}}", {TEMPLATE}',
    ),
    "a link whose host a workload could choose": (
        linked("source: 'https://{cluster}.example.com/'"),
        f':10: links.source: "https://{{cluster}}.example.com/", {TEMPLATE}',
    ),
    "a link with a password": (
        linked("source: 'https://me:s3cret@git.example.com/{service}'"),
        f":10: links.source: a value not shown here, {TEMPLATE}",
    ),
    "a link with a space": (
        linked("more: {Logs: 'https://logs.example.com/a b'}"),
        f':10: links.more.Logs: "https://logs.example.com/a b", {TEMPLATE}',
    ),
    "a placeholder that does not exist": (
        linked("commit: 'https://git.example.com/{sha}'"),
        ':10: links.commit: "https://git.example.com/{sha}", expected only the placeholders '
        f"{', '.join(PLACEHOLDERS)}",
    ),
    "a placeholder that does not end": (
        linked("commit: 'https://git.example.com/{commit'"),
        ':10: links.commit: "https://git.example.com/{commit", '
        "expected placeholders such as {workload}, each a name in braces",
    ),
    "a link's name that is a formula": (
        linked("more: {=1: 'https://logs.example.com/'}"),
        f':10: links.more["=1"]: "=1", {NAME}',
    ),
    "links as a list": (
        linked("more: ['https://logs.example.com/']"),
        ":10: links.more: a list, expected a mapping of names to addresses",
    ),
    # which one is told
    "the first of several": (
        f"{HEAD}clusters:\n  - {{name: a, dashboard: platform, in_cluster: true}}\n"
        "collect: {interval: 1}\n",
        ":9: clusters[0].environment: missing, expected an environment's name, "
        "or a mapping of environments to namespace patterns",
    ),
    "a long value": (
        placed(f"in_cluster: {'x' * 200}"),
        f':9: clusters[0].in_cluster: "{"x" * 60}…", expected true or false',
    ),
    # freezes and history
    "freezes as a mapping": (
        f"{HEAD}{GOOD}freezes: {{prod: 1}}\n",
        ":10: freezes: a mapping, expected a list of freeze windows",
    ),
    "a freeze without an environment": (
        frozen("from: 2026-12-18, to: 2027-01-07"),
        ":11: freezes[0].environment: missing, expected an environment's name or a list of them",
    ),
    "a freeze of an unknown environment": (
        frozen("environment: prd, from: 2026-12-18, to: 2027-01-07"),
        ':11: freezes[0].environment: "prd", expected dev, stg or prod; did you mean "prod"?',
    ),
    "a freeze of one environment twice": (
        frozen("environment: [prod, prod], from: 2026-12-18, to: 2027-01-07"),
        ':11: freezes[0].environment[1]: "prod", expected another name: it is also on line 11',
    ),
    "a freeze without an end": (
        frozen("environment: prod, from: 2026-12-18"),
        ":11: freezes[0].to: missing, expected when it ends",
    ),
    "a freeze that ends before it begins": (
        frozen("environment: prod, from: 2026-12-18 17:00, to: 2026-12-18 07:00"),
        ':11: freezes[0].to: "2026-12-18 07:00", expected a time after 2026-12-18 17:00',
    ),
    "a freeze's time of UTC": (
        frozen("environment: prod, from: 2026-12-18T17:00Z, to: 2027-01-07"),
        f':11: freezes[0].from: "2026-12-18T17:00Z", {CLOCK}',
    ),
    "a freeze on a day that does not exist": (
        frozen("environment: prod, from: 2026-02-29, to: 2027-01-07"),
        f':11: freezes[0].from: "2026-02-29", {CLOCK} (day is out of range for month)',
    ),
    "a freeze in another age": (
        frozen("environment: prod, from: 1066-10-14, to: 2027-01-07"),
        f':11: freezes[0].from: "1066-10-14", {CLOCK}, in the years 2000 to 2199',
    ),
    "a freeze in no time zone": (
        frozen("environment: prod, from: 2026-12-18, to: 2027-01-07, time_zone: Europe/Berln"),
        ':11: freezes[0].time_zone: "Europe/Berln", expected a time zone such as Europe/Berlin; '
        'did you mean "Europe/Berlin"?',
    ),
    "a freeze by another's rule": (
        frozen("environment: prod, from: 2026-12-18, to: 2026-12-19, repeats: weekly"),
        f':11: freezes[0].repeats: "weekly", {RULE}, of the parts FREQ, INTERVAL, COUNT, UNTIL, '
        "BYDAY, BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYSETPOS, WKST",
    ),
    "a freeze that its rule leaves out": (
        frozen(
            "environment: prod, from: 2026-12-17 17:00, to: 2026-12-20, "
            "repeats: FREQ=WEEKLY;BYDAY=FR"
        ),
        ':11: freezes[0].repeats: "FREQ=WEEKLY;BYDAY=FR", '
        "expected a rule whose first time is 2026-12-17 17:00; "
        "this one first gives 2026-12-18 17:00",
    ),
    "a freeze by a rule that is over": (
        frozen(
            "environment: prod, from: 2026-12-18, to: 2026-12-19, "
            "repeats: FREQ=DAILY;UNTIL=20261217T000000"
        ),
        ':11: freezes[0].repeats: "FREQ=DAILY;UNTIL=20261217T000000", '
        "expected a rule whose first time is 2026-12-18 00:00; this one gives none near that",
    ),
    "a freeze by a rule that never gives any": (
        frozen(
            "environment: prod, from: 2026-12-18, to: 2026-12-19, "
            "repeats: FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
        ),
        ':11: freezes[0].repeats: "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", '
        "expected a rule whose first time is 2026-12-18 00:00; this one gives none near that",
    ),
    "two freezes of one name": (
        frozen("environment: prod, from: 2026-12-18, to: 2026-12-19")
        + "  - {name: turn of the year, environment: prod, from: 2027-12-18, to: 2027-12-19}\n",
        ':12: freezes[1].name: "turn of the year", expected another name: it is also on line 11',
    ),
    "rules for tags that are no list": (
        f"{HEAD}{GOOD}versions: {{pattern: x}}\n",
        ":10: versions: a mapping, expected a list of rules, each with a pattern",
    ),
    "a rule for tags without a pattern": (
        versioned("services: api"),
        ":11: versions[0].pattern: missing, expected a regular expression with named groups",
    ),
    "a rule for tags with a misspelt key": (
        versioned("service: api, pattern: x"),
        ":11: versions[0].service: unknown key, expected images, services, pattern or order; "
        'did you mean "services"?',
    ),
    "a rule for tags that does not compile": (
        versioned("pattern: '(?P<major>[0-9]+'"),
        ':11: versions[0].pattern: "(?P<major>[0-9]+", expected a regular expression '
        "(missing ), unterminated subpattern at position 0)",
    ),
    "a rule for tags without named groups": (
        versioned("pattern: 'v([0-9]+)'"),
        ':11: versions[0].pattern: "v([0-9]+)", expected a regular expression with a named group '
        "that decides: (?P<major>[0-9]+)",
    ),
    "a rule for tags in which nothing decides": (
        versioned("pattern: '(?P<prerelease>rc)(?P<compatibility>slim)'"),
        ':11: versions[0].pattern: "(?P<prerelease>rc)(?P<compatibility>slim)", expected a regular '
        "expression with a named group that decides: (?P<major>[0-9]+)",
    ),
    "a rule for tags that orders by no group": (
        versioned("pattern: '(?P<major>[0-9]+)', order: [major, minor]"),
        ':11: versions[0].order[1]: "minor", expected major; did you mean "major"?',
    ),
    "a rule for tags that orders by nothing": (
        versioned("pattern: '(?P<major>[0-9]+)', order: []"),
        ":11: versions[0].order: an empty list, expected the names of groups of the pattern",
    ),
    "a rule for tags that orders by pre-releases": (
        versioned("pattern: '(?P<major>[0-9]+)(?P<prerelease>rc)?', order: prerelease"),
        ':11: versions[0].order: "prerelease", expected major',
    ),
    "a rule for tags that orders by one group twice": (
        versioned("pattern: '(?P<major>[0-9]+)', order: [major, major]"),
        ':11: versions[0].order[1]: "major", expected another name: it is also on line 11',
    ),
    "a rule for tags that is too long": (
        versioned(f"pattern: '(?P<major>[0-9]+){'x' * 500}'"),
        f':11: versions[0].pattern: "(?P<major>[0-9]+){LONG}…", expected a regular '
        "expression of at most 500 characters",
    ),
    "history kept for less than a day": (
        f"{HEAD}{GOOD}history: {{keep: 12h}}\n",
        ':10: history.keep: "12h", expected at least 1d',
    ),
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_told_in_one_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(text, encoding="utf-8")
    assert message_of(path) == f"{path}{expected}"


def test_a_file_that_is_not_there_is_told_with_the_way_to_make_one(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    assert message_of(path) == (
        f"{path}: no file, expected a fleet file there or at RELDASH_FLEET "
        '("python -m reldash init" writes one)'
    )


def test_a_folder_is_no_fleet_file(tmp_path: Path) -> None:
    assert message_of(tmp_path) == (f"{tmp_path}: not readable (Is a directory), expected a file")


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_bytes(b"environments:\n  - dev\n  - \xe9t\xe9\n")
    assert message_of(path) == f"{path}:3: byte 0xe9, expected UTF-8"


def test_aliases_that_expand_without_measure_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    levels = [f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    path.write_text("\n".join(["environments:", "  a0: &a0 [x]", *levels]))
    assert "more than 100000 values, expected a fleet file" in message_of(path)
