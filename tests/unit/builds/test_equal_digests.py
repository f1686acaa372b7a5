"""Digests of image ids: which can be compared, and which are of the same build."""

from datetime import UTC, datetime

import pytest

from reldash.domain.builds.equal_digests import comparable, same_build
from reldash.domain.images.references import Digest, DigestKind, parse_image_id, short_digest
from reldash.domain.registries.facts import NO_FACTS, RegistryFacts

A, B, C, D = (f"sha256:{letter * 64}" for letter in "abcd")


@pytest.mark.parametrize(
    ("image_id", "digest"),
    [
        (f"r.io/team/app@{A}", Digest(A, "r.io/team/app", DigestKind.REPO)),
        (f"redis@{A}", Digest(A, "docker.io/library/redis", DigestKind.REPO)),
        (f"docker-pullable://r.io/app@{A}", Digest(A, "r.io/app", DigestKind.REPO)),
        (f"docker://{A}", Digest(A, None, DigestKind.CONFIG)),
        (A, Digest(A, None, DigestKind.CONFIG)),
        ("a" * 64, Digest(A, None, DigestKind.CONFIG)),
        (f"Not/A/Name@{A}", Digest(A, None, DigestKind.REPO)),
        ("", None),
        ("redis:7", None),
        ("sha256:abc", None),
        ("redis@sha256:abc", None),
        (f"redis@sha256:{'A' * 64}", None),
    ],
)
def test_an_image_id_gives_its_digest_with_repository_and_kind(
    image_id: str, digest: Digest | None
) -> None:
    assert parse_image_id(image_id) == digest


def test_a_short_digest_is_twelve_digits_without_the_algorithm() -> None:
    assert short_digest("sha256:0123456789abcdef") == "0123456789ab"


def repo(value: str, repository: str = "r.io/team/app") -> Digest:
    return Digest(value, repository, DigestKind.REPO)


def config(value: str) -> Digest:
    return Digest(value, None, DigestKind.CONFIG)


INDEX_A = RegistryFacts(
    kinds={A: DigestKind.INDEX, B: DigestKind.MANIFEST, C: DigestKind.MANIFEST},
    indexes={A: frozenset({B})},
)
TWO_PLATFORMS = RegistryFacts(
    kinds={A: DigestKind.INDEX, B: DigestKind.MANIFEST, C: DigestKind.MANIFEST},
    indexes={A: frozenset({B, C})},
    parents={B: frozenset({A}), C: frozenset({A})},
)
UNREAD_INDEX_A = RegistryFacts(kinds={A: DigestKind.INDEX, B: DigestKind.MANIFEST})


@pytest.mark.parametrize(
    ("a", "b", "facts", "expected"),
    [
        # Equal digests are one build, wherever they came from: a retagged promotion.
        (repo(A), repo(A), NO_FACTS, True),
        (repo(A, "r-dev.io/dev/app"), repo(A, "r-prod.io/prod/app"), NO_FACTS, True),
        (repo(A, "r.io/x"), repo(A, "r.io/y"), NO_FACTS, True),
        # Copies of one image that differ are different builds.
        (repo(A), repo(B), NO_FACTS, False),
        (repo(A, "r-dev.io/dev/app"), repo(B, "r-prod.io/prod/app"), NO_FACTS, False),
        (config(A), config(B), NO_FACTS, False),
        # Unlike things say nothing by being different.
        (repo(A), config(B), NO_FACTS, None),
        (repo(A, "r.io/x"), repo(B, "r.io/y"), NO_FACTS, None),
        # An index is what its platform manifests are, once its children are known.
        (repo(A), repo(B), INDEX_A, True),
        (repo(B), repo(A), INDEX_A, True),
        (repo(A), repo(C), INDEX_A, False),
        (repo(B), repo(C), INDEX_A, False),
        (repo(A, "r.io/x"), repo(B, "r.io/y"), INDEX_A, True),
        (repo(A), repo(B), UNREAD_INDEX_A, None),
        (repo(A), repo(C), UNREAD_INDEX_A, None),
        # So are its platform manifests to each other; and what is none of them is another build.
        (repo(B), repo(C), TWO_PLATFORMS, True),
        (repo(A), repo(D), TWO_PLATFORMS, False),
        (repo(B), repo(D), TWO_PLATFORMS, None),
        (repo(A), config(D), TWO_PLATFORMS, None),
    ],
)
def test_only_digests_of_one_kind_show_different_builds(
    a: Digest, b: Digest, facts: RegistryFacts, expected: bool | None
) -> None:
    assert comparable(a, b, facts) is (expected is not None)
    assert comparable(b, a, facts) is (expected is not None)
    assert same_build({a}, {b}, facts) is expected
    assert same_build({b}, {a}, facts) is expected


def test_one_common_digest_makes_two_places_the_same_build() -> None:
    assert same_build([repo(A), repo(B)], [repo(B), repo(C)]) is True


def test_incomparable_digests_do_not_hide_a_difference() -> None:
    assert same_build([repo(A), config(A)], [repo(B)]) is False


def test_places_without_digests_cannot_be_compared() -> None:
    assert same_build([], [repo(A)]) is None


def test_without_facts_everything_is_unknown() -> None:
    assert NO_FACTS.pushed_at(A) is None
    assert NO_FACTS.kind(A) is None
    assert NO_FACTS.children(A) == frozenset()
    assert NO_FACTS.tag_digest("r.io/app", "1") is None


def test_facts_are_looked_up_by_digest_and_by_tag() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    facts = RegistryFacts(pushes={A: at}, tags={("r.io/app", "1"): A})
    assert facts.pushed_at(A) == at
    assert facts.tag_digest("r.io/app", "1") == A
