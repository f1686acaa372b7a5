"""The fleet file: environments, dashboards, clusters with their access, and rules."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reldash.config.access import (
    Access,
    EksAccess,
    InClusterAccess,
    KubeconfigAccess,
    ServerAccess,
)
from reldash.config.cross_checks import check_sections_agree
from reldash.config.cross_checks_aws import check_aws_sections
from reldash.config.discover import DiscoverRule
from reldash.config.document import Document, Loc, load_document
from reldash.config.environment import expanded
from reldash.config.error_text import did_you_mean, one_of, quoted
from reldash.config.freezes import transform_freeze
from reldash.config.registry import RegistryRole, RegistryRules
from reldash.config.shapes import ClusterShape, DiscoverShape, EnvironmentShape, FleetShape
from reldash.config.version_rules import check_version_rules, transform_version_rule
from reldash.domain.fleet.rules import (
    Budget,
    Cluster,
    CollectRules,
    CustomerRule,
    Dashboard,
    Environment,
    FleetRules,
    HistoryRules,
    LagLevel,
    LinkRules,
    ServiceRules,
)

# The expectation for a key that is missing, empty or of the wrong type.
EXPECTED = {
    "environments": "a list of at least one environment",
    "dashboards": "a mapping of at least one dashboard",
    "clusters": "a list of clusters",
    "name": "a name",
    "dashboard": "a dashboard's key or a list of them",
    "environment": "an environment's name, or a mapping of environments to namespace patterns",
    "url": "the address of the cluster's API server",
    "cluster": "the name of an EKS cluster",
    "region": "the name of an AWS region",
    "regions": "the names of the AWS regions to search",
    "eks": "a mapping of regions, role_arn, external_id",
    "account": "the number of an AWS account",
    "role_arn": "the role to assume",
    "discover": "a list of rules, each with eks: {regions: [...]}",
    "lag": one_of(LagLevel),
    "from": "when it starts",
    "to": "when it ends",
    "freezes": "a list of freeze windows",
    "freezes.environment": "an environment's name or a list of them",
    "versions": "a list of rules, each with a pattern",
    "pattern": "a regular expression with named groups",
    "order": "the names of groups of the pattern",
    "more": "a mapping of names to addresses",
    "discover.environments": "a mapping of the tag's values to environments with patterns",
}
NOT_SHOWN = "a value not shown here"  # may be a secret in the wrong place


@dataclass(frozen=True, slots=True)
class ClusterEntry:
    """A cluster of the fleet and how to access it.

    `allow_insecure` permits plain http, or a certificate that is not checked, beyond this machine.
    """

    cluster: Cluster
    access: Access
    allow_insecure: bool = False


@dataclass(frozen=True, slots=True)
class Fleet:
    """The content of a fleet file.

    Attributes:
        rules: the part that pure code needs.
        entries: the clusters in the order of the file.
        path: the file.
        discover: rules for discovering more clusters, in the order of the file.
        registry: how to read image registries.
    """

    rules: FleetRules
    entries: tuple[ClusterEntry, ...]
    path: Path
    discover: tuple[DiscoverRule, ...] = ()
    registry: RegistryRules = field(default_factory=RegistryRules)


def load_fleet(path: Path) -> Fleet:
    """Read and check a fleet file (docs/fleet.md has its format).

    Kubeconfigs, tokens and certificates are not read here, so that an error of one cluster never
    stops the others.

    Raises:
        ConfigurationError: the first error in one line: file, line, key, value and what is
            expected.
    """
    document = load_document(path)
    try:
        shape = FleetShape.model_validate(document.value)
    except ValidationError as error:
        faults = [_translated(each, document) for each in error.errors(include_url=False)]
        loc, found, expected = min(faults, key=lambda fault: document.line(fault[0]))
        raise document.error(loc, found, expected) from error
    check_sections_agree(shape, document)
    check_aws_sections(shape, document)
    check_version_rules(shape.versions, document)
    return transform_fleet(shape, path)


def transform_fleet(shape: FleetShape, path: Path) -> Fleet:
    """Convert checked sections to values; relative paths refer to the file's folder."""
    environments = {each.name: _environment(each) for each in shape.environments}
    dashboards = {
        key: Dashboard(
            key=key,
            title=each.title or key,
            environments=tuple(environments[name] for name in each.environments),
            customer=CustomerRule(**dict(each.customer)) if each.customer else None,
        )
        for key, each in shape.dashboards.items()
    }
    folder = path.absolute().parent
    entries = tuple(
        ClusterEntry(_cluster(each), _access(each, folder), each.allow_insecure)
        for each in shape.clusters
    )
    rules = FleetRules(
        environments=tuple(environments.values()),
        dashboards=dashboards,
        clusters=tuple(entry.cluster for entry in entries),
        services=ServiceRules(**{key: tuple(value) for key, value in shape.services}),
        collect=CollectRules(**dict(shape.collect)),
        links=LinkRules(**dict(shape.links)),
        freezes=tuple(map(transform_freeze, shape.freezes)),
        versions=tuple(map(transform_version_rule, shape.versions)),
        history=HistoryRules(**dict(shape.history)),
    )
    return Fleet(rules, entries, path, tuple(map(_rule, shape.discover)), _registry(shape))


