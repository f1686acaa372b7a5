"""Which running images are asked for their findings, in which order, and how often."""

from datetime import timedelta

import pytest

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity
from reldash.services.registries.due import transform_running
from reldash.services.registries.due_findings import due_findings
from tests.unit.builders import NOW, digest

HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, B, C = digest("a"), digest("b"), digest("c")
SERIOUS = Scan(ScanStatus.COUNTED, {Severity.HIGH: 1})
FOUND = (Finding("CVE-2026-1", Severity.HIGH, "", "", ""),)


def image(of: str, scan: Scan | None = SERIOUS, **fields: object) -> ImageFacts:
    known = dict.fromkeys(["pushed_at", "size", "children", "findings"]) | {"missing": False}
    values = {"kind": DigestKind.MANIFEST, "tags": (), "fetched_at": NOW, **known, **fields}
    return ImageFacts(registry=HOST, repository="app", digest=of, scan=scan, **values)  # type: ignore[arg-type]


def due(*images: ImageFacts, running: tuple[str, ...] = (A, B, C), **asked: timedelta) -> list[str]:
    rows = [("dev", f"{HOST}/app:1", f"{HOST}/app:1", f"{HOST}/app@{each}") for each in running]
    ago = {digest(name): time for name, time in asked.items()}
    return due_findings(transform_running(rows), images, ago, HOUR, NOW)


def test_never_asked_images_come_first_then_those_asked_longest_ago() -> None:
    images = [image(each, findings=FOUND) for each in (A, B, C)]
    assert due(*images, b=2 * DAY, a=3 * DAY) == [C, A, B]


def test_only_images_that_run_are_asked() -> None:
    assert due(image(A), image(B), running=(B,)) == [B]


@pytest.mark.parametrize(
    "not_asked",
    [
        image(A, Scan(ScanStatus.COUNTED, {Severity.LOW: 9})),
        image(A, missing=True),
        image(A, kind=DigestKind.INDEX),
    ],
    ids=["nothing serious counted", "deleted", "an index"],
)
def test_what_has_no_findings_to_list_is_not_asked(not_asked: ImageFacts) -> None:
    assert due(not_asked) == []


def test_of_an_index_its_platforms_are_asked() -> None:
    index = image(A, None, kind=DigestKind.INDEX, children=(Child(B, "linux/amd64"),))
    assert due(index, image(B), running=(A,)) == [B]


@pytest.mark.parametrize(
    ("known", "rest"),
    [
        (image(A, findings=FOUND), DAY),
        (image(A), HOUR),
        (image(A, None), HOUR),
        (image(A, Scan(ScanStatus.UNCOUNTED), findings=()), HOUR),
        (image(A, Scan(ScanStatus.NOT_SCANNED)), 7 * DAY),
        (image(A, Scan(ScanStatus.FAILED)), 7 * DAY),
        (image(A, Scan(ScanStatus.NOT_SCANNED), pushed_at=NOW - HOUR), HOUR),
    ],
    ids=["known", "failed", "no scan", "no counts", "not scanned", "no scanner", "just pushed"],
)
def test_an_image_is_asked_again_when_its_answer_may_differ(
    known: ImageFacts, rest: timedelta
) -> None:
    assert due(known, a=rest) == [A]
    assert due(known, a=rest - timedelta(minutes=1)) == []


def test_a_newer_scan_is_read_at_the_next_turn() -> None:
    scan = Scan(ScanStatus.COUNTED, {Severity.HIGH: 1}, NOW - HOUR)
    assert due(image(A, scan, findings=FOUND), a=2 * HOUR) == [A]
