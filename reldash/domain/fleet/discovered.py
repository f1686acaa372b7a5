"""Discovered EKS clusters, and the outcome of searching each region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DiscoveredCluster:
    """A discovered EKS cluster.

    Attributes:
        role_arn: the role that found it and can read it; None for boto3's default credentials.
        account: the number of its AWS account.
        tags: None if they could never be read.
        error_title, error_message, error_remedy: why the last read of them failed, else "".
        found_at: when any role found it first.
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
    error_remedy: str = ""


@dataclass(frozen=True, slots=True)
class RegionRead:
    """One search of one region, as one role or with boto3's default credentials.

    Attributes:
        found: every cluster there; None if the search failed.
        error_title, error_message, error_remedy: why it failed, else "".
    """

    region: str
    role_arn: str | None
    started_at: datetime
    found: tuple[DiscoveredCluster, ...] | None
    error_title: str = ""
    error_message: str = ""
    error_remedy: str = ""


@dataclass(frozen=True, slots=True)
class RegionStatus:
    """The outcome of the last search of a region, and when one last succeeded."""

    region: str
    role_arn: str | None
    attempted_at: datetime
    reached_at: datetime | None
    error_title: str = ""
    error_message: str = ""
    error_remedy: str = ""


@dataclass(frozen=True, slots=True)
class DiscoveryState:
    """Everything stored about discovery.

    Attributes:
        regions: one for each region and role that was ever searched.
        clusters: all ever found, also those that are gone.
        revision: changes with any of this except the times of searching.
    """

    regions: tuple[RegionStatus, ...] = ()
    clusters: tuple[DiscoveredCluster, ...] = ()
    revision: int = 0


def merge_discovered(
    known: Iterable[DiscoveredCluster], read: RegionRead, first_found_at: Mapping[str, datetime]
) -> list[DiscoveredCluster]:
    """The known clusters of a region after a search.

    A failed search changes nothing: a cluster that it did not see is not gone. A cluster that a
    successful search no longer lists is gone, but stays known; tags that could not be read this
    time stay as they were.

    Args:
        known: the known clusters of this region and role.
        read: the search.
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