def _environment(shape: EnvironmentShape) -> Environment:
    return Environment(
        name=shape.name,
        promotes_from=shape.promotes_from,
        default_baseline="promotes_from" not in shape.model_fields_set,
        pinned=shape.pinned,
        budget=Budget(**dict(shape.budget)) if shape.budget else None,
    )


def _cluster(shape: ClusterShape) -> Cluster:
    return Cluster(
        name=shape.name,
        dashboards=tuple(shape.dashboard),
        environments={name: tuple(patterns) for name, patterns in shape.environment.items()},
        namespaces=None if shape.namespaces is None else tuple(shape.namespaces),
        region=shape.eks.region if shape.eks else "",
    )


def _access(shape: ClusterShape, folder: Path) -> Access:
    def placed(path: Path | None) -> Path | None:
        return None if path is None else folder / expanded(path)

    if shape.kubeconfig is not None:
        return KubeconfigAccess(shape.kubeconfig.context, placed(shape.kubeconfig.path))
    if shape.server is not None:
        server = shape.server
        return ServerAccess(
            server.url, placed(server.ca_file), server.token_env, placed(server.token_file)
        )
    if shape.eks is not None:
        return EksAccess(**dict(shape.eks))
    return InClusterAccess()


def _rule(shape: DiscoverShape) -> DiscoverRule:
    return DiscoverRule(
        regions=tuple(shape.eks.regions),
        role_arn=shape.eks.role_arn,
        external_id=shape.eks.external_id,
        dashboard_tag=shape.tags.dashboard,
        environment_tag=shape.tags.environment,
        namespaces_tag=shape.tags.namespaces,
        environments={
            value: {name: tuple(patterns) for name, patterns in meant.items()}
            for value, meant in shape.environments.items()
        },
    )


def _registry(shape: FleetShape) -> RegistryRules:
    uses_aws = shape.discover or any(cluster.eks for cluster in shape.clusters)
    if shape.registry is None:
        return RegistryRules(enabled=bool(uses_aws))
    roles = tuple(RegistryRole(**dict(role)) for role in shape.registry.ecr)
    return RegistryRules(shape.registry.ttl, roles, enabled=True)


def _translated(error: ErrorDetails, document: Document) -> tuple[Loc, str, str]:
    """The location of an error, what was found, and what is expected."""
    loc: Loc = error["loc"]
    context = error.get("ctx", {})
    if error["type"] == "missing":
        return loc, "missing", _expected(loc)
    if error["type"] == "unknown_key":
        key, known = context["key"], context["known"]
        return (*loc, key), "unknown key", one_of(known) + did_you_mean(key, known)
    if loc[-1:] == ("[key]",):
        return loc[:-1], quoted(loc[-2]), str(context["error"])
    while loc not in document.lines:  # a single name was expanded to a list or mapping
        loc = loc[:-1]
    value = document.at(loc)
    found = NOT_SHOWN if _may_be_secret(loc, value) else quoted(value)
    if error["type"] == "no_mapping":
        return loc, found, f"a mapping of {', '.join(context['known'])}"
    if error["type"] == "value_error":
        return loc, found, str(context["error"])
    kind = "a mapping" if error["type"] == "dict_type" else "a list"
    return loc, found, _expected(loc) or kind


def _expected(loc: Loc) -> str:
    """The expectation for a key, by section and key or by key; "" if not in the table."""
    if not loc:
        return ""
    return EXPECTED.get(f"{loc[0]}.{loc[-1]}") or EXPECTED.get(str(loc[-1]), "")


def _may_be_secret(loc: Loc, value: object) -> bool:
    key = loc[-1] if loc else ""
    if loc[:1] == ("links",):
        return "@" in str(value)
    return key == "token_env" or (key == "url" and any(each in str(value) for each in "@?#"))
