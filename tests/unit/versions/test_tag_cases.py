"""Tags of real projects, two by two, and tags that are no version: `tests/data/tags`."""

import csv
from pathlib import Path
from typing import Final

import pytest

from reldash.domain.versions.order import VersionOrder
from reldash.domain.versions.tag_order import compare_tags
from reldash.domain.versions.tag_parts import Kind
from reldash.domain.versions.tag_reading import read_tag

DATA: Final = Path(__file__).parents[2] / "data" / "tags"
WORDS: Final = {-1: "older", 0: "same", 1: "newer", None: "incomparable"}
with (DATA / "cases.tsv").open(encoding="utf-8") as file:
    CASES: Final = list(csv.DictReader(file, delimiter="\t"))
MOVING: Final = (DATA / "moving.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_tag_in_prod_stands_to_that_in_stg_as_its_project_means(case: dict[str, str]) -> None:
    prod, stg = case["prod"], case["stg"]
    is_final = VersionOrder().is_final_of(prod, stg)
    found = "same" if is_final else WORDS[compare_tags(read_tag(prod), read_tag(stg)).result]
    assert found in case["expected"].split("|"), (prod, stg)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_tag_in_stg_stands_the_other_way_round(case: dict[str, str]) -> None:
    prod, stg = read_tag(case["prod"]), read_tag(case["stg"])
    there, back = compare_tags(prod, stg).result, compare_tags(stg, prod).result
    assert there == (None if back is None else -back)


def test_every_case_has_a_neighbour() -> None:
    own = {case["id"] for case in CASES if not case["source"].startswith("neighbour of ")}
    near = {case["source"].removeprefix("neighbour of ") for case in CASES}
    # Some sources of others say "neighbour", too, with words of their own.
    assert {case for case in own if case not in near} <= {
        case["id"] for case in CASES if case["source"].startswith("neighbour")
    }


@pytest.mark.parametrize("tag", MOVING)
def test_a_moving_tag_is_read_as_no_version(tag: str) -> None:
    assert read_tag(tag).kind is Kind.NONE
