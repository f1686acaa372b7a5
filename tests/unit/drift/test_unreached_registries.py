"""An unreachable registry is named, and its known facts are kept."""

from datetime import timedelta

import pytest

from reldash.domain.drift.reasons.registries import unreached_words
from reldash.domain.drift.states import Flag
from reldash.domain.fleet.scope import Scope
from reldash.domain.matrix.apply_filter import filter_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.facts import ImageFacts, RegistryRead
from reldash.domain.workloads.observations import Observation
from tests.unit.builders import NOW, days_ago, minutes_ago, observation
from tests.unit.matrix_builders import matrix_of
from tests.unit.registry_builders import (
    HERE,
    IMAGE,
    OVERSEAS,
    REPOSITORY,
    deployed,
    image,
    registry_facts,
)

DEV, STG, PROD = (deployed(name, "1.5.0", "old") for name in ("dev", "stg", "prod"))
KNOWN = [image("old", fetched_at=minutes_ago(90)), image("new", "1.5.0", fetched_at=days_ago(1))]


def failed(
    repository: str = "",
    reached: float | None = 57,
    *,
    registry: str = HERE,
    title: str = "Not allowed by AWS",
    attempted: float = 1,
) -> RegistryRead:
    """That an attempt failed so many minutes ago, and one before it was answered."""
    reached_at = None if reached is None else minutes_ago(reached)
    return RegistryRead(registry, repository, minutes_ago(attempted), reached_at, title, "refused")


def answered(repository: str = "", at: float = 1) -> RegistryRead:
    return RegistryRead(HERE, repository, minutes_ago(at), minutes_ago(at))


def without_news(matrix: Matrix) -> list[tuple[object, ...]]:
    """What a matrix says of versions, states, flags and facts."""
    return [
        (cell.version, cell.state, cell.flags, cell.reason, cell.scan, cell.pushed_at)
        for cell in matrix.cells.values()
    ]


def test_with_the_registry_unreachable_the_matrix_stays_and_has_a_notice() -> None:
    up = matrix_of([DEV, STG, PROD], facts=registry_facts(*KNOWN, answered()))
    down = matrix_of([DEV, STG, PROD], facts=registry_facts(*KNOWN, failed()))

    assert up.unreached == ()
    assert down.unreached == (f"registry {HERE} not reached since 11:03 UTC (Not allowed by AWS)",)
    assert without_news(down) == without_news(up)
    places = [place for cell in down.cells.values() for place in cell.places]
    assert {place.registry for place in places} == set(down.unreached)


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        pytest.param([], [], id="never read"),
        pytest.param([answered(), answered("a")], [], id="reached"),
        pytest.param(
            [failed(reached=None)],
            [f"registry {HERE} never reached (Not allowed by AWS)"],
            id="never reached",
        ),
        pytest.param(
            [failed(reached=60 * 24)],
            [f"registry {HERE} not reached since 2026-11-19 12:00 UTC (Not allowed by AWS)"],
            id="not today",
        ),
        pytest.param(
            [failed("a", 10), failed("b", 20)],
            [f"registry {HERE} not reached since 11:50 UTC (Not allowed by AWS)"],
            id="every repository",
        ),
        pytest.param(
            [failed("a", 10), failed("b", 20), answered("c")],
            [f"a and b of registry {HERE} not reached since 11:40 UTC (Not allowed by AWS)"],
            id="some repositories",
        ),
        pytest.param(
            [failed(attempted=1, reached=None), answered("a", at=30)],
            [f"registry {HERE} not reached since 11:30 UTC (Not allowed by AWS)"],
            id="the registry as a whole, after its repositories",
        ),
        pytest.param([failed(attempted=9), answered("a", at=5)], [], id="reached again since"),
        pytest.param(
            [failed(), failed(registry=OVERSEAS, title="Throttled")],
            [
                f"registry {HERE} not reached since 11:03 UTC (Not allowed by AWS)",
                f"registry {OVERSEAS} not reached since 11:03 UTC (Throttled)",
            ],
            id="a sentence each",
        ),
    ],
)
def test_the_notice_names_the_registry_and_its_last_answer(
    reads: list[RegistryRead], expected: list[str]
) -> None:
    assert list(unreached_words(registry_facts(*reads), NOW).values()) == expected


