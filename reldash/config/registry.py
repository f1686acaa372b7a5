"""How to read image registries (section `registry` of the fleet file)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RegistryRole:
    """The role for the ECR registries of one AWS account.

    Attributes:
        account: its number, 12 digits.
        external_id: the external ID for the role, if its trust policy requires one.
    """

    account: str
    role_arn: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class RegistryRules:
    """How to read registries.

    Attributes:
        ttl: how long registry data is cached before it is read again.
        roles: at most one for each account.
        enabled: False if the fleet file does not use AWS: then no registry is read.
    """

    ttl: timedelta = timedelta(hours=1)
    roles: tuple[RegistryRole, ...] = ()
    enabled: bool = False
