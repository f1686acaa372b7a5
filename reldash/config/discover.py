"""How EKS clusters are found (section `discover` of the fleet file)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DiscoverRule:
    """Where to look for EKS clusters, as whom, and how their tags give them their places.

    Attributes:
        regions: at least one; no two rules name the same region with the same role.
        role_arn: the role to assume; None for what boto3's standard chain finds.
        external_id: what that role's trust policy asks for, if it does.
        dashboard_tag: the name of the tag with the keys of dashboards, separated by spaces.
        environment_tag: the name of the tag with the environment.
        namespaces_tag: the name of the tag with the namespaces that may be read, separated by
            spaces; None, or a cluster without the tag: all of them.
        environments: what values of the environment tag mean: environments with namespace
            patterns, as `environments` of a cluster. Other values are environments' names.
    """

    regions: tuple[str, ...]
    role_arn: str | None = None
    external_id: str | None = None
    dashboard_tag: str = "release-dashboard"
    environment_tag: str = "environment"
    namespaces_tag: str | None = None
    environments: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
