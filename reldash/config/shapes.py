"""The sections of a fleet file and their keys, as pydantic models.

They check each value by itself; `cross_checks.py` checks consistency between sections.
"""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from reldash.config.field_types import (
    Account,
    ApiServerAddress,
    CustomerPattern,
    DashboardKey,
    Duration,
    EksName,
    EnvironmentName,
    ExternalId,
    FilePath,
    Label,
    LabelSource,
    LinkTemplate,
    Listed,
    LocalTime,
    Name,
    Namespace,
    NamespacePattern,
    Patterns,
    RecurrenceRule,
    Region,
    RoleArn,
    Source,
    Switch,
    TagName,
    TagPattern,
    TagValue,
    Text,
    TimeZone,
    VariableName,
)
from reldash.config.registry import RegistryRules
from reldash.domain.fleet.rules import CollectRules, HistoryRules, LagLevel, ServiceRules

SERVICES = ServiceRules()
COLLECT = CollectRules()
HISTORY = HistoryRules()
REGISTRY = RegistryRules()


def known_keys(shape: type[BaseModel]) -> list[str]:
    """The allowed keys of a section, in the order of their fields."""
    return [field.alias or name for name, field in shape.model_fields.items()]


class Shape(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _check_keys(cls, value: object) -> object:
        """Refuse anything but a mapping, and unknown keys."""
        known = known_keys(cls)
        if not isinstance(value, dict):
            raise PydanticCustomError("no_mapping", "{known}", {"known": known})
        for key in value:
            if key not in known:
                raise PydanticCustomError("unknown_key", "{key}", {"key": key, "known": known})
        return value


class BudgetShape(Shape):
    """`budget`: how far behind an environment may be."""

    dwell: Duration | None = None
    lag: LagLevel | None = None


def _named(value: object) -> object:
    """A name alone is a complete environment."""
    return {"name": value} if isinstance(value, str) else value


class EnvironmentShape(Shape):
    """An entry of `environments`."""

    name: EnvironmentName
    promotes_from: Text | None = None
    pinned: Switch = False
    budget: BudgetShape | None = None


class CustomerShape(Shape):
    """`customer` of a dashboard."""

    namespace: CustomerPattern | None = None
    label: Label | None = None


class DashboardShape(Shape):
    """An entry of `dashboards`."""

    title: Text | None = None
    environments: Annotated[list[Text], Field(min_length=1)]
    customer: CustomerShape | None = None


class KubeconfigShape(Shape):
    """`kubeconfig` of a cluster."""

    context: Text | None = None
    path: FilePath | None = None


class ServerShape(Shape):
    """`server` of a cluster."""

    url: ApiServerAddress  # plain http: see `cross_checks.py`
    ca_file: FilePath | None = None
    token_env: VariableName | None = None
    token_file: FilePath | None = None


class EksShape(Shape):
    """`eks` of a cluster."""

    cluster: EksName
    region: Region
    role_arn: RoleArn | None = None
    external_id: ExternalId | None = None


def _patterns_by_environment(value: object) -> object:
    """An environment's name alone means all namespaces."""
    return {value: ["*"]} if isinstance(value, str) else value


class ClusterShape(Shape):
    """An entry of `clusters`."""

    name: Name
    dashboard: Annotated[list[Text], Listed, Field(min_length=1)]
    environment: Annotated[
        dict[str, Patterns], BeforeValidator(_patterns_by_environment), Field(min_length=1)
    ]
    namespaces: Annotated[list[Namespace], Field(min_length=1)] | None = None
    kubeconfig: KubeconfigShape | None = None
    server: ServerShape | None = None
    in_cluster: Switch | None = None
    eks: EksShape | None = None
    allow_insecure: Switch = False


class ServicesShape(Shape):
    """`services`: how containers become rows."""

    name: Annotated[list[Source], Listed, Field(min_length=1)] = list(SERVICES.name)
    owner: Annotated[list[LabelSource], Listed] = list(SERVICES.owner)
    strip_suffixes: Annotated[list[Text], Listed] = list(SERVICES.strip_suffixes)
    exclude_namespaces: Annotated[list[NamespacePattern], Listed] = list(
        SERVICES.exclude_namespaces
    )
    sidecars: Annotated[list[Text], Listed] = list(SERVICES.sidecars)
    expected: Annotated[list[Text], Listed] = list(SERVICES.expected)


class CollectShape(Shape):
    """`collect`: how clusters are read."""

    interval: Duration = COLLECT.interval
    timeout: Duration = COLLECT.timeout
    pods: Switch = COLLECT.pods
    stale_after: Duration = COLLECT.stale_after
    rolling_max: Duration = COLLECT.rolling_max
    degraded_after: Duration = COLLECT.degraded_after


class DiscoverEksShape(Shape):
    """`eks` of a rule of `discover`: regions and role."""

    regions: Annotated[list[Region], Listed, Field(min_length=1)]
    role_arn: RoleArn | None = None
    external_id: ExternalId | None = None


class TagsShape(Shape):
    """`tags` of a rule of `discover`: the names of the tags to read."""

    dashboard: TagName = "release-dashboard"
    environment: TagName = "environment"
    namespaces: TagName | None = None


class DiscoverShape(Shape):
    """An entry of `discover`."""

    eks: DiscoverEksShape
    tags: TagsShape = TagsShape()
    environments: Annotated[
        dict[TagValue, Annotated[dict[str, Patterns], Field(min_length=1)]], Field(min_length=1)
    ] = {}


class EcrShape(Shape):
    """An entry of `ecr` of `registry`: the role for an account's registries."""

    account: Account
    role_arn: RoleArn
    external_id: ExternalId | None = None


class RegistryShape(Shape):
    """`registry`: how image registries are read."""

    ttl: Duration = REGISTRY.ttl
    ecr: list[EcrShape] = []


class LinksShape(Shape):
    """`links`: where the details of a cell link to."""

    argocd: LinkTemplate = ""
    flux: LinkTemplate = ""
    helm: LinkTemplate = ""
    registry: LinkTemplate = ""
    source: LinkTemplate = ""
    commit: LinkTemplate = ""
    more: dict[Name, LinkTemplate] = {}


class FreezeShape(Shape):
    """An entry of `freezes`."""

    name: Name
    environment: Annotated[list[Text], Listed, Field(min_length=1)]
    from_local: Annotated[LocalTime, Field(alias="from")]
    to_local: Annotated[LocalTime, Field(alias="to")]
    time_zone: TimeZone = "UTC"
    repeats: RecurrenceRule | None = None


class VersionShape(Shape):
    """An entry of `versions`: how certain tags are read."""

    images: Annotated[list[Text], Listed] = []
    services: Annotated[list[Text], Listed] = []
    pattern: TagPattern
    order: Annotated[list[Text], Listed, Field(min_length=1)] | None = None


class HistoryShape(Shape):
    """`history`: how long history is kept."""

    keep: Duration = HISTORY.keep


def _null_to_empty_list(value: object) -> object:
    """Null means no clusters here; `cross_checks` decides whether that is allowed."""
    return [] if value is None else value


class FleetShape(Shape):
    """The whole file."""

    environments: Annotated[
        list[Annotated[EnvironmentShape, BeforeValidator(_named)]], Field(min_length=1)
    ]
    dashboards: Annotated[dict[DashboardKey, DashboardShape], Field(min_length=1)]
    clusters: Annotated[list[ClusterShape], BeforeValidator(_null_to_empty_list)] = []
    discover: list[DiscoverShape] = []
    registry: RegistryShape | None = None
    services: ServicesShape = ServicesShape()
    collect: CollectShape = CollectShape()
    links: LinksShape = LinksShape()
    freezes: list[FreezeShape] = []
    versions: list[VersionShape] = []
    history: HistoryShape = HistoryShape()
