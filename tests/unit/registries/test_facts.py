"""Merging the answers of registries, of several times and copies."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import NO_FACTS, Child, ImageFacts, TagFact
from reldash.domain.registries.merge import transform_facts
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity
from tests.unit.builders import NOW, days_ago, digest, minutes_ago
from tests.unit.registry_builders import (
    HERE,
    IMAGE,
    OVERSEAS,
    REPOSITORY,
    image,
    missing_image,
    registry_facts,
    scan,
    tag,
)

A, B = digest("a"), digest("b")
FINDING = Finding("CVE-2026-1234", Severity.CRITICAL, "openssl", "3.0.1", "https://example.com")

builds = st.sampled_from("abcd")
moments = st.integers(0, 9).map(minutes_ago)
scans = st.none() | st.builds(
    Scan,
    status=st.sampled_from(ScanStatus),
    counts=st.dictionaries(st.sampled_from(Severity), st.integers(0, 9)),
    scanned_at=st.none() | moments,
)
images = st.builds(
    lambda build, tags, missing, **fields: (
        missing_image(build, registry=fields["registry"], fetched_at=fields["fetched_at"])
        if missing and not tags
        else image(build, *tags, missing=missing, **fields)
    ),
    build=builds,
    tags=st.sets(st.sampled_from(["1", "2"]), max_size=2).map(sorted),
    missing=st.booleans(),
    registry=st.sampled_from([HERE, OVERSEAS]),
    kind=st.none() | st.sampled_from([DigestKind.INDEX, DigestKind.MANIFEST]),
    pushed_at=st.none() | moments,
    size=st.none() | st.integers(1, 9),
    scan=scans,
    findings=st.none() | st.just((FINDING,)),
    fetched_at=moments,
)
answers = st.lists(images, max_size=8, unique_by=lambda i: (i.registry, i.digest, i.fetched_at))
tags = st.lists(
    st.builds(tag, st.sampled_from(["1", "2"]), st.none() | builds, at=moments),
    max_size=6,
    unique_by=lambda t: (t.tag, t.fetched_at),
)


@given(answers, tags, st.randoms())
def test_the_order_of_answers_does_not_matter(
    known: list[ImageFacts], tags: list[TagFact], random: object
) -> None:
    expected = transform_facts(known, tags, ())
    for shuffled in (known, tags):
        random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as object

    assert transform_facts(known, tags, ()) == expected


@given(answers, tags)
def test_facts_contain_no_more_than_the_latest_answers(
    known: list[ImageFacts], tags: list[TagFact]
) -> None:
    facts = transform_facts(known, tags, ())
    latest = {(i.name, i.digest): i for i in sorted(known, key=lambda i: i.fetched_at)}

    assert facts.held == {key: not i.missing for key, i in latest.items()}
    for value in {digest(build) for build in "abcd"}:
        copies = [i for i in latest.values() if i.digest == value]
        pushes = [i.pushed_at for i in copies if i.pushed_at]
        assert facts.pushed_at(value) == min(pushes, default=None)
        assert (facts.kind(value) is None) == all(i.kind is None for i in copies)
        known_scans = [i.scan for i in copies if i.scan]
        scan = facts.scan_of(value)
        if scan is not None:
            assert scan in known_scans
        else:
            assert not known_scans or facts.kind(value) is DigestKind.INDEX
    for (name, label), value in facts.tags.items():
        assert (name, label) not in facts.missing
        now = latest.get((name, value))
        agreeing = [t for t in tags if (t.name, t.tag, t.digest) == (name, label, value)]
        assert agreeing or (now is not None and label in now.tags and not now.missing)


def test_without_answers_there_are_no_facts() -> None:
    assert transform_facts((), (), ()) == NO_FACTS


def test_facts_of_copies_are_merged_and_the_earliest_push_counts() -> None:
    facts = registry_facts(
        image("a", "1", kind=None, pushed_at=days_ago(2), scan=Scan(ScanStatus.NOT_SCANNED)),
        image("a", "1", registry=OVERSEAS, pushed_at=days_ago(5), size=None, scan=scan(1)),
    )

    assert facts.pushed_at(A) == days_ago(5)
    assert facts.kind(A) is DigestKind.MANIFEST
    assert facts.sizes[A] == 50_000_000
    assert facts.scan_of(A) == scan(1)


@pytest.mark.parametrize(
    ("scan", "other", "expected"),
    [
        pytest.param(
            scan(1, scanned_at=days_ago(1)),
            scan(9, scanned_at=days_ago(3)),
            scan(1, scanned_at=days_ago(1)),
            id="the latest scan",
        ),
        pytest.param(
            Scan(ScanStatus.UNCOUNTED, scanned_at=NOW),
            scan(9, scanned_at=days_ago(3)),
            scan(9, scanned_at=days_ago(3)),
            id="scan before uncounted",
        ),
        pytest.param(
            Scan(ScanStatus.FAILED), Scan(ScanStatus.NOT_SCANNED), Scan(ScanStatus.FAILED)
        ),
        pytest.param(None, Scan(ScanStatus.NOT_SCANNED), Scan(ScanStatus.NOT_SCANNED)),
    ],
)
def test_of_copies_the_scan_with_most_information_counts(
    scan: Scan | None, other: Scan | None, expected: Scan
) -> None:
    facts = registry_facts(image("a", scan=scan), image("a", registry=OVERSEAS, scan=other))

    assert facts.scan_of(A) == expected


INDEX = {"linux/amd64": "amd", "linux/arm64": "arm", "unknown/unknown": "attestation"}


@pytest.mark.parametrize(
    ("amd", "arm", "expected"),
    [
        (scan(1, 4), scan(2, 3), scan(2, 4)),
        (
            scan(1),
            Scan(ScanStatus.NOT_SCANNED),
            Scan(ScanStatus.NOT_SCANNED, scan(1).counts),
        ),
        (scan(1), None, Scan(ScanStatus.UNCOUNTED, scan(1).counts)),
        (None, None, None),
    ],
)
def test_the_scan_of_an_index_is_the_worst_of_its_platforms_without_attestations(
    amd: Scan | None, arm: Scan | None, expected: Scan | None
) -> None:
    facts = registry_facts(
        image("index", "1", children=INDEX, scan=Scan(ScanStatus.FAILED, message="unsupported")),
        image("amd", scan=amd),
        image("arm", scan=arm),
        image("attestation", scan=Scan(ScanStatus.FAILED)),
    )

    assert facts.scan_of(digest("index")) == expected


def test_an_index_that_the_registry_counted_itself_needs_no_platforms() -> None:
    facts = registry_facts(image("index", children=INDEX, scan=scan(1)))

    assert facts.scan_of(digest("index")) == scan(1)


def test_an_index_whose_manifests_are_not_known_is_not_called_unscanned() -> None:
    unscanned = image("index", kind=DigestKind.INDEX, scan=Scan(ScanStatus.NOT_SCANNED))

    assert registry_facts(unscanned).scan_of(digest("index")) is None


def test_the_manifests_of_an_index_are_known_with_their_platforms() -> None:
    facts = registry_facts(image("index", children=INDEX))

    assert facts.children(digest("index")) == {digest(build) for build in INDEX.values()}
    assert Child(digest("arm"), "linux/arm64") in facts.platforms[digest("index")]


def test_findings_are_those_of_the_scan_that_counts() -> None:
    facts = registry_facts(
        image("a", scan=scan(1), findings=(FINDING,)),
        image("a", registry=OVERSEAS, scan=Scan(ScanStatus.NOT_SCANNED), findings=()),
        image("b", findings=None),
    )

    assert facts.findings == {A: (FINDING,)}


KEY = (IMAGE, "1")


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        pytest.param([image("a", "1")], A, id="an image tells its tags"),
        pytest.param([tag("1", "a")], A, id="tags by name"),
        pytest.param([image("a", "1", fetched_at=minutes_ago(9)), tag("1", "b")], B, id="moved"),
        pytest.param([image("a", "1", fetched_at=minutes_ago(9)), image("b", "1")], B, id="latest"),
        pytest.param([tag("1", "a", at=minutes_ago(9)), image("a")], None, id="refuted"),
        pytest.param(
            [tag("1", "a", at=minutes_ago(9)), missing_image("a")], None, id="deleted since"
        ),
        pytest.param([image("a"), tag("1", "a")], A, id="tags in the same moment"),
        pytest.param([tag("1", "a", repository="shop/web")], None, id="of another repository"),
        pytest.param([image("a", "1", registry=OVERSEAS)], None, id="of another registry"),
    ],
)
def test_a_tag_points_where_the_latest_answer_says(
    answered: list[ImageFacts | TagFact], expected: str | None
) -> None:
    assert registry_facts(*answered).tag_digest(*KEY) == expected


@pytest.mark.parametrize(
    ("answered", "missing"),
    [
        ([tag("1", None)], True),
        ([image("a", "1", fetched_at=minutes_ago(9)), tag("1", None)], True),
        ([tag("1", None, at=minutes_ago(9)), image("a", "1")], False),
        ([], False),
    ],
)
def test_a_tag_is_missing_only_where_the_registry_said_so_last(
    answered: list[ImageFacts | TagFact], missing: bool
) -> None:
    facts = registry_facts(*answered)

    assert (KEY in facts.missing) is missing
    assert not (missing and facts.tag_digest(*KEY))


def test_a_digest_is_held_missing_or_unknown_by_repository() -> None:
    facts = registry_facts(image("a"), missing_image("b"), missing_image("a", registry=OVERSEAS))

    assert facts.held == {
        (IMAGE, A): True,
        (IMAGE, B): False,
        (f"{OVERSEAS}/{REPOSITORY}", A): False,
    }
    assert facts.pushed_at(B) is None


def test_of_a_deleted_image_all_is_kept_but_its_tags() -> None:
    deleted = image("a", "1", scan=scan(1), missing=True)
    facts = registry_facts(deleted, tag("1", "a", at=minutes_ago(9)))

    assert (facts.pushed_at(A), facts.scan_of(A)) == (days_ago(5), scan(1))
    assert facts.held == {(IMAGE, A): False}
    assert facts.tags == {}
    assert registry_facts(deleted, image("b", "1", fetched_at=minutes_ago(9))).tags == {
        (IMAGE, "1"): B
    }


def test_of_two_answers_on_an_image_the_later_counts() -> None:
    before = image("a", "1", fetched_at=NOW - timedelta(hours=2), scan=scan(9))

    assert registry_facts(image("a", "2", scan=scan(1)), before).scan_of(A) == scan(1)
    assert registry_facts(image("a", "2"), before).tags == {(IMAGE, "2"): A}
