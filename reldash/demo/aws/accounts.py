"""The demo's AWS accounts, roles, permissions and discovery rules."""

from dataclasses import dataclass
from typing import Final

from reldash.demo.topology import PLATFORM_ACCOUNT, SOLUTIONS_ACCOUNT

USER: Final = "release-dashboard"  # the dashboard's IAM user, in the platform's account
EXTERNAL_ID: Final = "release-dashboard-demo"
CLOSED_ACCOUNT: Final = "345678901234"  # of a team that has not granted access yet

# Actions that the policies in deploy/iam allow.
ALLOWED: Final = frozenset(
    {
        "sts:GetCallerIdentity",
        "eks:ListClusters",
        "eks:DescribeCluster",
        "ecr:DescribeImages",
        "ecr:DescribeImageScanFindings",
        "ecr:BatchGetImage",
    }
)


@dataclass(frozen=True, slots=True)
class IamRole:
    """A role in another account.

    Attributes:
        external_id: required by its trust policy; None: it trusts nobody.
    """

    account: str
    external_id: str | None

    @property
    def arn(self) -> str:
        """Its ARN, as in the fleet file."""
        return f"arn:aws:iam::{self.account}:role/release-dashboard-reader"

    def trusts(self, external_id: str | None) -> bool:
        """Whether its trust policy allows assuming it with this external id."""
        return self.external_id is not None and external_id == self.external_id


SOLUTIONS_ROLE: Final = IamRole(SOLUTIONS_ACCOUNT, EXTERNAL_ID)
CLOSED_ROLE: Final = IamRole(CLOSED_ACCOUNT, None)
ROLES: Final = {role.arn: role for role in (SOLUTIONS_ROLE, CLOSED_ROLE)}


@dataclass(frozen=True, slots=True)
class DiscoveryRule:
    """A rule of `discover`: account and regions, role, and environments by tag value."""

    account: str
    regions: tuple[str, ...]
    role: IamRole | None
    environments: dict[str, dict[str, tuple[str, ...]]]


DASHBOARD_TAG: Final = "release-dashboard"
ENVIRONMENT_TAG: Final = "environment"
NAMESPACES_TAG: Final = "release-dashboard-namespaces"

DISCOVERY_RULES: Final = (
    DiscoveryRule(
        PLATFORM_ACCOUNT,
        ("eu-west-1", "us-east-1", "ap-southeast-1"),
        None,
        {"nonprod": {"lit": ("lit-*",), "shared": ("shared", "shared-*")}},
    ),
    DiscoveryRule(
        SOLUTIONS_ACCOUNT,
        ("eu-west-1", "us-east-1", "eu-central-2"),
        SOLUTIONS_ROLE,
        {"nonprod": {"dev": ("*-dev",), "stg": ("*-stg",)}},
    ),
    DiscoveryRule(CLOSED_ACCOUNT, ("eu-west-1",), CLOSED_ROLE, {}),
)


# Principals in the access entries of each account's clusters.
PRINCIPALS: Final = {
    PLATFORM_ACCOUNT: f"arn:aws:iam::{PLATFORM_ACCOUNT}:user/{USER}",
    SOLUTIONS_ACCOUNT: SOLUTIONS_ROLE.arn,
}
