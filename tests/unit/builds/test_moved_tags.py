"""Moved tags: pushed again; copies, platforms and promotions are none."""

from dataclasses import replace

import pytest

from reldash.domain.builds.build import Build, build_of
from reldash.domain.builds.moved_tags import moved_to
from reldash.domain.drift.states import Flag, State
from reldash.domain.images.references import DigestKind
from reldash.domain.matrix.cells import Cell, Matrix
from reldash.domain.registries.facts import ImageFacts, TagFact
from reldash.domain.workloads.observations import Observation
from tests.unit.builders import (
    REGISTRY,
    days_ago,
    digest,
    fleet_rules,
    image_id,
    minutes_ago,
    observation,
    running,
)
from tests.unit.matrix_builders import matrix_of
from tests.unit.registry_builders import (
    HERE,
    IMAGE,
    OVERSEAS,
    REPOSITORY,
    deployed,
    image,
    missing_image,
    registry_facts,
    tag,
)

DEV, STG, PROD = (deployed(name, "1.5.0", "old") for name in ("dev", "stg", "prod"))
PLATFORMS = {"linux/amd64": "amd", "linux/arm64": "arm", "unknown/unknown": "attestation"}


def cells(matrix: Matrix) -> list[Cell]:
    """All cells of the one service."""
    [row] = matrix.rows
    return [matrix.cell(row.service, column.key) for column in matrix.columns]


def test_a_tag_pushed_again_has_moved_even_if_all_pods_run_one_digest() -> None:
    facts = registry_facts(image("old"), image("new", "1.5.0"))

    for cell in cells(matrix_of([DEV, STG, PROD], facts=facts)):
        assert Flag.TAG_MOVED in cell.flags
        assert cell.drift
        assert cell.flag_reasons[Flag.TAG_MOVED].endswith(
            f"{IMAGE}:1.5.0 runs as {digest('old')[7:19]}, the registry has {digest('new')[7:19]}"
        )
        assert [place.current for place in cell.places] == [digest("new")]


@pytest.mark.parametrize(
    "answered",
    [
        pytest.param(
            [image("old"), image("new"), tag("1.5.0", "new")],
            id="answer on the tag",
        ),
        pytest.param(
            [missing_image("old"), image("new", "1.5.0")], id="the old build was deleted since"
        ),
        pytest.param(
            [missing_image("old"), image("new", "1.5.0", kind=DigestKind.INDEX)],
            id="deleted, and the new one has platforms",
        ),
        pytest.param(
            [image("old", children={"linux/amd64": "x"}), image("new", "1.5.0")],
            id="from several platforms to one",
        ),
        pytest.param(
            [image("old"), image("new", "1.5.0", children=PLATFORMS)],
            id="from one platform to several",
        ),
    ],
)
def test_a_moved_tag_is_seen_in_any_answer_of_the_registry(
    answered: list[ImageFacts | TagFact],
) -> None:
    for cell in cells(matrix_of([DEV, STG, PROD], facts=registry_facts(*answered))):
        assert Flag.TAG_MOVED in cell.flags


def test_a_tag_that_moves_on_is_flagged_where_the_old_build_still_runs() -> None:
    moved = [deployed("dev", "1.5.0", "new"), STG, PROD]
    dev, stg, prod = cells(
        matrix_of(moved, facts=registry_facts(image("old"), image("new", "1.5.0")))
    )

    assert Flag.TAG_MOVED not in dev.flags
    assert Flag.TAG_MOVED in stg.flags
    assert Flag.TAG_MOVED in prod.flags


NODES_OF_TWO_KINDS = replace(
    PROD,
    running=(running(f"{IMAGE}:1.5.0", build="amd"), running(f"{IMAGE}:1.5.0", build="arm")),
)
INDEX = image("index", "1.5.0", children=PLATFORMS)
MANIFESTS = [image(build) for build in PLATFORMS.values()]
UPSTREAM = "docker.io/library/redis:7.4.1"
CACHED = f"{HERE}/docker-hub/library/redis:7.4.1"


def redis(cluster: str, reference: str) -> Observation:
    return observation(cluster, image=reference, build="redis", service="redis")


