"""What the details of a cell say of its images: what registries told, and no more than that."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.drift.states import State
from reldash.domain.images.references import DigestKind
from reldash.domain.matrix.cells import Cell
from reldash.domain.registries.facts import Child, ImageFacts, RegistryFacts
from reldash.domain.registries.merge import transform_facts
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity
from reldash.domain.workloads.observations import ContainerRole, WorkloadKind
from reldash.ui.dashboard.details import render_cell
from reldash.ui.dashboard.image_facts import (
    MOST_FINDINGS,
    render_findings,
    render_images,
    render_scan,
    size_words,
)
from tests.unit.builders import NOW, READ_AT, days_ago, digest, minutes_ago

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
API, ARM = digest("api"), digest("api arm64")
CRITICAL = Finding("CVE-2026-1234", Severity.CRITICAL, "openssl", "3.0.2", "https://cve.example/1")
HIGH = Finding("CVE-2026-0001", Severity.HIGH, "zlib", "1.3", "")
BAD = Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 1, Severity.HIGH: 1}, minutes_ago(180))
CLEAN = Scan(ScanStatus.COUNTED, {}, minutes_ago(180))


def place(image: str = API, registry: str = ECR, **fields: Any) -> PlaceDetails:
    values: dict[str, Any] = {
        "cluster": "prod-eu",
        "environment": "prod",
        "namespace": "shop",
        "customer": None,
        "kind": WorkloadKind.DEPLOYMENT,
        "workload": "api",
        "container": "api",
        "role": ContainerRole.MAIN,
        "image": f"{registry}/shop/api:1.4.2",
        "version": "1.4.2",
        "running": (f"{registry}/shop/api:1.4.2",),
        "digests": (f"{registry}/shop/api@{image}",),
        "ready": 2,
        "wanted": 2,
        "status": "complete",
        "since": days_ago(3),
        "since_approximate": False,
        "observed_at": READ_AT,
    }
    return PlaceDetails(**(values | fields))


def told(image: str = API, **fields: Any) -> ImageFacts:
    values: dict[str, Any] = {
        "registry": ECR,
        "repository": "shop/api",
        "digest": image,
        "kind": DigestKind.MANIFEST,
        "pushed_at": days_ago(4),
        "size": 84_300_000,
        "tags": ("1.4.2",),
        "scan": CLEAN,
        "children": None,
        "findings": None,
        "fetched_at": READ_AT,
    }
    return ImageFacts(**(values | fields))


def facts(*images: ImageFacts) -> RegistryFacts:
    return transform_facts(images, (), ())


def images_html(places: Iterable[PlaceDetails], known: RegistryFacts) -> str:
    return "".join(render_images(list(places), known, NOW))


def findings_html(places: Iterable[PlaceDetails], known: RegistryFacts) -> str:
    return "".join(render_findings(list(places), known))


def test_an_image_says_when_it_was_first_pushed_what_for_and_how_large() -> None:
    index = told(
        kind=DigestKind.INDEX,
        children=(
            Child(digest("amd64"), "linux/amd64"),
            Child(ARM, "linux/arm64"),
            Child(digest("attestation"), "unknown/unknown"),
        ),
    )
    html = images_html([place()], facts(index))
    assert "4 d ago" in html
    assert "<dd>linux/amd64, linux/arm64</dd>" in html
    assert "<dt>Tags now</dt><dd>1.4.2</dd>" in html
    assert "<dd>84 MB compressed</dd>" in html


def test_an_image_has_one_section_however_many_places_run_it() -> None:
    html = images_html([place(), place(cluster="prod-us"), place(ARM)], facts(told(), told(ARM)))
    assert html.count("<section") == 2
    assert html.index("in 2 of 3 deployments") < html.index("in 1 of 3 deployments")


def test_what_no_registry_was_asked_for_yet_is_said_to_be_so() -> None:
    html = images_html([place()], facts())
    assert "<dt>Registry</dt><dd>not checked yet</dd>" in html
    assert "Findings" not in html


def test_an_image_that_its_registry_has_no_more_is_said_to_be_gone() -> None:
    gone = told(missing=True, pushed_at=None, size=None, scan=None)
    assert f"no longer has this image in {ECR}/shop/api" in images_html([place()], facts(gone))


@pytest.mark.parametrize("registry", ["docker.io", "public.ecr.aws", "registry.example.com"])
def test_images_of_registries_that_are_never_asked_have_no_section(registry: str) -> None:
    assert images_html([place(registry=registry)], facts(told())) == ""


def test_a_fleet_that_asks_no_registry_has_no_word_of_any() -> None:
    html = "".join(render_cell("api", "prod", Cell("1.4.2", State.IN_STEP), None, NOW))
    assert "egistry" not in html
    assert "pushed" not in html


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (BAD, ["1 critical", "1 high", "scanned ", "3 h ago"]),
        (CLEAN, ["no findings", "3 h ago"]),
        (Scan(ScanStatus.NOT_SCANNED), ["not scanned"]),
        (Scan(ScanStatus.FAILED, message="unsupported image"), ["scan failed: unsupported image"]),
        (Scan(ScanStatus.UNCOUNTED), ["scanned, not counted yet"]),
        (
            Scan(ScanStatus.NOT_SCANNED, {Severity.HIGH: 2}),
            ["at least ", "2 high", "not scanned"],
        ),
    ],
)
def test_a_scan_in_words(scan: Scan, words: list[str]) -> None:
    html = render_scan(scan, NOW)
    assert all(word in html for word in words)


@pytest.mark.parametrize("status", [ScanStatus.NOT_SCANNED, ScanStatus.UNCOUNTED])
def test_what_was_not_counted_is_no_number(status: ScanStatus) -> None:
    html = render_scan(Scan(status), NOW)
    assert "0" not in html
    assert "nothing" not in html


def test_findings_name_what_was_found_where_the_worst_first() -> None:
    html = findings_html([place()], facts(told(scan=BAD, findings=(HIGH, CRITICAL))))
    assert "2 critical or high findings" in html
    assert html.index("CVE-2026-1234") < html.index("CVE-2026-0001")
    assert 'href="https://cve.example/1"' in html
    assert "openssl 3.0.2" in html


def test_findings_of_an_index_are_those_of_its_manifests_each_once() -> None:
    children = (Child(digest("amd64"), "linux/amd64"), Child(ARM, "linux/arm64"))
    known = facts(
        told(kind=DigestKind.INDEX, scan=None, children=children),
        told(digest("amd64"), scan=BAD, findings=(CRITICAL, HIGH)),
        told(ARM, scan=BAD, findings=(CRITICAL, HIGH)),
    )
    assert findings_html([place()], known).count("<li>") == 2


def test_findings_that_were_not_answered_yet_are_said_to_come() -> None:
    html = findings_html([place()], facts(told(scan=BAD)))
    assert "being fetched" in html
    refused = replace(place(), registry="registry x not reached since 12:03 UTC (Not allowed)")
    html = findings_html([refused], facts(told(scan=BAD)))
    assert "could not be fetched: registry x not reached since 12:03 UTC (Not allowed)" in html


@pytest.mark.parametrize("scan", [CLEAN, Scan(ScanStatus.NOT_SCANNED), None])
def test_where_nothing_can_be_listed_nothing_is_announced(scan: Scan | None) -> None:
    assert findings_html([place()], facts(told(scan=scan))) == ""


def test_findings_stay_the_same_html_while_time_goes_by() -> None:
    known = facts(told(scan=BAD, findings=(CRITICAL,)))
    cell = Cell("1.4.2", State.IN_STEP, places=(place(),), scan=BAD)
    early = render_cell("api", "prod", cell, known, NOW)
    late = render_cell("api", "prod", cell, known, NOW + timedelta(hours=5))
    assert [a == b for a, b in zip(early, late, strict=True)] == [False, True, False]


def test_a_very_long_list_of_findings_ends_with_how_many_more() -> None:
    many = tuple(replace(HIGH, name=f"CVE-2026-{n}") for n in range(MOST_FINDINGS + 7))
    html = findings_html([place()], facts(told(scan=BAD, findings=many)))
    assert html.count("<li>") == MOST_FINDINGS
    assert "and 7 more" in html


def test_a_finding_cannot_bring_a_link_that_runs_something() -> None:
    evil = replace(CRITICAL, name="<b>x</b>", uri="javascript:alert(1)")
    html = findings_html([place()], facts(told(scan=BAD, findings=(evil,))))
    assert "javascript" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html


def test_a_fix_that_an_earlier_environment_runs_is_said_in_a_sentence() -> None:
    sentence = "runs 2 critical findings, 1.5.0 in stg has none"
    cell = Cell("1.4.2", State.BEHIND, fixed_earlier=sentence)
    html = "".join(render_cell("api", "prod", cell, facts(), NOW))
    assert "fix ready" in html
    assert sentence in html


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (84_300_000, "84 MB"),
        (1_240_000_000, "1.2 GB"),
    ],
)
def test_sizes_as_people_say_them(size: int | None, words: str) -> None:
    assert size_words(size) == words
