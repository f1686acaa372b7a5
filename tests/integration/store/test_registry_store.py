"""Registry data stays through failures, and when it is no longer reported."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts, RegistryRead, TagFact
from reldash.domain.registries.on_demand import ImageDetail, ImageFindings
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity
from reldash.store import Lease, LeaseLostError, Store
from tests.integration.store.reads import HOUR, MINUTE
from tests.unit.builders import NOW

HOST, REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "team/payments"
DIGEST = f"sha256:{1:064x}"
COUNTED = Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 2, Severity.UNTRIAGED: 1}, NOW, "ended")
IMAGE = ImageFacts(
    HOST,
    REPOSITORY,
    DIGEST,
    DigestKind.INDEX,
    NOW - HOUR,
    12_345,
    ("1.5.0", "latest"),
    COUNTED,
    None,
    None,
    NOW,
)
TAG = TagFact(HOST, REPOSITORY, "1.5.0", DIGEST, NOW)
REACHED = RegistryRead(HOST, "", NOW, NOW)
FAILED = RegistryRead(HOST, "", NOW + MINUTE, None, "AWS not reached", "why", "look")
CVE = Finding("CVE-2026-1234", Severity.CRITICAL, "openssl", "3.0.1", "https://cve.example.com")


@pytest.fixture
def lease(store: Store) -> Lease:
    """The right to write what registries told."""
    found = store.leases.acquire("@registries", "tests", HOUR)
    assert found is not None
    return found


def known(store: Store) -> ImageFacts:
    (image,) = store.registries.load_rows()[0]
    return image


def test_registry_data_is_read_back(store: Store, lease: Lease) -> None:
    store.registries.save([IMAGE], [TAG], [REACHED], lease)
    assert store.registries.load_rows() == ([IMAGE], [TAG], [REACHED])


def test_a_snapshot_carries_the_facts(store: Store, lease: Lease) -> None:
    store.registries.save([IMAGE], [TAG], [REACHED], lease)
    facts = store.snapshots.load([]).facts
    assert facts.pushed_at(DIGEST) == NOW - HOUR
    assert facts.tag_digest(f"{HOST}/{REPOSITORY}", "1.5.0") == DIGEST
    assert facts.reads[HOST, ""] == REACHED


def test_a_snapshot_carries_the_facts_of_its_instant(store: Store, lease: Lease) -> None:
    store.registries.save([IMAGE], [TAG], [REACHED], lease)
    first = store.snapshots.load([])
    assert store.snapshots.load([]).facts is first.facts  # they did not move
    store.registries.save([], [replace(TAG, digest=None)], [FAILED], lease)
    facts = store.snapshots.load([]).facts
    assert facts.tag_digest(f"{HOST}/{REPOSITORY}", "1.5.0") is None
    assert facts.reads[HOST, ""].title == "AWS not reached"


def test_a_failure_keeps_facts_and_the_time_of_the_last_answer(store: Store, lease: Lease) -> None:
    store.registries.save([IMAGE], [TAG], [REACHED], lease)
    store.registries.save([], [], [FAILED], lease)
    images, tags, (read,) = store.registries.load_rows()
    assert (images, tags) == ([IMAGE], [TAG])
    assert read == replace(FAILED, reached_at=NOW)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (None, COUNTED),
        (Scan(ScanStatus.UNCOUNTED), COUNTED),
        (Scan(ScanStatus.NOT_SCANNED), Scan(ScanStatus.NOT_SCANNED)),
        (Scan(ScanStatus.COUNTED, {}, NOW), Scan(ScanStatus.COUNTED, {}, NOW)),
    ],
    ids=["nothing", "not counted", "not scanned", "counted anew"],
)
def test_counts_stay_until_better_ones_are_read(
    store: Store, lease: Lease, told: Scan | None, kept: Scan
) -> None:
    store.registries.save([IMAGE], [], [], lease)
    store.registries.save([replace(IMAGE, scan=told)], [], [], lease)
    assert known(store).scan == kept


def test_children_and_findings_stay_when_the_image_is_read_again(
    store: Store, lease: Lease
) -> None:
    children = (Child(f"sha256:{2:064x}", "linux/amd64"),)
    store.registries.save([IMAGE], [], [], lease)
    store.registries.save_children({DIGEST: children}, lease)
    found = ImageFindings(HOST, REPOSITORY, DIGEST, COUNTED, (CVE,))
    store.registries.save_findings([found], lease)
    store.registries.save([replace(IMAGE, fetched_at=NOW + HOUR)], [], [], lease)
    expected = replace(IMAGE, children=children, findings=(CVE,), fetched_at=NOW + HOUR)
    assert known(store) == expected


def test_a_deleted_image_keeps_what_was_known_of_it(store: Store, lease: Lease) -> None:
    store.registries.save([IMAGE], [], [], lease)
    gone = replace(IMAGE, kind=None, pushed_at=None, size=None, tags=(), scan=None, missing=True)
    store.registries.save([gone], [], [], lease)
    assert known(store) == replace(IMAGE, tags=(), missing=True)


def saved_again(store: Store, lease: Lease) -> None:
    again = NOW + HOUR
    store.registries.save(
        [replace(IMAGE, fetched_at=again)],
        [replace(TAG, fetched_at=again)],
        [replace(REACHED, attempted_at=again, reached_at=again)],
        lease,
    )


MOVES: dict[str, Callable[[Store, Lease], None]] = {
    "another scan": lambda s, lease: s.registries.save(
        [replace(IMAGE, scan=Scan(ScanStatus.NOT_SCANNED))], [], [], lease
    ),
    "a tag pushed again": lambda s, lease: s.registries.save(
        [], [replace(TAG, digest=f"sha256:{9:064x}")], [], lease
    ),
    "a tag gone": lambda s, lease: s.registries.save([], [replace(TAG, digest=None)], [], lease),
    "a failure": lambda s, lease: s.registries.save([], [], [FAILED], lease),
    "children": lambda s, lease: s.registries.save_children({DIGEST: ()}, lease),
    "findings": lambda s, lease: s.registries.save_findings(
        [ImageFindings(HOST, REPOSITORY, DIGEST, COUNTED, ())], lease
    ),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_the_revision_moves_with_news(
    store: Store, lease: Lease, move: Callable[[Store, Lease], None]
) -> None:
    store.registries.save([IMAGE], [TAG], [REACHED], lease)
    before = store.cache_key.load()
    move(store, lease)
    assert store.cache_key.load() > before


def test_the_revision_stands_while_only_times_move(store: Store, lease: Lease) -> None:
    store.registries.save([IMAGE], [TAG], [REACHED], lease)
    before = store.cache_key.load()
    saved_again(store, lease)
    assert store.cache_key.load() == before
    assert known(store).fetched_at == NOW + HOUR


def test_a_holder_whose_lease_has_ended_writes_nothing(store: Store, lease: Lease) -> None:
    store.leases.release(lease)
    store.leases.acquire("@registries", "another", HOUR)
    writes: list[Callable[[], None]] = [
        lambda: store.registries.save([IMAGE], [], [], lease),
        lambda: store.registries.save_children({DIGEST: ()}, lease),
        lambda: store.registries.save_findings([], lease),
        lambda: store.registries.mark_needed([], [], HOUR, lease),
    ]
    for write in writes:
        with pytest.raises(LeaseLostError):
            write()
    assert store.registries.load_rows()[0] == []


def test_repeated_requests_are_recorded_once(store: Store) -> None:
    assert store.registries.request_detail([DIGEST, DIGEST], ImageDetail.FINDINGS)
    assert not store.registries.request_detail([DIGEST], ImageDetail.FINDINGS)
    assert store.registries.request_detail([DIGEST], ImageDetail.CHILDREN)
    assert {each.detail for each in store.registries.load_requested()} == set(ImageDetail)


def test_a_detail_that_was_read_is_due_again_after_another_request(
    store: Store, lease: Lease, connection: Any
) -> None:
    store.registries.request_detail([DIGEST], ImageDetail.FINDINGS)
    (wanted,) = store.registries.load_requested()
    assert (wanted.last_tried, wanted.known) == (None, False)
    store.registries.save_attempts([wanted], lease)
    assert store.registries.load_requested() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_looks SET wanted_at = wanted_at - interval '1 hour'")
        cursor.execute("UPDATE registry_looks SET attempted_at = attempted_at - interval '1 hour'")
    assert store.registries.request_detail([DIGEST], ImageDetail.FINDINGS)
    (again,) = store.registries.load_requested()
    assert again.last_tried is not None
    assert HOUR <= again.last_tried < HOUR + MINUTE
    assert not again.known
    store.registries.save([IMAGE], [], [], lease)
    store.registries.save_findings([ImageFindings(HOST, REPOSITORY, DIGEST, COUNTED, ())], lease)
    (told,) = store.registries.load_requested()
    assert told.known


def test_only_unneeded_images_and_tags_are_deleted(
    store: Store, lease: Lease, connection: Any
) -> None:
    old = replace(IMAGE, digest=f"sha256:{7:064x}")
    store.registries.save([IMAGE, old], [TAG, replace(TAG, tag="old")], [], lease)
    with connection.cursor() as cursor:
        for table in ("registry_images", "registry_tags"):
            cursor.execute(f"UPDATE {table} SET seen_at = seen_at - interval '31 days'")  # noqa: S608 - names of ours
    store.registries.mark_needed([DIGEST], [(HOST, REPOSITORY, "1.5.0")], timedelta(days=30), lease)
    images, tags, _ = store.registries.load_rows()
    assert [image.digest for image in images] == [DIGEST]
    assert tags == [TAG]