@pytest.mark.parametrize(
    ("observed", "answered"),
    [
        pytest.param(
            [deployed(name, "1.5.0", "index") for name in ("dev", "stg", "prod")],
            [INDEX, *MANIFESTS],
            id="multi-arch, reported by its index",
        ),
        pytest.param(
            [deployed("dev", "1.5.0", "amd"), deployed("stg", "1.5.0", "arm"), NODES_OF_TWO_KINDS],
            [INDEX, *MANIFESTS],
            id="multi-arch, reported by its platforms",
        ),
        pytest.param(
            [
                deployed("dev", "1.5.0", "index"),
                deployed("stg", "1.5.0", "amd"),
                NODES_OF_TWO_KINDS,
            ],
            [INDEX, *MANIFESTS],
            id="multi-arch, reported by either",
        ),
        pytest.param(
            [deployed("dev", "1.5.0", "index"), deployed("stg", "1.5.0", "amd")],
            [image("index", "1.5.0", kind=DigestKind.INDEX), image("amd")],
            id="multi-arch, with manifests not known yet",
        ),
        pytest.param(
            [DEV, STG, deployed("prod", "1.5.0", "old", name=f"{OVERSEAS}/{REPOSITORY}")],
            [image("old", "1.5.0"), image("old", "1.5.0", registry=OVERSEAS)],
            id="a copy in another region's registry",
        ),
        pytest.param(
            [DEV, STG, deployed("prod", "1.5.0", "old", name=f"{OVERSEAS}/{REPOSITORY}")],
            [image("new", "1.6.0"), image("old", "1.5.0"), missing_image("old", registry=OVERSEAS)],
            id="a copy that was deleted over there",
        ),
        pytest.param(
            [redis("dev", UPSTREAM), redis("stg", CACHED), redis("prod", CACHED)],
            [image("redis", "7.4.1", repository="docker-hub/library/redis")],
            id="a pull-through copy",
        ),
        pytest.param(
            [DEV, STG, deployed("prod", "prod-2026-11-20", "old")],
            [image("old", "1.5.0", "prod-2026-11-20")],
            id="a retagged promotion",
        ),
        pytest.param(
            [DEV, STG, deployed("prod", "1.5.0", "old", name=f"{HERE}/released/api")],
            [image("old", "1.5.0"), image("old", "1.5.0", repository="released/api")],
            id="a promotion into another repository",
        ),
        pytest.param(
            [replace(o, image=f"{IMAGE}@{digest('old')}") for o in (DEV, STG, PROD)],
            [image("old", "1.5.0")],
            id="promoted by digest",
        ),
    ],
)
def test_one_build_from_another_registry_or_tag_neither_moved_nor_diverged(
    observed: list[Observation], answered: list[ImageFacts | TagFact]
) -> None:
    found = cells(matrix_of(observed, rules=fleet_rules(), facts=registry_facts(*answered)))

    states = [cell.state for cell in found if cell.places]
    assert states == [State.LEADING, *[State.IN_STEP] * (len(observed) - 1)]
    assert [cell.flags for cell in found if cell.places] == [()] * len(observed)
    assert not any(cell.drift for cell in found if cell.places)


@pytest.mark.parametrize(
    "answered",
    [
        pytest.param([], id="nothing known"),
        pytest.param([image("new", "1.5.0")], id="what runs was not read yet"),
        pytest.param([image("old"), tag("1.5.0", None)], id="the tag was deleted"),
        pytest.param([image("old")], id="no answer on the tag"),
        pytest.param([image("old", registry=OVERSEAS), image("new", "1.5.0")], id="elsewhere"),
        pytest.param(
            [image("old"), image("new", "1.5.0", kind=DigestKind.INDEX)],
            id="it may be a platform of what the tag names",
        ),
    ],
)
def test_a_tag_without_enough_facts_has_not_moved(
    answered: list[ImageFacts | TagFact],
) -> None:
    for cell in cells(matrix_of([DEV, STG, PROD], facts=registry_facts(*answered))):
        assert Flag.TAG_MOVED not in cell.flags


def test_a_build_deployed_after_the_last_registry_read_has_not_moved_its_tag() -> None:
    read_before = image("old", "1.5.0", fetched_at=minutes_ago(40))
    fresh = [deployed(name, "1.5.0", "fresh") for name in ("dev", "stg", "prod")]

    for cell in cells(matrix_of(fresh, facts=registry_facts(read_before))):
        assert cell.flags == ()


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(build_of(f"{IMAGE}:1.5.0@{digest('old')}"), id="a digest chose it"),
        pytest.param(build_of(f"{IMAGE}:1.5.0"), id="no digest is known"),
        pytest.param(build_of(f"{IMAGE}:1.5.0", digest("configuration")), id="a configuration"),
        pytest.param(build_of(f"{REGISTRY}/api:1.5.0", image_id(f"{REGISTRY}/api:1.5.0", "old"))),
    ],
)
def test_a_build_chosen_without_a_tag_of_this_registry_cannot_have_moved(build: Build) -> None:
    facts = registry_facts(image("old"), image("new", "1.5.0", pushed_at=days_ago(1)))

    assert moved_to(build, facts) == ""
