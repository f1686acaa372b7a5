"""Which images registries are asked for, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reldash.domain.images.ecr_names import EcrRegistry
from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import Child, ImageFacts, RegistryRead, TagFact
from reldash.services.registries.due import (
    RunningRow,
    due_images,
    indexes_wanted,
    transform_running,
)
from tests.unit.builders import NOW, digest

HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
REGISTRY = EcrRegistry("123456789012", "eu-west-1", HOST)
PLACE = (REGISTRY, "team/app")
APP = f"{HOST}/team/app"
ONE, TWO = digest("one"), digest("two")
TTL = timedelta(hours=1)


@pytest.mark.parametrize(
    ("row", "digests", "tags"),
    [
        (("dev", f"{APP}:1.0", f"{APP}:1.0", f"{APP}@{ONE}"), {ONE}, {"1.0"}),
        (("dev", f"{APP}:1.0", None, None), set(), {"1.0"}),
        (("dev", f"{APP}:1.1", f"{APP}:1.0", f"{APP}@{ONE}"), {ONE}, {"1.0", "1.1"}),
        (("dev", f"{APP}:1.0", f"{APP}:1.0", ""), set(), {"1.0"}),
        (("dev", f"{APP}:1.0@{ONE}", None, None), {ONE}, set()),
        # A digest of a configuration is none of a registry.
        (("dev", f"{APP}:1.0", f"{APP}:1.0", ONE), set(), {"1.0"}),
        # The node knows the image by another of its names.
        (("dev", f"{APP}:1.0", f"{APP}:1.0", f"other.example.com/app@{ONE}"), {ONE}, {"1.0"}),
        # A mirror of the node pulls from ECR what names another registry.
        (("dev", "docker.io/team/app:1.0", "docker.io/team/app:1.0", f"{APP}@{ONE}"), {ONE}, set()),
    ],
)
def test_what_runs_is_wanted_by_digest_and_tag(
    row: RunningRow, digests: set[str], tags: set[str]
) -> None:
    running = transform_running([row])
    assert running.digests.get(PLACE, frozenset()) == digests
    assert running.tags.get(PLACE, frozenset()) == tags
    assert running.clusters == {REGISTRY: ("dev",)}


@pytest.mark.parametrize("image", ["redis:7", "public.ecr.aws/team/app:1.0", "not an image", ""])
def test_nothing_is_wanted_of_other_registries(image: str) -> None:
    assert transform_running([("dev", image, image, f"redis@{ONE}")]).repositories == []


RUNNING = transform_running(
    [
        ("dev", f"{APP}:1", f"{APP}:1", f"{APP}@{ONE}"),
        ("dev", f"{APP}:2", f"{APP}:2", f"{APP}@{TWO}"),
    ]
)


def image(of: str, age: timedelta, **fields: object) -> ImageFacts:
    known = ImageFacts(
        HOST,
        "team/app",
        of,
        DigestKind.MANIFEST,
        NOW,
        1,
        (),
        None,
        None,
        None,
        NOW - age,
    )
    return replace(known, **fields)  # type: ignore[arg-type] # of its fields


def tag(name: str, age: timedelta, of: str = ONE) -> TagFact:
    return TagFact(HOST, "team/app", name, of, NOW - age)


def due(
    images: list[ImageFacts], tags: list[TagFact], reads: tuple[RegistryRead, ...] = ()
) -> tuple[set[str], set[str]] | None:
    """Digests and tags of the one repository; None where it is not asked."""
    found = due_images(RUNNING, images, tags, reads, TTL, NOW)
    if not found:
        return None
    (one,) = found
    return set(one.digests), set(one.tags)


FRESH = timedelta(minutes=5)
HALF = timedelta(minutes=31)
OLD = timedelta(minutes=61)


def test_what_is_not_known_is_due() -> None:
    assert due([], []) == ({ONE, TWO}, {"1", "2"})


def test_nothing_is_due_within_the_time_to_live() -> None:
    images = [image(ONE, HALF), image(TWO, FRESH)]
    assert due(images, [tag("1", HALF), tag("2", FRESH)]) is None


def test_what_will_soon_be_due_goes_along() -> None:
    images = [image(ONE, OLD), image(TWO, HALF)]
    assert due(images, [tag("1", FRESH), tag("2", HALF)]) == ({ONE, TWO}, {"2"})


def test_facts_of_the_future_are_not_relied_on() -> None:
    images = [image(ONE, -OLD), image(TWO, FRESH)]
    assert due(images, [tag("1", FRESH), tag("2", FRESH)]) == ({ONE}, set())


def test_an_image_that_was_deleted_is_asked_for_once_a_day() -> None:
    tags = [tag("1", FRESH), tag("2", FRESH)]
    gone = image(ONE, timedelta(hours=23), missing=True)
    assert due([gone, image(TWO, FRESH)], tags) is None
    assert due([replace(gone, fetched_at=NOW - timedelta(hours=25)), image(TWO, FRESH)], tags) == (
        {ONE},
        set(),
    )


def test_the_platforms_of_an_index_are_asked_for_with_it_but_no_attestation() -> None:
    children = (Child(digest("amd64"), "linux/amd64"), Child(digest("proof"), "unknown/unknown"))
    index = image(ONE, FRESH, kind=DigestKind.INDEX, children=children)
    tags = [tag("1", FRESH), tag("2", FRESH)]
    assert due([index, image(TWO, FRESH)], tags) == ({digest("amd64")}, set())


def read(repository: str, minutes: float) -> RegistryRead:
    at = NOW - timedelta(minutes=minutes)
    return RegistryRead(HOST, repository, at, None, "Not allowed by AWS", "why", "mend")


@pytest.mark.parametrize(
    ("failed", "asked"),
    [
        (read("", 0.5), False),
        (read("", 1.5), True),
        (read("team/app", 5), False),
        (read("team/app", 11), True),
        (read("team/other", 0.5), True),
    ],
)
def test_what_failed_rests_a_while(failed: RegistryRead, asked: bool) -> None:
    assert (due([], [], (failed,)) is not None) == asked


def test_what_refused_comes_last_so_that_it_never_keeps_others_from_their_turn() -> None:
    names = ["a", "b", "c", "d"]
    running = transform_running([("dev", f"{HOST}/team/{each}:1", None, None) for each in names])
    reads = [read("team/a", 60), read("team/c", 60)]
    found = due_images(running, [], [], reads, TTL, NOW)
    assert [each.repository for each in found] == ["team/b", "team/d", "team/a", "team/c"]


def test_a_failure_is_not_shown_past_its_end_for_want_of_something_due() -> None:
    images, tags = [image(ONE, HALF), image(TWO, FRESH)], [tag("1", FRESH), tag("2", FRESH)]
    assert due(images, tags, (read("", 2),)) == ({ONE}, set())
    assert due(images, tags, (read("team/app", 11),)) == ({ONE}, set())


def test_an_index_beside_a_manifest_of_the_same_name_is_taken_apart() -> None:
    index, manifest = image(ONE, FRESH, kind=DigestKind.INDEX), image(TWO, FRESH)
    assert indexes_wanted(RUNNING, [index, manifest], []) == {ONE}
    assert indexes_wanted(RUNNING, [replace(index, children=()), manifest], []) == set()
    assert indexes_wanted(RUNNING, [replace(index, missing=True), manifest], []) == set()


def test_every_running_index_is_taken_apart_since_its_platforms_are_scanned() -> None:
    index = image(ONE, FRESH, kind=DigestKind.INDEX)
    assert indexes_wanted(RUNNING, [index, replace(index, digest=TWO)], []) == {ONE, TWO}
    assert indexes_wanted(RUNNING, [replace(index, digest=digest("old"))], []) == set()


def test_an_index_that_a_tag_leads_to_is_taken_apart_beside_a_running_manifest() -> None:
    index = image(digest("index"), FRESH, kind=DigestKind.INDEX)
    tags = [tag("1", FRESH, digest("index"))]
    images = [index, image(ONE, FRESH), image(TWO, FRESH)]
    assert indexes_wanted(RUNNING, images, tags) == {digest("index")}
