"""Registries are read when due, never twice within the time to live; data outlives failures."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reldash.commands import cli
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.findings_coverage import FindingsCoverage, findings_coverage
from reldash.domain.registries.scans import ScanStatus, Severity
from reldash.services.registries.read import request_details
from reldash.services.reports.matrix import load_matrix
from tests.integration.collectors.aws_front import (
    ACCESS_KEY,
    GOES_ON,
    OTHER_ROLE,
    SECRET_KEY,
    AwsFront,
    denied,
)
from tests.integration.collectors.ecr_images import (
    ACCOUNT,
    OTHER_ACCOUNT,
    PUSHED_AT,
    delete,
    index_of,
    manifest_of,
    push,
    registry_of,
)
from tests.integration.collectors.registry_fleet import FLEET, RegistryFleet, runs
from tests.integration.collectors.test_eks_secrets import all_rows
from tests.integration.recorded_server import Answer

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again at once, and each turn of the job is one that counts."""
    monkeypatch.setattr("reldash.collectors.aws.clients.FIRST_WAIT", 0.01)
    monkeypatch.setattr("reldash.services.registries.read.CHANGED_SECONDS", 0)
    monkeypatch.setattr("reldash.services.registries.read.UNCHANGED_SECONDS", 0)
    monkeypatch.setattr("reldash.services.registries.read.COST_SHARE", 0)


@pytest.fixture
def fleet(front: AwsFront, tmp_path: Path, database_url: str) -> Iterator[RegistryFleet]:
    """Two clusters of EKS that run nothing yet."""
    opened = RegistryFleet.open(tmp_path, database_url)
    front.external_ids[OTHER_ROLE] = "ours"
    yield opened
    opened.context.close()


def calls(front: AwsFront) -> list[str]:
    return [operation for operation, _ in front.bodies]


def image_calls(front: AwsFront) -> list[tuple[str, dict[str, Any]]]:
    """The calls but for those that ask for findings of a single image."""
    return [each for each in front.bodies if each[0] != "DescribeImageScanFindings"]


def shown(fleet: RegistryFleet) -> Matrix:
    """The dashboard as clusters that were just read make it."""
    fleet.context.store.cache_key.move_epoch()
    return load_matrix(fleet.context, "platform", Filter(), datetime.now(UTC))


