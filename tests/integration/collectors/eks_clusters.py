"""EKS clusters of the fleet, and reads of them."""

from datetime import timedelta

import urllib3

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import ClusterEntry, EksAccess
from reldash.domain.fleet.rules import Cluster, CollectRules
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from tests.integration.collectors.aws_front import (
    OTHER_ROLE,
    REGION,
    presigned_url,
)
from tests.integration.recorded_server import Request

RULES = CollectRules(timeout=timedelta(seconds=10))
HOME = EksAccess("home", REGION)
OTHER = EksAccess("other", REGION, OTHER_ROLE, "ours")


def read(access: EksAccess, rules: CollectRules = RULES) -> ClusterRead | ReadFailure:
    return get_cluster(entry_of(access), rules, revisions=False)


def entry_of(access: EksAccess) -> ClusterEntry:
    return ClusterEntry(Cluster(access.cluster, ("platform",), {"dev": ("*",)}), access)


def failed(found: ClusterRead | ReadFailure) -> ReadFailure:
    assert isinstance(found, ReadFailure), found
    assert found.remedy
    return found


def identity(request: Request, cluster: str) -> str:
    """Who STS says it is, asked as a cluster asks it."""
    found = urllib3.request("GET", presigned_url(request), headers={"x-k8s-aws-id": cluster})
    assert found.status == 200
    assert b"<Arn>" in found.data, found.data
    return found.data.decode().partition("<Arn>")[2].partition("</Arn>")[0]
