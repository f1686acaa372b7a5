"""Search for builds by part of a reference, and for images by findings of their scans."""

import pytest

from reldash.domain.registries.on_demand import ImageFindings
from reldash.domain.registries.scans import Finding, Severity
from reldash.store import Store
from tests.integration.store.reads import HOUR, History
from tests.integration.store.test_registry_store import COUNTED, DIGEST, HOST, IMAGE, REPOSITORY
from tests.unit.builders import digest, image_id, observation


@pytest.fixture
def fleet(history: History) -> Store:
    """Builds of two services and three versions."""
    history.read(observation(version="1.4.2"), observation(service="web", version="1_5"))
    history.read(observation(version="1.4.3"), observation(service="web", version="1_5"))
    return history.store


def found(store: Store, text: str, limit: int = 10) -> list[str]:
    return [build.image.rpartition("/")[2] for build in store.history.find_builds(text, limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api", ["api:1.4.2", "api:1.4.3"]),
        ("API:1.4.2", ["api:1.4.2"]),
        (" registry.example.com/shop/web ", ["web:1_5"]),
        (":1.4", ["api:1.4.2", "api:1.4.3"]),
        ("1_", ["web:1_5"]),
        ("1%", []),
        (digest("api:1.4.3"), ["api:1.4.3"]),
        (digest("api:1.4.3")[7:19].upper(), ["api:1.4.3"]),
        (f"shop/api:1.4.3@{digest('api:1.4.3')}", ["api:1.4.3"]),
        (image_id("registry.example.com/shop/web:1_5"), ["web:1_5"]),
        (f"shop/api:1.4.3@{digest('api:1.4.2')}", []),
        ("", []),
        ("  ", []),
        ("nothing of that name", []),
    ],
)
def test_a_part_of_reference_tag_or_digest_finds_builds(
    fleet: Store, text: str, expected: list[str]
) -> None:
    assert found(fleet, text) == expected


def test_the_number_of_results_is_limited(fleet: Store) -> None:
    assert found(fleet, "shop", limit=2) == ["api:1.4.2", "api:1.4.3"]


def test_whole_digests_find_their_builds_at_once(fleet: Store) -> None:
    wanted = [digest("api:1.4.3"), digest("api:1.4.2"), digest("nothing:1.0")]
    builds = [
        (of, build.image.rpartition("/")[2])
        for of, build in fleet.history.find_builds_by_digest(wanted, 9)
    ]
    assert builds == [(wanted[1], "api:1.4.2"), (wanted[0], "api:1.4.3")]
    assert len(fleet.history.find_builds_by_digest(wanted, 1)) == 1
    assert fleet.history.find_builds_by_digest([], 9) == []


def test_images_are_found_by_findings_with_the_worst_severity(store: Store) -> None:
    lease = store.leases.acquire("@registries", "tests", HOUR)
    assert lease is not None
    store.registries.save([IMAGE], [], [], lease)
    listed = (
        Finding("CVE-2026-1234", Severity.MEDIUM, "openssl", "3.0.1", ""),
        Finding("CVE-2026-1234", Severity.CRITICAL, "libssl", "3.0.1", ""),
        Finding("CVE-2026-9999", Severity.LOW, "zlib", "1.3", ""),
    )
    store.registries.save_findings(
        [ImageFindings(HOST, REPOSITORY, DIGEST, COUNTED, listed)], lease
    )
    where = (HOST, REPOSITORY, DIGEST)
    assert store.registries.find_images_with_finding("cve-2026-1234") == [
        (*where, Severity.CRITICAL)
    ]
    assert store.registries.find_images_with_finding("2026-99") == [(*where, Severity.LOW)]
    assert store.registries.find_images_with_finding("CVE-1999") == []
    assert store.registries.find_images_with_finding("") == []
