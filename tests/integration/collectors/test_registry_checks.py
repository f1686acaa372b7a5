"""`check` tests each registry, and names the missing permission."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reldash.services.registries.permission_checks import check_registries
from tests.integration.collectors.aws_front import AwsFront, denied
from tests.integration.collectors.ecr_images import manifest_of, push, registry_of
from tests.integration.collectors.registry_fleet import RegistryFleet, runs

HOST = registry_of().host


@pytest.fixture
def fleet(front: AwsFront, tmp_path: Path, database_url: str) -> Iterator[RegistryFleet]:
    """A cluster that runs an image of ECR."""
    assert front.url
    opened = RegistryFleet.open(tmp_path, database_url)
    opened.record(runs("team/app", "1.0", push("team/app", manifest_of(1), "1.0")))
    yield opened
    opened.context.close()


def test_a_registry_with_full_access_passes(fleet: RegistryFleet) -> None:
    rows = check_registries(fleet.context, fleet.context.fleet)
    assert [row[:3] for row in rows] == [
        (HOST, "images", True),
        (HOST, "findings", True),
        (HOST, "platforms", True),
    ]


def test_no_image_is_pulled_by_a_check(front: AwsFront, fleet: RegistryFleet) -> None:
    check_registries(fleet.context, fleet.context.fleet)
    (pulled,) = [asked["imageIds"] for name, asked in front.bodies if name == "BatchGetImage"]
    assert pulled == [{"imageDigest": f"sha256:{0:064x}"}]


@pytest.mark.parametrize(
    ("operation", "step"),
    [
        ("DescribeImages", "images"),
        ("DescribeImageScanFindings", "findings"),
        ("BatchGetImage", "platforms"),
    ],
)
def test_a_missing_permission_is_named(
    front: AwsFront, fleet: RegistryFleet, operation: str, step: str
) -> None:
    front.faults[operation] = [denied(f"ecr:{operation}")]
    rows = check_registries(fleet.context, fleet.context.fleet)
    (bad,) = [row for row in rows if not row[2]]
    assert bad[1] == step
    assert f"missing permission ecr:{operation} in region eu-west-1 on team/app" in bad[3]
    assert "deploy/iam/policy.json" in bad[4]


def test_without_a_known_image_there_is_nothing_to_check(
    front: AwsFront, tmp_path: Path, database_url: str
) -> None:
    fleet = RegistryFleet.open(tmp_path, database_url)
    (row,) = check_registries(fleet.context, fleet.context.fleet)
    assert row[2]
    assert front.asked == []
    fleet.context.close()
