"""A refusal by AWS is a failure of one cluster, with the missing permission named."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from reldash.collectors.aws.clients import TRIES
from reldash.collectors.kubernetes.read_cluster import check_cluster
from reldash.config import EksAccess
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.reads import ClusterRead
from tests.integration.collectors.aws_front import (
    GOES_ON,
    OTHER_ROLE,
    REGION,
    THROTTLED,
    TOO_MANY,
    AwsFront,
    denied,
)
from tests.integration.collectors.eks_clusters import HOME, RULES, entry_of, failed, read
from tests.integration.recorded_server import Answer, ApiServer


@pytest.mark.usefixtures("other")
def test_a_wrong_external_id_fails_that_cluster_alone(front: AwsFront, server: ApiServer) -> None:
    front.add_cluster("home", server)
    found = failed(read(EksAccess("other", REGION, OTHER_ROLE, "theirs")))
    assert found.title == "Not allowed by AWS"
    assert "missing permission sts:AssumeRole" in found.message
    assert OTHER_ROLE in found.message
    assert "is not authorized to perform: sts:AssumeRole" in found.message
    assert "external_id" in found.remedy
    assert isinstance(read(HOME), ClusterRead)


@pytest.mark.usefixtures("home")
def test_check_names_the_missing_permission(front: AwsFront) -> None:
    front.faults["DescribeCluster"] = [denied("eks:DescribeCluster")]
    (check,) = check_cluster(entry_of(HOME), RULES)
    assert not check.ok
    assert "missing permission eks:DescribeCluster in region eu-west-1 on home" in check.message
    assert "deploy/iam/policy.json" in check.remedy


def test_check_names_a_missing_access_entry(home: ApiServer) -> None:
    home.answer("/version", status=401)
    check = check_cluster(entry_of(HOME), RULES)[-1]
    assert (check.step, check.ok) == ("signed in", False)
    assert "access entry" in check.remedy


@pytest.mark.usefixtures("front")
def test_a_cluster_that_does_not_exist_is_named() -> None:
    found = failed(read(HOME))
    assert found.title == "Not found in AWS"
    assert "home" in found.message


@pytest.mark.parametrize("fault", [THROTTLED, TOO_MANY], ids=["ThrottlingException", "429"])
@pytest.mark.usefixtures("home")
def test_throttling_is_waited_out(
    front: AwsFront, fault: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.aws.clients.FIRST_WAIT", 0.05)
    front.faults["DescribeCluster"] = [fault, fault, GOES_ON]
    assert isinstance(read(HOME), ClusterRead)
    assert front.asked == ["DescribeCluster"] * 3


@pytest.mark.parametrize("fault", [THROTTLED, TOO_MANY], ids=["ThrottlingException", "429"])
@pytest.mark.usefixtures("home")
def test_throttling_without_end_is_given_up(
    front: AwsFront, fault: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.collectors.aws.clients.FIRST_WAIT", 0.01)
    front.faults["DescribeCluster"] = [fault]
    assert failed(read(HOME)).title == "Throttled by AWS"
    assert len(front.asked) == TRIES


@pytest.mark.usefixtures("home")
def test_throttling_is_not_waited_for_beyond_the_time_limit(
    front: AwsFront,
) -> None:
    front.faults["DescribeCluster"] = [THROTTLED]
    began = time.monotonic()
    assert failed(read(HOME, CollectRules(timeout=timedelta(seconds=1))))
    assert time.monotonic() - began < 2


@pytest.mark.usefixtures("home")
def test_a_refused_irsa_role_is_named(
    no_keys: AwsFront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("a-service-account")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/release-dashboard")
    no_keys.faults["AssumeRoleWithWebIdentity"] = [denied("sts:AssumeRoleWithWebIdentity")]
    assert "missing permission sts:AssumeRoleWithWebIdentity" in failed(read(HOME)).message


@pytest.mark.usefixtures("home", "no_keys")
def test_without_credentials_it_says_where_they_come_from() -> None:
    found = failed(read(HOME))
    assert found.title == "No AWS credentials"
    assert "AWS_PROFILE" in found.remedy


@pytest.mark.usefixtures("home")
def test_aws_that_is_down_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert failed(read(HOME)).title == "AWS not reached"
