"""Builds that nothing else orders are ordered by when they were first pushed."""

from collections.abc import Callable
from typing import Any

import pytest

from reldash.domain.drift.states import State
from reldash.domain.matrix.cells import Cell
from reldash.domain.registries.facts import ImageFacts
from reldash.domain.workloads.observations import Observation, Running
from tests.unit.builders import NOW, days_ago, digest, observation, running, sighting
from tests.unit.matrix_builders import matrix_of
from tests.unit.registry_builders import (
    IMAGE,
    OVERSEAS,
    REPOSITORY,
    deployed,
    image,
    registry_facts,
)

OLDER, NEWER = "9f3c2ab", "1b07de4"  # commits: their text says nothing of their order
PUSHED = [
    image("first", OLDER, pushed_at=days_ago(9)),
    image("second", NEWER, pushed_at=days_ago(2)),
]


def prod_against_stg(
    stg: Observation, prod: Observation, *answered: ImageFacts, **arguments: Any
) -> Cell:
    [row] = (found := matrix_of([stg, prod], facts=registry_facts(*answered), **arguments)).rows
    return found.cell(row.service, "prod")


def test_a_commit_pushed_before_that_of_its_baseline_is_behind() -> None:
    cell = prod_against_stg(
        deployed("stg", NEWER, "second"), deployed("prod", OLDER, "first"), *PUSHED
    )

    assert (cell.state, cell.method) == (State.BEHIND, "push time")
    assert cell.reason == f"prod runs {OLDER}, stg {NEWER}: 1 release behind, by push time"
    assert cell.pushed_at == days_ago(9)


def test_a_commit_pushed_after_that_of_its_baseline_is_ahead() -> None:
    cell = prod_against_stg(
        deployed("stg", OLDER, "first"), deployed("prod", NEWER, "second"), *PUSHED
    )

    assert (cell.state, cell.method) == (State.AHEAD, "push time")
    assert cell.reason == f"prod runs {NEWER}, stg {OLDER}: 1 release ahead, by push time"
    assert cell.pushed_at == days_ago(2)


def test_without_a_registry_nothing_orders_them() -> None:
    cell = prod_against_stg(deployed("stg", NEWER, "second"), deployed("prod", OLDER, "first"))

    assert (cell.state, cell.method) == (State.DIVERGED, "")


def test_the_earliest_push_over_all_copies_of_a_digest_counts() -> None:
    """A promotion copies the older build last: prod's registry has it since today."""
    copied = image("first", OLDER, registry=OVERSEAS, pushed_at=NOW)
    cell = prod_against_stg(
        deployed("stg", NEWER, "second"),
        deployed("prod", OLDER, "first", name=f"{OVERSEAS}/{REPOSITORY}"),
        *PUSHED,
        copied,
    )

    assert (cell.state, cell.method) == (State.BEHIND, "push time")
    assert cell.pushed_at == days_ago(9)
    assert cell.places[0].pushed_at == days_ago(9)


def test_a_version_that_was_built_twice_is_as_old_as_its_first_build() -> None:
    again = image("first again", OLDER, pushed_at=days_ago(1))
    stg = [deployed("stg", NEWER, "second")]
    prod = [
        deployed("prod", OLDER, "first", namespace="a"),
        deployed("prod", OLDER, "first again", namespace="b"),
    ]
    cell = matrix_of([*stg, *prod], facts=registry_facts(*PUSHED, again)).cell("api", "prod")

    assert (cell.state, cell.method) == (State.BEHIND, "push time")
    assert cell.pushed_at == days_ago(9)


def test_builds_between_that_ran_before_count_as_releases() -> None:
    stg = deployed("stg", NEWER, "second")
    between = sighting(
        stg,
        image=f"{IMAGE}:5d5d5d5",
        digests=(f"{IMAGE}@{digest('between')}",),
        started_at=days_ago(6),
        ended_at=days_ago(1),
    )
    cell = prod_against_stg(
        stg,
        deployed("prod", OLDER, "first"),
        *PUSHED,
        image("between", "5d5d5d5", pushed_at=days_ago(7)),
        sightings=[between, sighting(stg, started_at=days_ago(1))],
    )

    assert cell.lag is not None
    assert cell.lag.releases == 2
    assert "2 releases behind" in cell.reason


def test_versions_ordered_by_text_are_not_ordered_by_push_time() -> None:
    cell = prod_against_stg(
        deployed("stg", "1.5.0", "first"),
        deployed("prod", "1.4.9", "second"),
        image("first", "1.5.0", pushed_at=days_ago(9)),
        image("second", "1.4.9", pushed_at=days_ago(2)),
    )

    assert (cell.state, cell.method) == (State.BEHIND, "semver")


def test_push_time_orders_only_where_it_is_known_of_all_that_run() -> None:
    cell = prod_against_stg(
        deployed("stg", NEWER, "second"), deployed("prod", OLDER, "first"), PUSHED[0]
    )

    assert (cell.state, cell.method) == (State.DIVERGED, "")


def test_an_index_and_its_platform_are_one_build_whenever_each_was_pushed() -> None:
    cell = prod_against_stg(
        deployed("stg", NEWER, "index"),
        deployed("prod", OLDER, "amd"),
        image("index", NEWER, children={"linux/amd64": "amd"}, pushed_at=days_ago(2)),
        image("amd", pushed_at=days_ago(9)),
    )

    assert cell.state is State.IN_STEP


@pytest.mark.parametrize(
    "pods",
    [
        pytest.param(lambda _: None, id="pods were not read"),
        pytest.param(
            lambda image: (running(image, image_id=digest(f"configuration of {image}")),),
            id="pods report their configuration",
        ),
    ],
)
def test_without_a_registry_digest_of_the_pods_the_tags_digest_counts(
    pods: Callable[[str], tuple[Running, ...] | None],
) -> None:
    stg, prod = (
        observation(name, image=image, running=pods(image))
        for name, image in (("stg", f"{IMAGE}:{NEWER}"), ("prod", f"{IMAGE}:{OLDER}"))
    )
    cell = prod_against_stg(stg, prod, *PUSHED)

    assert (cell.state, cell.method) == (State.BEHIND, "push time")
