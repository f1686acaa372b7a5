"""How image registries are asked (section `registry` of the fleet file)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RegistryRole:
    """The role to ask the ECR registries of one AWS account as.

    Attributes:
        account: its number, 12 digits.
        external_id: what the role's trust policy asks for, if it does.
    """

    account: str
    role_arn: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class RegistryRules:
    """How registries are asked.

    Attributes:
        ttl: how long what a registry said is not asked for again.
        roles: at most one for each account.
        enabled: False where nothing in the file speaks of AWS: then no registry is asked.
    """

    ttl: timedelta = timedelta(hours=1)
    roles: tuple[RegistryRole, ...] = ()
    enabled: bool = False