def test_two_thousand_images_in_a_hundred_repositories_take_a_call_each(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    repositories = [f"team-{n % 7}/app-{n}" for n in range(100)]
    built = [
        (repository, f"1.{n}.0", push(repository, manifest_of((repository, n)), f"1.{n}.0"))
        for repository in repositories
        for n in range(20)
    ]
    fleet.record(*(runs(*each) for each in built))

    fleet.read()
    assert len(image_calls(front)) <= 1.3 * len(repositories)
    assert {digest for _, _, digest in built} == set(fleet.images)
    assert len(fleet.facts.pushes) == 2000

    front.bodies.clear()
    fleet.pass_time(HOUR - timedelta(minutes=5))
    fleet.read()
    assert image_calls(front) == []

    fleet.pass_time(timedelta(minutes=10))
    fleet.read()
    assert len(image_calls(front)) <= 1.3 * len(repositories)


def test_a_new_image_is_read_within_the_time_to_live(front: AwsFront, fleet: RegistryFleet) -> None:
    first = push("team/app", manifest_of(1), "1.0")
    fleet.record(runs("team/app", "1.0", first))
    fleet.read()
    second = push("team/app", manifest_of(2), "1.1")
    fleet.record(runs("team/app", "1.0", first), runs("team/app", "1.1", second))
    front.bodies.clear()
    fleet.read()
    (call,) = image_calls(front)
    assert call[1]["imageIds"] == [{"imageDigest": second}, {"imageTag": "1.1"}]


def test_a_deleted_image_is_not_read_in_every_round(front: AwsFront, fleet: RegistryFleet) -> None:
    digests = [push("team/app", manifest_of(n), f"1.{n}") for n in range(100)]
    delete("team/app", digests[3])
    fleet.record(*(runs("team/app", f"1.{n}", digest) for n, digest in enumerate(digests)))
    fleet.read()
    assert fleet.images[digests[3]].missing
    assert len([image for image in fleet.images.values() if not image.missing]) == 99
    front.bodies.clear()
    fleet.pass_time(2 * HOUR)
    fleet.read()
    asked = [each for _, body in front.bodies for each in body["imageIds"]]
    assert {"imageDigest": digests[3]} not in asked
    assert {"imageDigest": digests[4]} in asked


def test_an_image_that_is_deleted_while_it_runs_keeps_its_push(fleet: RegistryFleet) -> None:
    digest = push("team/app", manifest_of(1), "1.0")
    fleet.record(runs("team/app", "1.0", digest))
    fleet.read()
    delete("team/app", digest)
    fleet.pass_time(2 * HOUR)
    fleet.read()
    assert fleet.facts.held[f"{registry_of().host}/team/app", digest] is False
    assert fleet.facts.pushed_at(digest) == PUSHED_AT


def test_a_registry_that_is_down_leaves_the_matrix_as_it_was(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    digest = push("team/app", manifest_of(1), "1.0")
    fleet.record(runs("team/app", "1.0", digest))
    fleet.read()
    before = shown(fleet)
    assert before.unreached == ()

    front.is_down = True
    fleet.pass_time(2 * HOUR)
    fleet.read()
    assert fleet.facts.pushed_at(digest) == PUSHED_AT
    after = shown(fleet)
    assert {key: cell.state for key, cell in after.cells.items()} == {
        key: cell.state for key, cell in before.cells.items()
    }
    assert [cell.pushed_at for cell in after.cells.values() if cell.places] == [PUSHED_AT]
    (notice,) = after.unreached
    assert notice.startswith(f"registry {registry_of().host} not reached since ")
    assert notice.endswith("(AWS not reached)")

    front.is_down = False
    fleet.pass_time(timedelta(minutes=2))
    fleet.read()
    assert fleet.facts.reads[registry_of().host, ""].title == ""
    assert shown(fleet).unreached == ()


@pytest.mark.parametrize("command", ["matrix platform", "drift platform", "inventory"])
def test_commands_say_that_a_registry_is_down_but_not_among_their_data(
    front: AwsFront,
    fleet: RegistryFleet,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    fleet.record(runs("team/app", "1.0", push("team/app", manifest_of(1), "1.0")))
    front.is_down = True
    fleet.read()
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("RELDASH_FLEET", str(fleet.context.settings.fleet))
    ran = CliRunner().invoke(cli, command.split())
    notice = f"registry {registry_of().host} never reached (AWS not reached)"
    assert notice in ran.stderr
    assert notice not in ran.stdout


def test_a_failure_is_forgotten_with_the_last_image_of_its_repository(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    kept = runs("team/app", "1.0", push("team/app", manifest_of(1), "1.0"))
    front.closed = {"team/closed"}
    fleet.record(kept, runs("team/closed", "1.0", push("team/closed", manifest_of(2), "1.0")))
    fleet.read()
    assert fleet.facts.unreached(f"{registry_of().host}/team/closed") is not None
    fleet.record(kept)
    fleet.read()
    assert set(fleet.facts.reads) == {(registry_of().host, ""), (registry_of().host, "team/app")}


def test_unreadable_findings_of_some_images_hide_no_others(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    digests = [push("team/app", manifest_of(n), f"1.{n}") for n in range(30)]
    unfit = b'{"__type": "ValidationException", "message": "not for this image"}'
    front.faults["DescribeImageScanFindings"] = [*[Answer(400, unfit)] * 10, GOES_ON]
    fleet.record(*(runs("team/app", f"1.{n}", digest) for n, digest in enumerate(digests)))
    fleet.read()
    request_details(fleet.context, digests, findings=True)
    fleet.read()
    scans = [fleet.facts.scan_of(digest) for digest in digests]
    assert [scan.status for scan in scans if scan].count(ScanStatus.NOT_SCANNED) == 20


def test_repositories_that_refuse_in_a_row_hide_none_of_their_registry(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    repositories = [f"app-{n:02}" for n in range(40)]
    built = {each: push(each, manifest_of(each), "1.0") for each in repositories}
    front.closed = set(repositories[25:30])
    fleet.record(*(runs(repository, "1.0", digest) for repository, digest in built.items()))
    fleet.read()
    reads = fleet.facts.reads
    assert reads[registry_of().host, ""].title == ""
    assert {name for (_, name), read in reads.items() if read.title} == front.closed
    assert set(fleet.images) == {built[each] for each in repositories if each not in front.closed}


def test_a_registry_that_is_down_rests_before_the_next_read(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    fleet.record(runs("team/app", "1.0", push("team/app", manifest_of(1), "1.0")))
    front.is_down = True
    fleet.read()
    tried = len(front.asked)
    fleet.read()
    assert len(front.asked) == tried


def test_a_registry_of_another_account_is_read_as_the_role_of_its_cluster(
    fleet: RegistryFleet,
) -> None:
    host = registry_of(OTHER_ACCOUNT).host
    digest = push("team/app", manifest_of(1), "1.0", account=OTHER_ACCOUNT)
    fleet.record(runs("team/app", "1.0", digest, "prod", host))
    fleet.read()
    assert fleet.images[digest].registry == host


def test_a_registry_is_read_as_the_role_that_is_named_for_its_account(
    front: AwsFront, tmp_path: Path, database_url: str
) -> None:
    account, role = "333333333333", "arn:aws:iam::333333333333:role/registry"
    named = (
        f"registry: {{ecr: [{{account: '{account}', role_arn: '{role}', external_id: theirs}}]}}"
    )
    fleet = RegistryFleet.open(tmp_path, database_url, f"{FLEET}\n{named}\n")
    front.external_ids[role] = "theirs"
    digest = push("team/app", manifest_of(1), "1.0", account=account)
    fleet.record(runs("team/app", "1.0", digest, host=registry_of(account).host))
    fleet.read()
    assert digest in fleet.images
    fleet.context.close()


def test_no_call_is_made_without_any_sign_of_aws(
    front: AwsFront, tmp_path: Path, database_url: str
) -> None:
    text = FLEET.partition("clusters:")[0] + (
        "clusters: [{name: dev, dashboard: platform, environment: dev, in_cluster: true}]\n"
    )
    fleet = RegistryFleet.open(tmp_path, database_url, text)
    fleet.record(runs("team/app", "1.0", push("team/app", manifest_of(1), "1.0")))
    fleet.read()
    request_details(fleet.context, [manifest_of(1)], findings=True)
    assert front.asked == []
    fleet.context.close()


def counted(**counts: int) -> dict[str, object]:
    """A scan as DescribeImages tells it."""
    return {
        "imageScanStatus": {"status": "COMPLETE"},
        "imageScanFindingsSummary": {
            "imageScanCompletedAt": PUSHED_AT.timestamp(),
            "findingSeverityCounts": counts,
        },
    }


def test_scans_are_read_with_the_images(front: AwsFront, fleet: RegistryFleet) -> None:
    scanned, unscanned = (push("team/app", manifest_of(n), f"1.{n}") for n in range(2))
    front.scans[scanned] = counted(CRITICAL=2, UNDEFINED=1)
    fleet.record(runs("team/app", "1.0", scanned), runs("team/app", "1.1", unscanned))
    fleet.read()
    scan = fleet.facts.scan_of(scanned)
    assert scan is not None
    assert (scan.critical, scan.high) == (2, 0)
    assert scan.counts[Severity.UNTRIAGED] == 1
    unknown = fleet.facts.scan_of(unscanned)
    assert unknown is None or unknown.status is ScanStatus.NOT_SCANNED


CVES = [
    {"name": f"CVE-2026-{n}", "severity": severity, "uri": "https://cve.example.com"}
    for n, severity in enumerate(["LOW", "HIGH", "CRITICAL"])
]


def test_findings_are_read_on_request(front: AwsFront, fleet: RegistryFleet) -> None:
    digest = push("team/app", manifest_of(1), "1.0")
    counts = {"LOW": 1, "HIGH": 1, "CRITICAL": 1}
    head = {"imageScanStatus": {"status": "COMPLETE"}}
    front.findings[digest] = [
        {**head, "imageScanFindings": {"findings": CVES[:2], "findingSeverityCounts": counts}},
        {**head, "imageScanFindings": {"findings": CVES[2:], "findingSeverityCounts": counts}},
    ]
    fleet.record(runs("team/app", "1.0", digest))
    fleet.read()
    request_details(fleet.context, [digest], findings=True)
    fleet.read()
    scan = fleet.facts.scan_of(digest)
    assert scan is not None
    assert scan.critical == 1
    names = [finding.name for finding in fleet.facts.findings[digest]]
    assert names == ["CVE-2026-2", "CVE-2026-1"]

    front.bodies.clear()
    request_details(fleet.context, [digest], findings=True)
    fleet.read()
    assert calls(front) == []


def test_images_without_counts_are_counted_by_their_findings(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    told, untold = (push("team/app", manifest_of(n), f"1.{n}") for n in range(2))
    front.scans[told] = counted(LOW=1)  # nothing to list
    front.findings[untold] = [
        {
            "imageScanStatus": {"status": "COMPLETE"},
            "imageScanFindings": {"findings": CVES, "findingSeverityCounts": {"CRITICAL": 1}},
        }
    ]
    fleet.record(runs("team/app", "1.0", told), runs("team/app", "1.1", untold))
    for _ in range(3):
        fleet.read()
        request_details(fleet.context, [told, untold], findings=False)
    scan = fleet.facts.scan_of(untold)
    assert scan is not None
    assert scan.critical == 1
    assert calls(front) == ["DescribeImages", "DescribeImageScanFindings"]

    fleet.pass_time(2 * HOUR)
    fleet.read()
    assert fleet.facts.scan_of(untold) == scan


def test_a_missing_permission_for_findings_is_not_tried_for_every_image(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    digests = [push("team/app", manifest_of(n), f"1.{n}") for n in range(50)]
    front.faults["DescribeImageScanFindings"] = [denied("ecr:DescribeImageScanFindings")]
    fleet.record(*(runs("team/app", f"1.{n}", digest) for n, digest in enumerate(digests)))
    fleet.read()
    request_details(fleet.context, digests, findings=False)
    fleet.read()
    assert len(front.asked) < 15


def test_an_image_without_a_scan_is_shown_as_not_scanned(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    digest = push("team/app", manifest_of(1), "1.0")
    fleet.record(runs("team/app", "1.0", digest))
    fleet.read()
    request_details(fleet.context, [digest], findings=True)
    fleet.read()
    assert "DescribeImageScanFindings" in calls(front)
    scan = fleet.facts.scan_of(digest)
    assert scan is not None
    assert (scan.status, scan.critical) == (ScanStatus.NOT_SCANNED, None)


def test_findings_that_may_not_be_read_name_the_permission(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    digest = push("team/app", manifest_of(1), "1.0")
    front.scans[digest] = counted(CRITICAL=2)
    front.faults["DescribeImageScanFindings"] = [denied("ecr:DescribeImageScanFindings")]
    fleet.record(runs("team/app", "1.0", digest))
    fleet.read()
    request_details(fleet.context, [digest], findings=True)
    fleet.read()
    scan = fleet.facts.scan_of(digest)
    assert scan is not None
    assert scan.critical == 2
    assert "missing permission ecr:DescribeImageScanFindings" in scan.message


def test_the_platforms_of_a_running_index_are_read(front: AwsFront, fleet: RegistryFleet) -> None:
    intel, arm, attestation = (push("team/app", manifest_of(n)) for n in range(3))
    platforms = [(intel, "linux/amd64"), (arm, "linux/arm64"), (attestation, "unknown/unknown")]
    index = push("team/app", index_of(platforms), "1.0")
    front.scans[arm] = counted(CRITICAL=1)
    front.scans[intel] = counted(HIGH=3)
    fleet.record(runs("team/app", "1.0", index))
    fleet.read()
    assert [child.platform for child in fleet.facts.platforms[index]] == [
        "linux/amd64",
        "linux/arm64",
        "unknown/unknown",
    ]
    assert set(fleet.images) == {index, intel, arm}
    scan = fleet.facts.scan_of(index)
    assert scan is not None
    assert (scan.critical, scan.high) == (1, 3)

    front.bodies.clear()
    request_details(fleet.context, [index], findings=False)
    fleet.read()
    assert calls(front) == []


def test_findings_of_running_images_are_read_though_nobody_opens_them(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    serious, harmless = (push("team/app", manifest_of(n), f"1.{n}") for n in range(2))
    intel = push("team/app", manifest_of(3))
    index = push("team/app", index_of([(intel, "linux/amd64")]), "2.0")
    front.scans |= {serious: counted(HIGH=1), harmless: counted(LOW=4), intel: counted(CRITICAL=1)}
    for digest in (serious, intel):
        front.findings[digest] = [
            {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findings": CVES}}
        ]
    fleet.record(*(runs("team/app", digest[-4:], digest) for digest in (serious, harmless, index)))
    fleet.read()
    facts = fleet.facts
    assert set(facts.findings) == {serious, intel}
    assert findings_coverage([[serious], [harmless], [index], []], facts) == FindingsCoverage(3, 4)

    front.bodies.clear()
    fleet.read()
    assert calls(front) == []


def test_a_round_asks_for_the_findings_of_a_bounded_number_of_images(
    front: AwsFront, fleet: RegistryFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reldash.services.registries.round.MOST_IN_BACKGROUND", 3)
    digests = [push("team/app", manifest_of(n), f"1.{n}") for n in range(5)]
    fleet.record(*(runs("team/app", f"1.{n}", digest) for n, digest in enumerate(digests)))
    for expected in (3, 5, 5):
        fleet.read()
        asked = {
            body["imageId"]["imageDigest"]
            for name, body in front.bodies
            if name == "DescribeImageScanFindings"
        }
        assert len(asked) == expected


def test_findings_of_an_index_are_those_of_its_platforms(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    intel, attestation = (push("team/app", manifest_of(n)) for n in range(2))
    platforms = [(intel, "linux/amd64"), (attestation, "unknown/unknown")]
    index = push("team/app", index_of(platforms), "1.0")
    front.findings[intel] = [
        {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": {"findings": CVES}}
    ]
    fleet.record(runs("team/app", "1.0", index))
    for _ in range(4):
        fleet.read()
        request_details(fleet.context, [index], findings=True)
        fleet.context.store.cache_key.move_epoch()
    assert len(fleet.facts.findings[intel]) == 2
    asked = [body for name, body in front.bodies if name == "DescribeImageScanFindings"]
    assert [body["imageId"]["imageDigest"] for body in asked] == [intel]


def test_an_index_beside_one_of_its_manifests_is_taken_apart_by_itself(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    intel = push("team/app", manifest_of(1))
    index = push("team/app", index_of([(intel, "linux/amd64")]), "1.0")
    fleet.record(runs("team/app", "1.0", index), runs("team/app", "1.0", intel, "prod"))
    fleet.read()
    assert fleet.facts.children(index) == {intel}
    assert calls(front).count("BatchGetImage") == 1
    fleet.pass_time(2 * HOUR)
    fleet.read()
    assert calls(front).count("BatchGetImage") == 1


def test_an_index_that_may_not_be_taken_apart_is_not_tried_at_every_turn(
    front: AwsFront, fleet: RegistryFleet
) -> None:
    intel = push("team/app", manifest_of(1))
    index = push("team/app", index_of([(intel, "linux/amd64")]), "1.0")
    front.faults["BatchGetImage"] = [denied("ecr:BatchGetImage")]
    fleet.record(runs("team/app", "1.0", index), runs("team/app", "1.0", intel, "prod"))
    fleet.read()
    tried = front.asked.count("BatchGetImage")
    assert tried
    fleet.read()
    assert front.asked.count("BatchGetImage") == tried


@pytest.mark.parametrize("account", [ACCOUNT, OTHER_ACCOUNT], ids=["chain", "role"])
def test_no_secret_is_logged_shown_or_stored(
    front: AwsFront,
    fleet: RegistryFleet,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
    account: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    digest = push("team/app", manifest_of(1), "1.0", account=account)
    fleet.record(runs("team/app", "1.0", digest, "prod", registry_of(account).host))
    fleet.read()
    request_details(fleet.context, [digest], findings=True)

    signed_with = [ACCESS_KEY, SECRET_KEY] if account == ACCOUNT else front.given
    assert signed_with
    for code in ("SignatureDoesNotMatch", "AccessDeniedException", "InvalidParameterException"):
        words = {"__type": code, "message": f"signed {' '.join(signed_with)}"}
        refusal = Answer(403, json.dumps(words).encode())
        front.faults["DescribeImages"] = [refusal]
        front.faults["DescribeImageScanFindings"] = [refusal]
        fleet.pass_time(2 * HOUR)
        fleet.read()
    rows = all_rows(database_url)
    assert digest in rows
    assert "Refused by AWS" in rows
    text = "\n".join([rows, caplog.text, repr(fleet.facts)])
    secrets = [SECRET_KEY, ACCESS_KEY, "X-Amz-Signature", "AWS4-HMAC-SHA256", *front.given]
    assert [secret for secret in secrets if secret in text] == []
