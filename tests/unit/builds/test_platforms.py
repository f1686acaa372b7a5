"""Digests under one tag that may be platforms of one index."""

from dataclasses import replace

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.images.references import DigestKind
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Cell
from reldash.domain.registries.facts import RegistryFacts
from tests.unit.builders import NOW, fleet_rules, running, snapshot
from tests.unit.registry_builders import IMAGE, deployed, image, registry_facts, tag

INTEL, ARM = image("intel"), image("arm")
UNREAD = image("list", "1.4.2", kind=DigestKind.INDEX)
READ = image("list", "1.4.2", children={"linux/amd64": "intel", "linux/arm64": "arm"})
OTHER = image("list", "1.4.2", children={"linux/amd64": "intel"})
TAG = tag("1.4.2", "list")


def prod(facts: RegistryFacts) -> Cell:
    """The cell of prod, which runs another digest of 1.4.2 than stg does."""
    found = snapshot([deployed("stg", "1.4.2", "intel"), deployed("prod", "1.4.2", "arm")])
    matrix = build_matrix(replace(found, facts=facts), fleet_rules(), "platform", now=NOW)
    return matrix.cell(matrix.rows[0].service, "prod")


def test_platforms_of_an_index_that_was_read_are_no_rebuild() -> None:
    cell = prod(registry_facts(READ, INTEL, ARM, TAG))
    assert (cell.state, cell.flags) == (State.IN_STEP, ())


def test_until_an_index_is_read_a_rebuild_is_unchecked() -> None:
    cell = prod(registry_facts(UNREAD, INTEL, ARM, TAG))
    assert (cell.state, cell.flags) == (State.IN_STEP, (Flag.UNCHECKED,))
    assert "rebuilt could not be evaluated" in cell.flag_reasons[Flag.UNCHECKED]


@pytest.mark.parametrize(
    "facts",
    [
        RegistryFacts(),
        registry_facts(INTEL, ARM),
        registry_facts(image("intel", "1.4.2"), ARM, tag("1.4.2", "intel")),
        registry_facts(OTHER, INTEL, ARM, TAG),
    ],
    ids=["no registry", "no tag", "no index", "an index with only one of them"],
)
def test_where_nothing_speaks_for_platforms_it_is_rebuilt(facts: RegistryFacts) -> None:
    assert Flag.REBUILT in prod(facts).flags


def test_two_indexes_are_no_platforms() -> None:
    indexes = (image(build, kind=DigestKind.INDEX) for build in ("intel", "arm"))
    facts = registry_facts(UNREAD, *indexes, TAG)
    assert Flag.REBUILT in prod(facts).flags


def test_in_one_deployment_they_leave_a_moved_tag_unchecked() -> None:
    runs = tuple(running(f"{IMAGE}:1.4.2", 1, build=build) for build in ("intel", "arm"))
    found = snapshot([replace(deployed("prod", "1.4.2", "arm"), running=runs)])
    facts = registry_facts(UNREAD, INTEL, ARM, TAG)
    matrix = build_matrix(replace(found, facts=facts), fleet_rules(), "platform", now=NOW)
    cell = matrix.cell(matrix.rows[0].service, "prod")
    assert Flag.TAG_MOVED not in cell.flags
    assert "tag_moved could not be evaluated" in cell.flag_reasons[Flag.UNCHECKED]


def test_in_one_cell_they_leave_a_moved_tag_unchecked() -> None:
    found = snapshot(
        [
            deployed("prod", "1.4.2", "intel"),
            deployed("prod", "1.4.2", "arm", namespace="shop-b"),
        ]
    )
    facts = registry_facts(UNREAD, INTEL, ARM, TAG)
    matrix = build_matrix(replace(found, facts=facts), fleet_rules(), "platform", now=NOW)
    cell = matrix.cell(matrix.rows[0].service, "prod")
    assert Flag.TAG_MOVED not in cell.flags
    assert "tag_moved could not be evaluated" in cell.flag_reasons[Flag.UNCHECKED]