def test_only_registries_of_the_rows_in_view_are_named() -> None:
    overseas = observation("prod", image=f"{OVERSEAS}/shop/web:2.0.0", service="web")
    facts = registry_facts(failed(), failed(registry=OVERSEAS))
    matrix = matrix_of([DEV, STG, PROD, overseas], facts=facts)

    assert len(matrix.unreached) == 2
    [only] = filter_matrix(matrix, Filter(text="web")).unreached
    assert OVERSEAS in only
    [only] = matrix_of([DEV, overseas], facts=facts, scope=Scope(clusters=("dev",))).unreached
    assert HERE in only


def test_images_of_other_registries_are_not_affected() -> None:
    matrix = matrix_of(
        [observation(name) for name in ("dev", "stg", "prod")], facts=registry_facts(failed())
    )

    assert matrix.unreached == ()
    assert [cell.flags for cell in matrix.cells.values()] == [(), (), ()]


NEVER = (
    f"prod shop/api: registry {HERE} could not be reached (Not allowed by AWS), so tag_moved"
    " could not be evaluated"
)


@pytest.mark.parametrize(
    ("known", "read", "observed", "reason"),
    [
        pytest.param([], failed(reached=None), PROD, NEVER, id="the registry"),
        pytest.param([], failed(REPOSITORY, reached=None), PROD, NEVER, id="the repository"),
        pytest.param(KNOWN, failed(reached=None), PROD, "", id="the tag is known from before"),
        pytest.param([], failed(reached=30), PROD, "", id="reached before"),
        pytest.param([], answered(), PROD, "", id="reached"),
        pytest.param([], failed("shop/web", reached=None), PROD, "", id="another repository"),
        pytest.param(
            [], failed(reached=None), deployed("prod", "1.5.0", "old", wanted=0), "", id="idle"
        ),
    ],
)
def test_a_tag_that_was_never_compared_with_its_registry_is_unchecked(
    known: list[ImageFacts], read: RegistryRead, observed: Observation, reason: str
) -> None:
    [row] = (matrix := matrix_of([observed], facts=registry_facts(*known, read))).rows
    cell = matrix.cell(row.service, "prod")

    assert cell.flag_reasons.get(Flag.UNCHECKED, "") == reason
    assert not cell.drift or Flag.TAG_MOVED in cell.flags


def test_an_image_chosen_by_digest_has_no_tag_to_check() -> None:
    pinned = observation("prod", image=f"{IMAGE}:1.5.0@{KNOWN[0].digest}")
    matrix = matrix_of([pinned], facts=registry_facts(failed(reached=None)))

    assert [cell.flags for cell in matrix.cells.values() if cell.places] == [()]
    assert matrix.unreached == (f"registry {HERE} never reached (Not allowed by AWS)",)


@pytest.mark.parametrize(
    ("reads", "title", "reached"),
    [
        ([failed("a", 30)], "Not allowed by AWS", 30),
        ([failed("a", None), answered(at=0)], "Not allowed by AWS", None),
        ([answered("a", at=30), failed(reached=None)], "Not allowed by AWS", 30),
        ([failed("a", 30, attempted=9), failed(reached=20, title="Signed out")], "Signed out", 20),
    ],
)
def test_the_last_attempt_on_a_repository_or_all_of_its_registry_counts(
    reads: list[RegistryRead], title: str, reached: float | None
) -> None:
    found = registry_facts(*reads).unreached(f"{HERE}/a")

    assert found is not None
    assert found.title == title
    assert found.reached_at == (None if reached is None else NOW - timedelta(minutes=reached))
