"""Relations of builds: equality by digest, else by version; then order."""

import pytest

from reldash.domain.builds.build import Build, build_of
from reldash.domain.builds.equality import Relation, agree, by_frequency, is_same, relate
from reldash.domain.builds.running import RunningBuilds
from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.versions.order import VersionOrder
from tests.unit.builders import REGISTRY, digest, image_id


def built(version: str, build: str | None = None, registry: str = REGISTRY) -> Build:
    """A build with the digest of `build`; without one, of which no digest is known."""
    image = f"{registry}/api:{version}"
    return build_of(image, image_id(image, build) if build else "")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        pytest.param(built("1.4.2", "x"), built("1.4.2", "x"), True, id="equal"),
        pytest.param(built("1.4.2", "x"), built("stable-7", "x"), True, id="retagged"),
        pytest.param(
            built("1.4.2", "x"),
            built("1.4.2", "x", registry="prod.example.com/cache"),
            True,
            id="another registry",
        ),
        pytest.param(built("1.4.2", "x"), built("1.4.2", "y"), False, id="rebuilt"),
        pytest.param(built("1.4.2"), built("1.4.2", "y"), True, id="one digest unknown"),
        pytest.param(built("1.4.2"), built("1.5.0"), False, id="no digest known"),
        pytest.param(
            built("1.4.2", "x"),
            build_of(f"{REGISTRY}/api:1.4.2", digest("configuration")),
            True,
            id="a manifest and a configuration are not compared",
        ),
    ],
)
def test_digests_decide_if_they_can_be_compared_else_the_version_does(
    a: Build, b: Build, same: bool
) -> None:
    assert is_same(a, b) is is_same(b, a) is same


def test_an_index_is_the_same_build_as_its_platforms_manifest() -> None:
    facts = RegistryFacts(
        kinds={digest("index"): DigestKind.INDEX, digest("arm"): DigestKind.MANIFEST},
        indexes={digest("index"): frozenset({digest("arm")})},
    )
    assert is_same(built("1.4.2", "index"), built("1.4.2", "arm"), facts)


@pytest.mark.parametrize(
    ("build", "other", "relation"),
    [
        (built("1.4.2", "x"), built("2.0.0", "x"), Relation.SAME),
        (built("1.4.2", "x"), built("1.4.2", "y"), Relation.REBUILT),
        (built("v1.4.2", "x"), built("1.4.2", "y"), Relation.REBUILT),
        (built("v1.4.2"), built("1.4.2"), Relation.SAME),
        (built("1.5.0", "x"), built("1.5.0-rc.2", "y"), Relation.FINAL),
        (built("1.5.0-rc.2", "x"), built("1.5.0", "y"), Relation.OLDER),
        (built("1.5.0", "x"), built("1.4.2", "y"), Relation.NEWER),
        (built("1.4.2-hotfix.1", "x"), built("1.4.2", "y"), Relation.NEWER),
        (built("1.10.0", "x"), built("1.9.0", "y"), Relation.NEWER),
        (built("1.4.2-alpine", "x"), built("1.5.0", "y"), Relation.OLDER),
        (built("1.4.2-alpine", "x"), built("1.4.2", "y"), Relation.DIFFERENT),
        (built("0.20.1-b524415", "x"), built("0.20.1-c634526", "y"), Relation.DIFFERENT),
        (built("1234567", "x"), built("7654321", "y"), Relation.DIFFERENT),
    ],
)
def test_builds_are_related_by_equality_first_and_then_by_order(
    build: Build, other: Build, relation: Relation
) -> None:
    assert relate(build, other, VersionOrder) is relation


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.4.2-dev", "1.4.2-prod"),
        ("1.4.2-stg", "1.4.2-prod"),
        ("dev-1.4.2", "1.4.2-prod"),
        ("stg-142", "prod-142"),
    ],
)
def test_one_version_made_for_two_places_is_never_rebuilt(one: str, other: str) -> None:
    """Each place has a build of its own by intention, so that unequal digests are no finding."""
    assert relate(built(one, "x"), built(other, "y"), VersionOrder) is Relation.SAME
    assert relate(built(other, "y"), built(one, "x"), VersionOrder) is Relation.SAME


def test_one_version_built_twice_for_the_same_place_is_rebuilt() -> None:
    builds = built("1.4.2-prod", "x"), built("prod-1.4.2", "y")
    assert relate(*builds, VersionOrder) is Relation.REBUILT


def test_the_order_is_not_computed_if_equality_decides() -> None:
    def never() -> VersionOrder:
        raise AssertionError("computed the order of equal builds")

    assert relate(built("1.4.2", "x"), built("1.5.0", "x"), never) is Relation.SAME


def test_builds_are_counted_by_place_and_copies_are_one() -> None:
    one, copy, other = built("1.4.2", "x"), built("1.4.2-copy", "x"), built("1.5.0", "y")
    assert by_frequency([(other,), (one,), (copy,)]) == ((one, 2), (other, 1))


@pytest.mark.parametrize(
    ("a", "b", "agrees"),
    [
        (("1.4.2",), ("1.4.2",), True),
        (("1.4.2",), ("1.5.0",), False),
        (("1.4.2", "1.5.0"), ("1.5.0",), True),
        (("1.4.2", "1.5.0"), ("1.5.0", "1.6.0"), False),
    ],
)
def test_places_agree_if_one_runs_all_decisive_builds_of_the_other(
    a: tuple[str, ...], b: tuple[str, ...], agrees: bool
) -> None:
    one, other = (
        RunningBuilds(builds, builds) for builds in (tuple(map(built, a)), tuple(map(built, b)))
    )
    assert agree(one, other) is agree(other, one) is agrees


def test_a_rolling_place_agrees_with_one_that_has_not_started() -> None:
    old, new = built("1.4.2", "x"), built("1.5.0", "y")
    assert agree(RunningBuilds((new,), (old, new)), RunningBuilds((old,), (old,)))
