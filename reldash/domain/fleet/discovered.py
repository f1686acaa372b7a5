"""What discovery finds: EKS clusters by region, and how looking for them went."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DiscoveredCluster:
    """An EKS cluster as it was found.

    Attributes:
        role_arn: who found it, and can read it; None for what boto3's standard chain finds.
        account: the number of its AWS account.
        tags: None where AWS never told them.
        error_title, error_message, error_mend: why AWS did not tell them the last time, else "".
        found_at: when it was found first, by whichever role.
        gone_at: since when it is no longer listed; None while it is.
    """

    name: str
    arn: str
    account: str
    region: str
    role_arn: str | None
    tags: Mapping[str, str] | None
    found_at: datetime
    gone_at: datetime | None = None
    error_title: str = ""
    error_message: str = ""
    error_mend: str = ""


@dataclass(frozen=True, slots=True)
class RegionRead:
    """What one look into one region brought, as one role or whom the standard chain finds.

    Attributes:
        found: every cluster there; None if looking failed, for the reason that the rest tells.
    """

    region: str
    role_arn: str | None
    started_at: datetime
    found: tuple[DiscoveredCluster, ...] | None
    error_title: str = ""
    error_message: str = ""
    error_mend: str = ""


@dataclass(frozen=True, slots=True)
class RegionStatus:
    """How looking into a region went the last time, and when it last succeeded."""

    region: str
    role_arn: str | None
    attempted_at: datetime
    reached_at: datetime | None
    error_title: str = ""
    error_message: str = ""
    error_mend: str = ""


@dataclass(frozen=True, slots=True)
class DiscoveryState:
    """All that is known of discovery.

    Attributes:
        regions: one for each region and role that was ever looked into.
        clusters: all ever found, also those that are gone.
        revision: moves whenever any of this moved, but for the times of looking.
    """

    regions: tuple[RegionStatus, ...] = ()
    clusters: tuple[DiscoveredCluster, ...] = ()
    revision: int = 0


def merge_discovered(
    known: Iterable[DiscoveredCluster], read: RegionRead, first_found_at: Mapping[str, datetime]
) -> list[DiscoveredCluster]:
    """What is known of a region after a look into it.

    A look that failed changes nothing: what it did not see is not gone. What a good one no longer
    lists is gone, but stays known; tags that AWS did not tell this time stay as they were.

    Args:
        known: what was known of this region as this role.
        read: the look.
        first_found_at: by ARN, when other roles first found clusters.
    """
    before = {each.arn: each for each in known}
    if read.found is None:
        return list(before.values())
    after = []
    for each in read.found:
        old = before.pop(each.arn, None)
        found_at = old.found_at if old else first_found_at.get(each.arn, each.found_at)
        tags = each.tags if each.tags is not None or old is None else old.tags
        after.append(replace(each, found_at=found_at, tags=tags))
    return after + [
        old if old.gone_at else replace(old, gone_at=read.started_at) for old in before.values()
    ]
