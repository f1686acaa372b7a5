"""EKS clusters are discovered over regions and roles, even if one of them refuses."""

import pytest

from reldash.collectors.aws.clients import AwsClients
from reldash.collectors.aws.discovery import get_discovered
from reldash.config import DiscoverRule
from reldash.domain.fleet.discovered import RegionRead
from tests.integration.collectors.aws_front import (
    GOES_ON,
    OTHER_ROLE,
    REGION,
    THROTTLED,
    AwsFront,
    denied,
)
from tests.integration.recorded_server import Answer, ApiServer

TAGS = {"release-dashboard": "platform", "environment": "dev"}
HERE = DiscoverRule((REGION,))
THERE = DiscoverRule((REGION,), OTHER_ROLE, "ours")
ELSEWHERE = "us-east-1"


def look(*rules: DiscoverRule) -> list[RegionRead]:
    return get_discovered(rules, AwsClients())


def names(read: RegionRead) -> set[str]:
    assert read.found is not None, read
    return {each.name for each in read.found}


def test_a_cluster_is_found_with_its_tags_and_its_place(front: AwsFront, server: ApiServer) -> None:
    front.add_cluster("home", server, tags=TAGS)
    (read,) = look(HERE)
    assert read.found is not None
    (found,) = read.found
    assert (found.name, found.tags, found.region, found.role_arn) == ("home", TAGS, REGION, None)
    assert found.arn == f"arn:aws:eks:{REGION}:{found.account}:cluster/home"
    assert (found.error_title, found.gone_at, found.found_at) == ("", None, read.started_at)


def test_clusters_of_every_region_and_account_are_found(front: AwsFront, server: ApiServer) -> None:
    front.add_cluster("home", server)
    front.add_cluster("far", server, region=ELSEWHERE)
    front.add_cluster("other", server, OTHER_ROLE)
    front.external_ids[OTHER_ROLE] = "ours"
    here, far, other = look(DiscoverRule((REGION, ELSEWHERE)), THERE)
    assert (names(here), names(far), names(other)) == ({"home"}, {"far"}, {"other"})
    assert other.found is not None
    assert (other.found[0].account, other.found[0].role_arn) == ("222222222222", OTHER_ROLE)
    assert here.started_at == far.started_at == other.started_at


def test_lists_of_many_pages_are_read_to_their_end(
    front: AwsFront, server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.aws.discovery.PAGE_SIZE", 2)
    wanted = {f"c{i}" for i in range(5)}
    for name in wanted:
        front.add_cluster(name, server)
    (read,) = look(HERE)
    assert names(read) == wanted
    assert front.asked.count("ListClusters") == 3


def test_an_account_that_refuses_hides_no_other(front: AwsFront, server: ApiServer) -> None:
    front.add_cluster("home", server)
    front.external_ids[OTHER_ROLE] = "not ours"
    here, other = look(HERE, THERE)
    assert names(here) == {"home"}
    assert other.found is None
    assert other.error_title == "Not allowed by AWS"
    assert "missing permission sts:AssumeRole" in other.error_message
    assert OTHER_ROLE in other.error_message
    assert "external_id" in other.error_remedy


def test_the_permission_to_list_is_named_where_it_is_missing(front: AwsFront) -> None:
    front.faults["ListClusters"] = [denied("eks:ListClusters"), GOES_ON]
    reads = look(DiscoverRule((REGION, ELSEWHERE)))
    (refused,) = (read for read in reads if read.found is None)
    right = f"missing permission eks:ListClusters in region {refused.region}"
    assert right in refused.error_message
    assert [read.found for read in reads if read is not refused] == [()]


def test_a_cluster_that_may_not_be_described_is_found_without_its_tags(
    front: AwsFront, server: ApiServer
) -> None:
    front.add_cluster("other", server, OTHER_ROLE, tags=TAGS)
    front.faults["DescribeCluster"] = [denied("eks:DescribeCluster")]
    (read,) = look(THERE)
    assert read.found is not None
    (found,) = read.found
    assert found.tags is None
    assert (found.account, found.name) == ("222222222222", "other")
    assert found.arn == f"arn:aws:eks:{REGION}:222222222222:cluster/other"
    assert "missing permission eks:DescribeCluster" in found.error_message
    assert found.error_remedy


def test_a_cluster_that_goes_between_two_calls_is_not_found(
    front: AwsFront, server: ApiServer
) -> None:
    front.add_cluster("home", server)
    front.add_cluster("going", server)
    gone = {"x-amzn-errortype": "ResourceNotFoundException"}
    front.faults["DescribeCluster"] = [
        Answer(404, b'{"message": "No cluster found"}', gone),
        GOES_ON,
    ]
    (read,) = look(HERE)
    assert len(names(read)) == 1


@pytest.mark.parametrize("operation", ["ListClusters", "DescribeCluster"])
def test_a_throttled_discovery_is_retried(
    front: AwsFront, server: ApiServer, operation: str
) -> None:
    front.add_cluster("home", server, tags=TAGS)
    front.faults[operation] = [THROTTLED, GOES_ON]
    (read,) = look(HERE)
    assert read.found is not None
    assert [each.tags for each in read.found] == [TAGS]
