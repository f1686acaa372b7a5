"""The AWS identities to try at each registry."""

from collections.abc import Iterable

from reldash.collectors.aws.clients import AwsIdentity
from reldash.collectors.aws.ecr_identities import IdentitiesByRegistry
from reldash.config import EksAccess, Fleet
from reldash.domain.images.ecr_names import EcrRegistry
from reldash.services.registries.due import EcrImages


def identities_of(fleet: Fleet, running: EcrImages) -> IdentitiesByRegistry:
    """The identities that may have access to each registry, likeliest first."""
    accesses = {
        entry.cluster.name: entry.access
        for entry in fleet.entries
        if isinstance(entry.access, EksAccess)
    }
    return {
        registry: _identities(
            registry,
            fleet,
            accesses.values(),
            [accesses[name] for name in clusters if name in accesses],
        )
        for registry, clusters in running.clusters.items()
    }


def _identities(
    registry: EcrRegistry,
    fleet: Fleet,
    accesses: Iterable[EksAccess],
    where_it_runs: Iterable[EksAccess],
) -> tuple[AwsIdentity, ...]:
    """The configured role for the account, roles of that account, no role, the clusters' roles.

    A registry admits its own account; another account only by a repository policy.
    """
    region, account = registry.region, registry.account
    named = [
        AwsIdentity(region, role.role_arn, role.external_id)
        for role in fleet.registry.roles
        if role.account == account
    ]
    rules = [(rule.role_arn, rule.external_id) for rule in fleet.discover]
    roles = [(access.role_arn, access.external_id) for access in accesses]
    own = [
        AwsIdentity(region, arn, external_id)
        for arn, external_id in (*roles, *rules)
        if arn is not None and _account_of(arn) == account
    ]
    others = [
        AwsIdentity(region, access.role_arn, access.external_id)
        for access in where_it_runs
        if access.role_arn is not None
    ]
    return tuple(dict.fromkeys([*named, *own, AwsIdentity(region), *others]))


def _account_of(role_arn: str) -> str:
    """The account in "arn:aws:iam::111122223333:role/reader"."""
    parts = role_arn.split(":")
    return parts[4] if len(parts) > 4 else ""
