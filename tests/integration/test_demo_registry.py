"""The demo's ECR: pushes, tags and scan findings."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reldash.demo import DemoFleet
from tests.integration.demo_aws import client, cloud_of, keys_of

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFleet]:
    folder = tmp_path_factory.mktemp("fleet")
    with DemoFleet.start(folder, speed=0, clusters=["platform-dev"], aws=True) as running:
        cloud_of(running).api.faults.throttle_every = 0
        yield running


def ecr(fleet: DemoFleet, region: str = "eu-west-1") -> Any:
    return client(fleet, "ecr", region=region)


def images(fleet: DemoFleet, repository: str, region: str = "eu-west-1") -> list[Any]:
    found: list[Any] = ecr(fleet, region).describe_images(repositoryName=repository)["imageDetails"]
    return found


def by_tag(fleet: DemoFleet, repository: str, tag: str, region: str = "eu-west-1") -> Any:
    (found,) = (
        each for each in images(fleet, repository, region) if tag in each.get("imageTags", ())
    )
    return found


def running(fleet: DemoFleet, cluster: str, name: str) -> set[str]:
    """Return the digests of a workload's pods."""
    pods = fleet.state.find(cluster, name).live
    return {pod.image_id.partition("@")[2] for pod in pods}


def findings(fleet: DemoFleet, repository: str, digest: str, region: str = "eu-west-1") -> Any:
    return ecr(fleet, region).describe_image_scan_findings(
        repositoryName=repository, imageId={"imageDigest": digest}
    )


def test_a_digest_is_the_hash_of_the_manifest(fleet: DemoFleet) -> None:
    (image,) = ecr(fleet).batch_get_image(
        repositoryName="billing/invoicing", imageIds=[{"imageTag": "2.12.0"}]
    )["images"]
    text = image["imageManifest"]
    assert "sha256:" + hashlib.sha256(text.encode()).hexdigest() == image["imageId"]["imageDigest"]


def test_images_were_pushed_before_they_ran(fleet: DemoFleet) -> None:
    found = by_tag(fleet, "billing/invoicing", "2.14.1")
    assert running(fleet, "platform-dev", "invoicing") == {found["imageDigest"]}
    workload = fleet.state.find("platform-dev", "invoicing")
    assert found["imagePushedAt"] < workload.wanted.created_at
    assert found["imageSizeInBytes"] > 200_000


def test_images_are_replicated_to_other_regions_later(fleet: DemoFleet) -> None:
    here = by_tag(fleet, "billing/invoicing", "2.14.1")
    there = by_tag(fleet, "billing/invoicing", "2.14.1", "us-east-1")
    assert here["imageDigest"] == there["imageDigest"]
    assert here["imagePushedAt"] < there["imagePushedAt"]


def test_a_promotion_under_another_tag_gives_one_image_two_tags(fleet: DemoFleet) -> None:
    (image,) = images(fleet, "identity/consent")
    assert set(image["imageTags"]) == {"main-142-abc1234", "release-2.3"}


def test_the_platform_images_of_an_index_have_no_tags(fleet: DemoFleet) -> None:
    index = by_tag(fleet, "catalog/thumbnailer", "2.2.0")
    assert index["imageManifestMediaType"] == "application/vnd.oci.image.index.v1+json"
    assert "imageScanStatus" not in index
    (image,) = ecr(fleet).batch_get_image(
        repositoryName="catalog/thumbnailer", imageIds=[{"imageDigest": index["imageDigest"]}]
    )["images"]
    children = {each["digest"] for each in json.loads(image["imageManifest"])["manifests"]}
    others = [each for each in images(fleet, "catalog/thumbnailer") if each != index]
    assert {each["imageDigest"] for each in others} == children
    assert not any("imageTags" in each for each in others)
    assert running(fleet, "platform-prod-us", "thumbnailer") <= children
    assert running(fleet, "platform-prod-eu", "thumbnailer") == {index["imageDigest"]}


