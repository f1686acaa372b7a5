"""Rules for discovering EKS clusters (section `discover` of the fleet file)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DiscoverRule:
    """Where to search for EKS clusters, with which role, and how to read their tags.

    Attributes:
        regions: at least one; each region once per role over all rules.
        role_arn: the role to assume; None for the credentials of boto3's standard chain.
        external_id: the external ID for that role, if its trust policy requires one.
        dashboard_tag: name of the tag with dashboard keys, separated by spaces.
        environment_tag: name of the tag with the environment.
        namespaces_tag: name of the tag with the namespaces to read, separated by spaces; all
            namespaces if None, or if a cluster does not have the tag.
        environments: values of the environment tag, mapped to environments with namespace
            patterns, as `environment` of a cluster. Other values are environment names.
    """

    regions: tuple[str, ...]
    role_arn: str | None = None
    external_id: str | None = None
    dashboard_tag: str = "release-dashboard"
    environment_tag: str = "environment"
    namespaces_tag: str | None = None
    environments: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