def test_a_copy_from_docker_hub_has_the_same_digest(fleet: DemoFleet) -> None:
    copy = by_tag(fleet, "docker-hub/library/memcached", "1.6.34")
    assert running(fleet, "platform-dev", "rate-limits") == {copy["imageDigest"]}
    assert "docker-hub/" in fleet.state.find("platform-prod-eu", "rate-limits").wanted.image
    assert "docker.io/" in fleet.state.find("platform-dev", "rate-limits").wanted.image


def test_a_moved_tag_no_longer_names_the_running_image(fleet: DemoFleet) -> None:
    now = by_tag(fleet, "billing/receipt-pdf", "4.0.3")
    (before,) = running(fleet, "platform-dev", "receipt-pdf")
    assert running(fleet, "platform-prod-us", "receipt-pdf") == {before}
    assert now["imageDigest"] != before
    assert before in {each["imageDigest"] for each in images(fleet, "billing/receipt-pdf")}


@pytest.mark.parametrize(
    ("repository", "tag"),
    [("search/query-suggest", "d07ab51"), ("shipping/address-check", "1.10.0")],
)
def test_some_running_images_are_missing_from_the_registry(
    fleet: DemoFleet, repository: str, tag: str
) -> None:
    with pytest.raises(ClientError, match="ImageNotFoundException"):
        ecr(fleet).describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])


def test_a_later_build_fixes_a_critical_vulnerability(fleet: DemoFleet) -> None:
    counts = {
        tag: by_tag(fleet, "billing/invoicing", tag)["imageScanFindingsSummary"][
            "findingSeverityCounts"
        ]
        for tag in ("2.11.0", "2.14.1")
    }
    assert counts["2.11.0"]["CRITICAL"] == 1
    assert "CRITICAL" not in counts["2.14.1"]


@pytest.mark.parametrize(
    ("region", "key"), [("eu-west-1", "findings"), ("us-east-1", "enhancedFindings")]
)
def test_finding_counts_match_the_listed_findings(fleet: DemoFleet, region: str, key: str) -> None:
    image = by_tag(fleet, "billing/invoicing", "2.11.0", region)
    found = findings(fleet, "billing/invoicing", image["imageDigest"], region)["imageScanFindings"]
    listed = Counter(each["severity"] for each in found[key])
    assert listed == found["findingSeverityCounts"]
    assert listed == image["imageScanFindingsSummary"]["findingSeverityCounts"]


def test_native_basic_scanning_shows_counts_only_with_findings(fleet: DemoFleet) -> None:
    details = [
        (name, image)
        for name in ("identity/sign-in", "identity/token-issuer", "identity/directory-sync")
        for image in images(fleet, name)
    ]
    assert not any("imageScanFindingsSummary" in image for _, image in details)
    counted = 0
    for name, image in details:
        try:
            found = findings(fleet, name, image["imageDigest"])
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ScanNotFoundException"  # noqa: PT017 - or it is counted
            continue
        assert "findingSeverityCounts" in found["imageScanFindings"]
        counted += 1
    assert counted


def test_an_unsupported_image_reports_a_failed_scan(fleet: DemoFleet) -> None:
    status = by_tag(fleet, "infra/node-metrics", "0.30.2")["imageScanStatus"]
    assert status["status"] == "FAILED"
    assert "UnsupportedImageError" in status["description"]


def test_builds_of_the_train_are_pushed(fleet: DemoFleet) -> None:
    began_at = datetime.now(UTC) - timedelta(seconds=1)
    for _ in range(4):
        fleet.step()
    workload = fleet.state.find("platform-dev", "ab-testing")
    image = by_tag(fleet, "insights/ab-testing", workload.wanted.version)
    assert image["imageDigest"] == workload.wanted.image_id.partition("@")[2]
    assert image["imagePushedAt"] >= began_at.replace(microsecond=0)


def test_the_solutions_role_cannot_read_the_platform_registry(fleet: DemoFleet) -> None:
    other = client(fleet, "ecr", keys_of(fleet, "release-dashboard-demo"))
    with pytest.raises(ClientError, match=r"not authorized to perform: ecr:DescribeImages"):
        other.describe_images(registryId=ACCOUNT, repositoryName="solutions/portal")
